package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.PoolGeometry;

/** Convolutions and their gradients: checks operands and finds each the method that suits it. */
final class Convolutions {
  private final Operands operands;
  private final Products products;
  private final Elementwise elementwise;
  private final Pooling pooling;
  private final OpenClDevice device;
  private final Winograd winograd;
  private final ImageGrad imageGrad;
  private final DeviceTraits traits;
  private final String method = System.getProperty("teak.opencl.conv", "");

  Convolutions(
      OpenClDevice device,
      Operands operands,
      Products products,
      Elementwise elementwise,
      Pooling pooling) {
    this.device = device;
    this.traits = device.traits();
    this.pooling = pooling;
    this.operands = operands;
    this.products = products;
    this.elementwise = elementwise;
    this.winograd = new Winograd(device, products, 4);
    this.imageGrad = new ImageGrad(device);
  }

  private boolean winogradWins(ConvGeometry g) {
    return !method.equals("direct")
        && Winograd.fits(g, traits.lanes())
        && traits.real() == DType.FLOAT32;
  }

  void forward(ConvGeometry g, Buffer x, Buffer w, Buffer bias, boolean relu, Buffer out) {
    OpenClBuffer in = operands.reals("conv2d", "input", x, inputSize(g));
    OpenClBuffer weight = operands.reals("conv2d", "weight", w, weightSize(g));
    OpenClBuffer o = operands.reals("conv2d", "output", out, outputSize(g));
    OpenClBuffer b = bias == null ? null : operands.reals("conv2d", "bias", bias, g.k());
    if (outputSize(g) > 0 && winogradWins(g)) {
      winograd.forward(g, in, weight, b, relu, o);
    } else if (outputSize(g) > 0) {
      products.walk(Walk.forward(g), in, weight, b, relu, o);
    }
  }

  /** With a relu and a max-pooling behind it. */
  void forwardPooled(
      ConvGeometry g,
      PoolGeometry pool,
      Buffer x,
      Buffer w,
      Buffer bias,
      Buffer out,
      Buffer winners) {
    OpenClBuffer pixels = device.memory().scratch(g.output().size());
    forward(g, x, w, bias, true, pixels);
    pooling.maxPool(pool, pixels, out, winners);
    pixels.release();
  }

  /**
   * The gradient of the convolution's own output from that behind its relu and, if there is one,
   * pooling; the caller releases it.
   */
  OpenClBuffer opened(ConvGeometry g, PoolGeometry pool, Buffer grad, Buffer y, Buffer winners) {
    OpenClBuffer pixels = device.memory().scratch(g.output().size());
    if (pool == null) {
      elementwise.reluGrad(y, grad, pixels);
    } else {
      pooling.maxPoolReluGrad(pool, grad, y, winners, pixels);
    }
    return pixels;
  }

  void inputGrad(ConvGeometry g, Buffer grad, Buffer w, Buffer out) {
    String op = "conv2dInputGrad";
    OpenClBuffer dy = operands.reals(op, "gradient", grad, outputSize(g));
    OpenClBuffer weight = operands.reals(op, "weight", w, weightSize(g));
    OpenClBuffer o = operands.reals(op, "output", out, inputSize(g));
    if (inputSize(g) > 0 && winogradWins(g)) {
      winograd.inputGrad(g, dy, weight, o);
    } else if (inputSize(g) > 0 && imageGrad.fits(g)) {
      imageGrad.inputGrad(g, dy, weight, o);
    } else if (inputSize(g) > 0) {
      for (Walk walk : Walk.inputGrad(g)) {
        products.walk(walk, dy, weight, null, false, o);
      }
    }
  }

  void weightGrad(ConvGeometry g, Buffer x, Buffer grad, Buffer out) {
    String op = "conv2dWeightGrad";
    OpenClBuffer in = operands.reals(op, "input", x, inputSize(g));
    OpenClBuffer dy = operands.reals(op, "gradient", grad, outputSize(g));
    OpenClBuffer o = operands.reals(op, "output", out, weightSize(g));
    if (outputSize(g) == 0) {
      elementwise.fill(out, 0);
    } else if (winogradWins(g)) {
      winograd.weightGrad(g, in, dy, o);
    } else if (weightSize(g) > 0) {
      products.weightGrad(Walk.forward(g), in, dy, o);
    }
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
}
