package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.PoolGeometry;

/** Launches the kernels of {@code conv.cl} and {@code pool.cl}. */
final class Convolutions {
  private final OpenClDevice device;
  private final Operands operands;

  Convolutions(OpenClDevice device, Operands operands) {
    this.device = device;
    this.operands = operands;
  }

  void forward(ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer out) {
    OpenClBuffer in = operands.floats("conv2d", "input", x, inputSize(g));
    OpenClBuffer weight = operands.floats("conv2d", "weight", w, weightSize(g));
    OpenClBuffer o = operands.floats("conv2d", "output", out, outputSize(g));
    // Without a bias the kernel gets some valid buffer in its place and a flag not to read it.
    OpenClBuffer b = bias == null ? weight : operands.floats("conv2d", "bias", bias, g.k());
    conv("conv_forward", outputSize(g), g, in, weight, b, bias == null ? 0 : 1, o);
  }

  void inputGrad(ConvGeometry g, Buffer grad, Buffer w, Buffer out) {
    String op = "conv2dInputGrad";
    OpenClBuffer dy = operands.floats(op, "gradient", grad, outputSize(g));
    OpenClBuffer weight = operands.floats(op, "weight", w, weightSize(g));
    OpenClBuffer o = operands.floats(op, "output", out, inputSize(g));
    int width = width(g);
    conv("conv_input_grad_" + form(width), inputSize(g) / width, g, dy, weight, o);
  }

  void weightGrad(ConvGeometry g, Buffer x, Buffer grad, Buffer out) {
    String op = "conv2dWeightGrad";
    OpenClBuffer in = operands.floats(op, "input", x, inputSize(g));
    OpenClBuffer dy = operands.floats(op, "gradient", grad, outputSize(g));
    OpenClBuffer o = operands.floats(op, "output", out, weightSize(g));
    int width = width(g);
    conv("conv_weight_grad_" + form(width), weightSize(g) / width, g, in, dy, o);
  }

  /** Channels an item of a gradient kernel takes. */
  private int width(ConvGeometry g) {
    int lanes = device.traits().lanes();
    return g.cGroup() % lanes == 0 ? lanes : 1;
  }

  private static String form(int width) {
    return width == 1 ? "one" : "wide";
  }

  private void conv(String kernel, long n, ConvGeometry g, Object... first) {
    Elementwise.flat(
        device,
        "conv",
        kernel,
        n,
        device.traits().smallBlock(n),
        first,
        g.n(),
        g.h(),
        g.w(),
        g.c(),
        g.k(),
        g.r(),
        g.s(),
        g.stride(),
        g.padding(),
        g.dilation(),
        g.groups(),
        g.p(),
        g.q());
  }

  private static long inputSize(ConvGeometry g) {
    return (long) g.n() * g.h() * g.w() * g.c();
  }

  private static long weightSize(ConvGeometry g) {
    return (long) g.k() * g.r() * g.s() * g.cGroup();
  }

  private static long outputSize(ConvGeometry g) {
    return (long) g.n() * g.p() * g.q() * g.k();
  }

  void maxPool(PoolGeometry g, Buffer x, Buffer out, Buffer winners) {
    OpenClBuffer in = operands.floats("maxPool2d", "input", x, inputSize(g));
    OpenClBuffer o = operands.floats("maxPool2d", "output", out, outputSize(g));
    OpenClBuffer places = operands.bytes("maxPool2d", "winners", winners, outputSize(g));
    pool("max_pool", outputSize(g), g, in, o, places);
  }

  void maxPoolGrad(PoolGeometry g, Buffer grad, Buffer winners, Buffer out) {
    String op = "maxPool2dGrad";
    OpenClBuffer dy = operands.floats(op, "gradient", grad, outputSize(g));
    OpenClBuffer places = operands.bytes(op, "winners", winners, outputSize(g));
    OpenClBuffer o = operands.floats(op, "output", out, inputSize(g));
    pool("max_pool_grad", inputSize(g), g, dy, places, o);
  }

  void maxPoolPick(PoolGeometry g, Buffer x, Buffer winners, Buffer out) {
    String op = "maxPool2dPick";
    OpenClBuffer in = operands.floats(op, "input", x, inputSize(g));
    OpenClBuffer places = operands.bytes(op, "winners", winners, outputSize(g));
    OpenClBuffer o = operands.floats(op, "output", out, outputSize(g));
    pool("max_pool_pick", outputSize(g), g, in, places, o);
  }

  void avgPool(PoolGeometry g, Buffer x, Buffer out) {
    OpenClBuffer in = operands.floats("avgPool2d", "input", x, inputSize(g));
    OpenClBuffer o = operands.floats("avgPool2d", "output", out, outputSize(g));
    pool("avg_pool", outputSize(g), g, in, o);
  }

  void avgPoolGrad(PoolGeometry g, Buffer grad, Buffer out) {
    OpenClBuffer dy = operands.floats("avgPool2dGrad", "gradient", grad, outputSize(g));
    OpenClBuffer o = operands.floats("avgPool2dGrad", "output", out, inputSize(g));
    pool("avg_pool_grad", inputSize(g), g, dy, o);
  }

  private void pool(String kernel, long n, PoolGeometry g, Object... first) {
    Elementwise.flat(
        device,
        "pool",
        kernel,
        n,
        device.traits().smallBlock(n),
        first,
        g.n(),
        g.h(),
        g.w(),
        g.c(),
        g.window(),
        g.stride(),
        g.padding(),
        g.p(),
        g.q());
  }

  private static long inputSize(PoolGeometry g) {
    return (long) g.n() * g.h() * g.w() * g.c();
  }

  private static long outputSize(PoolGeometry g) {
    return (long) g.n() * g.p() * g.q() * g.c();
  }
}
