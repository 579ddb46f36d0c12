package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Tensor;

/**
 * Running sums along an axis.
 *
 * @param axis which, from 0
 */
public record CumSum(int axis) implements Op {
  static final OpInfo INFO =
      new OpInfo(
          "cumsum",
          "the sum of x up to each element of an axis, that one included",
          "the sums of g from each element to the last");

  /** The sums of x along {@code axis}. */
  public static Tensor apply(Tensor x, int axis) {
    x.requireFloat("cumsum");
    int a = x.shape().axis(axis);
    Tensor y = Tensor.allocate(x.device(), x.shape());
    Lines l = Lines.of(x.shape(), a);
    x.device().cumSum(x.buffer(), l.outer(), l.extent(), l.inner(), y.buffer());
    return Autograd.record(new CumSum(a), y, x);
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    return new Tensor[] {g.flip(axis).cumSum(axis).flip(axis)};
  }
}
