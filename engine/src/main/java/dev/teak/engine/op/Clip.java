package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Tensor;

/**
 * Values within bounds: PyTorch's {@code clamp}.
 *
 * @param low smallest value let through
 * @param high largest value let through
 */
public record Clip(double low, double high) implements Op {
  static final OpInfo INFO =
      new OpInfo("clip", "min(max(x, low), high)", "g where low <= x <= high, else 0");

  /** x within [low, high]. */
  public static Tensor apply(Tensor x, double low, double high) {
    x.requireFloat("clip");
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "clip: low " + low + " and high " + high + ": low must be at most high");
    }
    Tensor y = Tensor.allocate(x.device(), x.shape());
    x.device().clip(x.buffer(), low, high, y.buffer());
    return Autograd.record(new Clip(low, high), y, x);
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Tensor x = call.input(0);
    return new Tensor[] {Binary.MASKED_MUL.apply(x.ge(low).mul(x.le(high)), g)};
  }
}
