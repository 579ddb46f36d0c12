package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * Layer normalization over the last axes (Ba et al., arXiv:1607.06450): each row by its own mean
 * and biased variance, then scaled and shifted.
 */
public final class LayerNorm extends Module {
  private final Spec spec;
  private final Tensor weight;
  private final Tensor bias;

  /**
   * How a layer norm is to be; {@link #init} makes it.
   *
   * @param normalized extents of the last axes, over which statistics are taken
   * @param eps added to the variance; above 0, or 0
   * @param affine whether it has a weight and a bias of shape {@code normalized}
   */
  public record Spec(Shape normalized, double eps, boolean affine) {
    /** Rejects an eps below 0. */
    public Spec {
      Require.eps("layer norm", eps);
    }

    /** With another eps. */
    public Spec eps(double value) {
      return new Spec(normalized, value, affine);
    }

    /** With a weight and a bias, or without. */
    public Spec affine(boolean wanted) {
      return new Spec(normalized, eps, wanted);
    }

    /** The layer, with a weight of 1 and a bias of 0. */
    public LayerNorm init() {
      return new LayerNorm(this);
    }
  }

  /** PyTorch's defaults: eps 1e-5, with a weight and a bias. */
  public static Spec of(int... normalized) {
    return new Spec(Shape.of(normalized), 1e-5, true);
  }

  /** {@link #of} as it is. */
  public LayerNorm(int... normalized) {
    this(of(normalized));
  }

  private LayerNorm(Spec spec) {
    this.spec = spec;
    int[] dims = spec.normalized.dims();
    weight = spec.affine ? parameter("weight", Tensor.ones(dims)) : null;
    bias = spec.affine ? parameter("bias", Tensor.zeros(dims)) : null;
  }

  @Override
  protected String describe() {
    return "LayerNorm(" + spec.normalized + ")";
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.layerNorm(x, spec.normalized, weight, bias, spec.eps);
  }
}
