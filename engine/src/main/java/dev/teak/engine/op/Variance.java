package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Tensor;
import java.util.List;

/**
 * Squared distances from the mean, added up over axes that stay as extents of 1. An op of its own,
 * for its gradient does not go through the mean, and so stays a number where one element is
 * infinite.
 *
 * @param axes the reduced ones, all where none are
 * @param freedom what the sum is divided by, which may be 0 or less
 */
public record Variance(List<Integer> axes, long freedom) implements Op {
  static final OpInfo INFO =
      new OpInfo(
          "var",
          "the sum of (x - mean)^2 over axes, divided by n - correction, no less than 0",
          "2 g (x - mean) / (n - correction)");

  /** The variance of x, of whose elements {@code correction} fewer are counted. */
  public static Tensor apply(Tensor x, int correction, int... axes) {
    x.requireFloat("var");
    Tensor plain = x.detach();
    Tensor mean = plain.meanKeepDims(axes);
    long n = mean.shape().size() == 0 ? 0 : x.shape().size() / mean.shape().size();
    Tensor y = plain.sub(mean).square().sumKeepDims(axes).div(Math.max(0, n - correction));
    return Autograd.record(new Variance(Movement.list(axes), n - correction), y, x);
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public long flops(Tensor output, Tensor... inputs) {
    return 4L * inputs[0].shape().size();
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Tensor x = call.input(0);
    Tensor centered = x.sub(x.meanKeepDims(Movement.array(axes)));
    return new Tensor[] {g.mul(2.0 / freedom).mul(centered)};
  }
}
