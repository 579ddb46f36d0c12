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

  /** The root; at 0 its gradient is 0, as that of PyTorch's std. */
  public static Tensor std(Tensor x, int correction, int... axes) {
    Tensor v = Variance.apply(x, correction, axes);
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
      Tensor flat = Binary.MASKED_MUL.apply(Tensor.zerosLike(x), x); // so that there is a gradient
      return flat.add(x.ne(0)).sumKeepDims(axes);
    }
    if (p == 1) {
      return size.sumKeepDims(axes);
    }
    if (Double.isInfinite(p)) {
      return p > 0 ? size.maxKeepDims(axes) : size.minKeepDims(axes);
    }
    Tensor unit = unit(size, p, axes);
    Tensor powers = p == 2 ? x.div(unit).square() : power(size.div(unit), p);
    return power(powers.sumKeepDims(axes), 1 / p).mul(unit);
  }

  /** A scale by which no power overflows: the element that counts most, where it is a number. */
  private static Tensor unit(Tensor size, double p, int... axes) {
    Tensor most = p < 0 ? size.detach().minKeepDims(axes) : most(size, axes);
    return most.gt(0).mul(most.lt(Double.POSITIVE_INFINITY)).where(most, scalar(most, 1));
  }

  /** The largest, as a constant; anything over nothing. */
  private static Tensor most(Tensor x, int... axes) {
    Tensor constant = x.detach();
    boolean empty = constant.shape().size() == 0;
    return empty ? constant.sumKeepDims(axes) : constant.maxKeepDims(axes);
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
    Tensor most = most(x, axes);
    Tensor shift = most.abs().lt(Double.POSITIVE_INFINITY).where(most, scalar(most, 0));
    return x.sub(shift).exp().sumKeepDims(axes).log().add(shift);
  }
}
