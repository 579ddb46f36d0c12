package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.backend.WindowAxis;

/** Launches the kernels of {@code pool.cl}. */
final class Pooling {
  private final OpenClDevice device;
  private final Operands operands;

  Pooling(OpenClDevice device, Operands operands) {
    this.device = device;
    this.operands = operands;
  }

  void maxPool(PoolGeometry g, Buffer x, Buffer out, Buffer winners) {
    OpenClBuffer in = operands.reals("maxPool2d", "input", x, inputSize(g));
    OpenClBuffer o = operands.reals("maxPool2d", "output", out, outputSize(g));
    OpenClBuffer places = operands.bytes("maxPool2d", "winners", winners, outputSize(g));
    pool("max_pool", outputPixels(g), g, new Object[] {in, o, places});
  }

  void maxPoolGrad(PoolGeometry g, Buffer grad, Buffer winners, Buffer out) {
    maxPoolReluGrad(g, grad, null, winners, out);
  }

  /**
   * As {@link #maxPoolGrad}, but 0 where y, what the pooling gave, is not above 0; null for none.
   */
  void maxPoolReluGrad(PoolGeometry g, Buffer grad, Buffer y, Buffer winners, Buffer out) {
    String op = "maxPool2dGrad";
    OpenClBuffer dy = operands.reals(op, "gradient", grad, outputSize(g));
    OpenClBuffer places = operands.bytes(op, "winners", winners, outputSize(g));
    OpenClBuffer open = y == null ? dy : operands.reals(op, "output", y, outputSize(g));
    OpenClBuffer o = operands.reals(op, "output", out, inputSize(g));
    Object[] first = {dy, places, open, o};
    int hasY = y == null ? 0 : 1;
    if (covers(g)) {
      pool("max_pool_grad_spread", outputPixels(g), g, first, hasY);
    } else {
      pool("max_pool_grad", inputPixels(g), g, first, hasY);
    }
  }

  /** Whether every pixel is in one window and no more. */
  static boolean covers(PoolGeometry g) {
    return g.isTiled() && g.h() == g.p() * g.rows().taps() && g.w() == g.q() * g.columns().taps();
  }

  void maxPoolPick(PoolGeometry g, Buffer x, Buffer winners, Buffer out) {
    String op = "maxPool2dPick";
    OpenClBuffer in = operands.reals(op, "input", x, inputSize(g));
    OpenClBuffer places = operands.bytes(op, "winners", winners, outputSize(g));
    OpenClBuffer o = operands.reals(op, "output", out, outputSize(g));
    pool("max_pool_pick", outputPixels(g), g, new Object[] {in, places, o});
  }

  void avgPool(PoolGeometry g, Buffer x, Buffer out) {
    OpenClBuffer in = operands.reals("avgPool2d", "input", x, inputSize(g));
    OpenClBuffer o = operands.reals("avgPool2d", "output", out, outputSize(g));
    pool("avg_pool", outputPixels(g), g, new Object[] {in, o}, counting(g));
  }

  void avgPoolGrad(PoolGeometry g, Buffer grad, Buffer out) {
    OpenClBuffer dy = operands.reals("avgPool2dGrad", "gradient", grad, outputSize(g));
    OpenClBuffer o = operands.reals("avgPool2dGrad", "output", out, inputSize(g));
    pool("avg_pool_grad", inputPixels(g), g, new Object[] {dy, o}, counting(g));
  }

  /** What an average divides by. */
  private static Object[] counting(PoolGeometry g) {
    int[] after = {g.rows().after(), g.columns().after()};
    return new Object[] {after, g.countIncludePad() ? 1 : 0, g.commonDivisor()};
  }

  private void pool(String kernel, long pixels, PoolGeometry g, Object[] first, Object... more) {
    if (g.c() == 0) {
      return;
    }
    Object[] all = windowArgs(g.n(), g.c(), g.rows(), g.columns(), more);
    device.flat(Kernel.pass(kernel), pixels, device.traits().smallBlock(pixels), first, all);
  }

  /** {@code POOL_ARGS}, and {@code more} behind them. */
  static Object[] windowArgs(int n, int c, WindowAxis r, WindowAxis s, Object... more) {
    Object[] args = {
      n,
      r.in(),
      s.in(),
      c,
      new int[] {r.taps(), s.taps()},
      new int[] {r.stride(), s.stride()},
      new int[] {r.before(), s.before()},
      new int[] {r.dilation(), s.dilation()},
      r.out(),
      s.out()
    };
    Object[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return all;
  }

  private static long inputPixels(PoolGeometry g) {
    return (long) g.n() * g.h() * g.w();
  }

  private static long outputPixels(PoolGeometry g) {
    return (long) g.n() * g.p() * g.q();
  }

  private static long inputSize(PoolGeometry g) {
    return (long) g.n() * g.h() * g.w() * g.c();
  }

  private static long outputSize(PoolGeometry g) {
    return (long) g.n() * g.p() * g.q() * g.c();
  }
}
