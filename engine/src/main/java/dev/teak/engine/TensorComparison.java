package dev.teak.engine;

import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Where;
import dev.teak.engine.op.WithScalar;

/**
 * What is true of elements, as 1 or 0 in the working float type, so that it can be multiplied with
 * and added up: {@code logits.argMax(-1).eq(labels).mean()} is an accuracy. Nothing here has a
 * gradient but what {@link #where} chooses.
 *
 * <p>Tensors broadcast as in {@link TensorMath}. INT32 compares with INT32 exactly, and becomes
 * float beside floats.
 */
public sealed interface TensorComparison permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  // --- comparison: NaN differs from all, and is neither less nor greater ---

  /** 1 where this equals b, else 0. */
  default Tensor eq(Tensor b) {
    return Binary.EQ.apply(self(), b);
  }

  /** 1 where this differs from b, else 0. */
  default Tensor ne(Tensor b) {
    return Binary.NE.apply(self(), b);
  }

  /** 1 where this is less than b, else 0. */
  default Tensor lt(Tensor b) {
    return Binary.LT.apply(self(), b);
  }

  /** 1 where this is at most b, else 0. */
  default Tensor le(Tensor b) {
    return Binary.LE.apply(self(), b);
  }

  /** 1 where this is greater than b, else 0. */
  default Tensor gt(Tensor b) {
    return Binary.GT.apply(self(), b);
  }

  /** 1 where this is at least b, else 0. */
  default Tensor ge(Tensor b) {
    return Binary.GE.apply(self(), b);
  }

  /** 1 where this equals b, else 0. */
  default Tensor eq(double b) {
    return WithScalar.apply(Binary.EQ, self(), b);
  }

  /** 1 where this differs from b, else 0. */
  default Tensor ne(double b) {
    return WithScalar.apply(Binary.NE, self(), b);
  }

  /** 1 where this is less than b, else 0. */
  default Tensor lt(double b) {
    return WithScalar.apply(Binary.LT, self(), b);
  }

  /** 1 where this is at most b, else 0. */
  default Tensor le(double b) {
    return WithScalar.apply(Binary.LE, self(), b);
  }

  /** 1 where this is greater than b, else 0. */
  default Tensor gt(double b) {
    return WithScalar.apply(Binary.GT, self(), b);
  }

  /** 1 where this is at least b, else 0. */
  default Tensor ge(double b) {
    return WithScalar.apply(Binary.GE, self(), b);
  }

  // --- truth: what is not 0 is true, NaN too ---

  /** 1 where this and b are both true, else 0. */
  default Tensor logicalAnd(Tensor b) {
    return self().ne(0).mul(b.ne(0));
  }

  /** 1 where this or b is true, else 0. */
  default Tensor logicalOr(Tensor b) {
    return ne(0).maximum(b.ne(0));
  }

  /** 1 where just one of this and b is true, else 0. */
  default Tensor logicalXor(Tensor b) {
    return ne(0).ne(b.ne(0));
  }

  /** 1 where this is 0, else 0. */
  default Tensor logicalNot() {
    return eq(0);
  }

  /**
   * This tensor as a condition: {@code a} where it is not 0, else {@code b}; all three broadcast.
   * The condition gets no gradient, and a choice that is not taken gets 0.
   *
   * @param a floats, or INT32 where b is too
   * @throws ShapeException if the shapes do not broadcast, or this holds no floats
   */
  default Tensor where(Tensor a, Tensor b) {
    return Where.apply(self(), a, b);
  }

  /** 1 where x is NaN, else 0. */
  default Tensor isNan() {
    return ne(self());
  }

  /** 1 where x, of floats, is infinite, else 0. */
  default Tensor isInf() {
    return self().abs().eq(Double.POSITIVE_INFINITY);
  }

  /** 1 where x, of floats, is a number and finite, else 0. */
  default Tensor isFinite() {
    return self().abs().lt(Double.POSITIVE_INFINITY);
  }
}
