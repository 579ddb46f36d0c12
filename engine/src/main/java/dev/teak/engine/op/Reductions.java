package dev.teak.engine.op;

import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * Reductions that are composed of others; the axes stay as extents of 1. Written so that
 * derivatives of any order are right at their corners: where a root or a power is not
 * differentiable, 1 is put in its place before and its value after.
 */
public final class Reductions {
  private Reductions() {}

  /**
   * Halves multiplied with each other until one element is left: no division, so that a gradient is
   * right where elements are 0.
   */
  public static Tensor prod(Tensor x, int... axes) {
    x.requireFloat("prod");
    boolean[] named = x.shape().named(axes);
    Tensor y = x;
    for (int a = 0; a < named.length; a++) {
      if (named[a]) {
        y = prod(y, a);
      }
    }
    return y;
  }

  private static Tensor prod(Tensor x, int axis) {
    int n = x.shape().dim(axis);
    int half = n <= 1 ? 1 : Integer.highestOneBit(n - 1); // of the power of two that is n or more
    int full = n <= 1 ? 1 : 2 * half;
    int[] after = new int[x.shape().rank()];
    after[axis] = full - n;
    Tensor y = full == n ? x : x.pad(new int[after.length], after, 1);
    for (; full > 1; full /= 2) {
      y = y.slice(axis, 0, full / 2, 1).mul(y.slice(axis, full / 2, full, 1));
    }
    return y;
  }

  /** The mean square distance from the mean, {@code correction} fewer being counted. */
  public static Tensor var(Tensor x, int correction, int... axes) {
    Tensor mean = x.meanKeepDims(axes);
    long n = mean.shape().size() == 0 ? 0 : x.shape().size() / mean.shape().size();
    Tensor squares = x.sub(mean).square().sumKeepDims(axes);
    return squares.div(Math.max(0, n - correction));
  }

  /** The root; at 0 its gradient is 0, as that of PyTorch's std. */
  public static Tensor std(Tensor x, int correction, int... axes) {
    Tensor v = var(x, correction, axes);
    return atZero(v, 0, one(v).sqrt());
  }

  /** (sum |x|^p)^(1/p), and its limits for 0 and the infinities. */
  public static Tensor norm(Tensor x, double p, int... axes) {
    x.requireFloat("norm");
    if (Double.isNaN(p)) {
      throw new IllegalArgumentException("norm: p NaN; expects a number, or an infinity");
    }
    Tensor size = x.abs();
    if (p == 0) {
      return x.ne(0).add(Binary.MASKED_MUL.apply(x.detach().mul(0), x)).sumKeepDims(axes);
    }
    if (p == 1) {
      return size.sumKeepDims(axes);
    }
    if (Double.isInfinite(p)) {
      return p > 0 ? size.maxKeepDims(axes) : size.minKeepDims(axes);
    }
    Tensor unit = unit(size, axes);
    Tensor scaled = size.div(unit);
    Tensor powers = p == 2 ? scaled.square() : power(scaled, p);
    return power(powers.sumKeepDims(axes), 1 / p).mul(unit);
  }

  /** A scale that no power overflows by: the largest, where that is a positive number. */
  private static Tensor unit(Tensor size, int... axes) {
    Tensor constant = size.detach();
    Tensor most =
        constant.shape().size() == 0 ? constant.sumKeepDims(axes) : constant.maxKeepDims(axes);
    return most.gt(0).mul(most.lt(Double.POSITIVE_INFINITY)).where(most, scalar(most, 1));
  }

  /** x^p for x of 0 or more, constant at 0. */
  private static Tensor power(Tensor x, double p) {
    return atZero(x, p > 0 ? 0 : Double.POSITIVE_INFINITY, one(x).pow(p));
  }

  private static Tensor atZero(Tensor x, double value, Tensor elsewhere) {
    return x.eq(0).where(scalar(x, value), elsewhere);
  }

  /** x, with 1 in place of 0. */
  private static Tensor one(Tensor x) {
    return x.eq(0).where(scalar(x, 1), x);
  }

  private static Tensor scalar(Tensor like, double value) {
    return Tensor.full(like.device(), Shape.SCALAR, value);
  }

  /** log sum e^x, shifted by the largest where that is a number. */
  public static Tensor logSumExp(Tensor x, int... axes) {
    x.requireFloat("logsumexp");
    Tensor constant = x.detach();
    Tensor most =
        constant.shape().size() == 0 ? constant.sumKeepDims(axes) : constant.maxKeepDims(axes);
    Tensor shift = most.abs().lt(Double.POSITIVE_INFINITY).where(most, scalar(most, 0));
    return x.sub(shift).exp().sumKeepDims(axes).log().add(shift);
  }
}
