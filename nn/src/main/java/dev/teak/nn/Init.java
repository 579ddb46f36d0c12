package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/** Initial values of weights {@code [out, in]} and {@code [K, R, S, C / groups]}. */
public final class Init {
  private Init() {}

  /** Inputs that one output sees: the product of all extents but the first. */
  public static int fanIn(Shape weight) {
    return weight.size() / Math.max(1, weight.dim(0));
  }

  /** Outputs that one input reaches: first extent times the kernel's area. */
  public static int fanOut(Shape weight) {
    return weight.size() / Math.max(1, weight.dim(-1));
  }

  /**
   * Uniform within 1 / sqrt(fanIn): PyTorch's default for linear and convolution weights and biases
   * (He et al. 2015 with a = sqrt(5)).
   */
  public static Tensor torchDefault(Shape shape, int fanIn, RandomStream random) {
    double bound = 1 / Math.sqrt(fanIn);
    return random.uniform(shape, -bound, bound);
  }

  /** He et al., "Delving deep into rectifiers" (ICCV 2015), for relu: uniform, gain sqrt(2). */
  public static Tensor kaimingUniform(Shape weight, RandomStream random) {
    double bound = Math.sqrt(6.0 / fanIn(weight));
    return random.uniform(weight, -bound, bound);
  }

  /** He et al. 2015 for relu: normal, deviation sqrt(2 / fanIn). */
  public static Tensor kaimingNormal(Shape weight, RandomStream random) {
    return random.normal(weight).mul(Math.sqrt(2.0 / fanIn(weight)));
  }

  /** Glorot and Bengio (AISTATS 2010), equation 16: uniform, within sqrt(6 / (fanIn + fanOut)). */
  public static Tensor xavierUniform(Shape weight, RandomStream random) {
    double bound = Math.sqrt(6.0 / (fanIn(weight) + fanOut(weight)));
    return random.uniform(weight, -bound, bound);
  }

  /** Glorot and Bengio 2010: normal, deviation sqrt(2 / (fanIn + fanOut)). */
  public static Tensor xavierNormal(Shape weight, RandomStream random) {
    return random.normal(weight).mul(Math.sqrt(2.0 / (fanIn(weight) + fanOut(weight))));
  }
}
