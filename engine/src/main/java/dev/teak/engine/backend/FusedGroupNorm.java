package dev.teak.engine.backend;

import static dev.teak.engine.backend.BinaryFunction.ADD;
import static dev.teak.engine.backend.BinaryFunction.MUL;
import static dev.teak.engine.backend.BinaryFunction.SUB;

import dev.teak.engine.Shape;

/**
 * Layer, group and instance norm as one pass over each sample. Every method has one meaning, given
 * by its default. There are samples, and values in each.
 */
public interface FusedGroupNorm {
  private Backend self() {
    return (Backend) this;
  }

  /**
   * out = (x - mean) rstd weight + bias, rstd being 1 / sqrt(variance + eps).
   *
   * @param weight one value a channel, as {@code bias}
   * @param mean becomes the mean of each set, {@code [outer, groups]}
   * @param rstd becomes the reciprocal deviation of each, by the biased variance
   */
  default void groupNorm(
      NormGeometry g,
      Buffer x,
      Buffer weight,
      Buffer bias,
      double eps,
      Buffer out,
      Buffer mean,
      Buffer rstd) {
    Backend b = self();
    Shape full = g.full();
    sums(g, x, mean);
    b.binary(MUL, mean, 1.0 / g.count(), mean);
    Buffer squares = b.allocate(b.floatType(), full.size());
    b.binary(SUB, x, full, mean, g.perSet(), out, full);
    b.unary(UnaryFunction.SQUARE, out, squares);
    sums(g, squares, rstd);
    b.release(squares);
    b.binary(MUL, rstd, 1.0 / g.count(), rstd);
    b.binary(ADD, rstd, eps, rstd);
    b.unary(UnaryFunction.SQRT, rstd, rstd);
    b.unary(UnaryFunction.RECIPROCAL, rstd, rstd);
    b.binary(MUL, out, full, rstd, g.perSet(), out, full);
    b.binary(MUL, out, full, weight, g.perChannel(), out, full);
    b.binary(ADD, out, full, bias, g.perChannel(), out, full);
  }

  /**
   * The gradients of {@link #groupNorm}: with z = (x - mean) rstd and h = weight grad, that of x is
   * rstd (h - mean(h) - z mean(h z)), that of the weight the sum of grad z, and of the bias that of
   * grad.
   *
   * @param mean as it was given by {@link #groupNorm}, like {@code rstd}
   */
  default void groupNormGrad(
      NormGeometry g,
      Buffer grad,
      Buffer x,
      Buffer mean,
      Buffer rstd,
      Buffer weight,
      Buffer out,
      Buffer weightGrad,
      Buffer biasGrad) {
    Backend b = self();
    Shape full = g.full();
    int places = g.outer() * g.extent();
    Buffer z = b.allocate(b.floatType(), full.size());
    Buffer products = b.allocate(b.floatType(), full.size());
    Buffer perSet = b.allocate(b.floatType(), g.statistics());
    b.binary(SUB, x, full, mean, g.perSet(), z, full);
    b.binary(MUL, z, full, rstd, g.perSet(), z, full);
    b.binary(MUL, grad, full, z, full, products, full);
    b.reduce(ReduceFunction.SUM, products, 1, places, g.channels(), weightGrad);
    b.reduce(ReduceFunction.SUM, grad, 1, places, g.channels(), biasGrad);
    b.binary(MUL, products, full, weight, g.perChannel(), products, full);
    sums(g, products, perSet);
    b.binary(MUL, perSet, 1.0 / g.count(), perSet);
    b.binary(MUL, z, full, perSet, g.perSet(), z, full);
    b.binary(MUL, grad, full, weight, g.perChannel(), products, full);
    sums(g, products, perSet);
    b.binary(MUL, perSet, 1.0 / g.count(), perSet);
    b.binary(SUB, products, full, perSet, g.perSet(), products, full);
    b.binary(SUB, products, full, z, full, out, full);
    b.binary(MUL, out, full, rstd, g.perSet(), out, full);
    b.release(perSet);
    b.release(products);
    b.release(z);
  }

  /** The sum of each set's values, {@code [outer, groups]}. */
  private void sums(NormGeometry g, Buffer x, Buffer out) {
    Backend b = self();
    if (g.groups() == 1) {
      b.reduce(ReduceFunction.SUM, x, g.outer(), g.count(), 1, out);
      return;
    }
    Buffer perPlace = b.allocate(b.floatType(), g.outer() * g.extent() * g.groups());
    b.reduce(ReduceFunction.SUM, x, perPlace.size(), g.inner(), 1, perPlace);
    b.reduce(ReduceFunction.SUM, perPlace, g.outer(), g.extent(), g.groups(), out);
    b.release(perPlace);
  }
}
