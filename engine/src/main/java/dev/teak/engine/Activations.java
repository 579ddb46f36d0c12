package dev.teak.engine;

import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Unary;
import dev.teak.engine.op.WithScalar;
import java.util.Arrays;

/**
 * The activations, and what drops some of them at random: {@link Functional} has them as its own.
 * All keep the shape of x, which holds floats; NaN stays NaN but where it is dropped.
 */
abstract sealed class Activations permits Functional {
  /** x where it is positive, else {@code slope} x; at 0 the gradient is {@code slope}. */
  public static Tensor leakyRelu(Tensor x, double slope) {
    return WithScalar.apply(Binary.LEAKY_RELU, x, slope);
  }

  /**
   * x where it is positive, else {@code alpha} (e^x - 1), accurate near 0 (Clevert et al., ICLR
   * 2016); at 0 the gradient is {@code alpha}.
   */
  public static Tensor elu(Tensor x, double alpha) {
    return WithScalar.apply(Binary.ELU, x, alpha);
  }

  /** {@link #gelu(Tensor, String)} without an approximation. */
  public static Tensor gelu(Tensor x) {
    return gelu(x, "none");
  }

  /**
   * x times the normal distribution function of x (Hendrycks and Gimpel 2016), accurate in both
   * tails; at the infinities its limits, 0 and infinity.
   *
   * @param approximate {@code "none"}, or {@code "tanh"} for 0.5 x (1 + tanh(sqrt(2 / pi) (x +
   *     0.044715 x^3)))
   * @throws IllegalArgumentException for any other name
   */
  public static Tensor gelu(Tensor x, String approximate) {
    return switch (approximate) {
      case "none" -> Unary.GELU.apply(x);
      case "tanh" -> Unary.GELU_TANH.apply(x);
      default ->
          throw new IllegalArgumentException(
              "gelu: approximate \"" + approximate + "\": expects \"none\" or \"tanh\"");
    };
  }

  /** x / (1 + e^-x) (Elfwing et al., arXiv:1702.03118); at the infinities its limits. */
  public static Tensor silu(Tensor x) {
    return Unary.SILU.apply(x);
  }

  /** log(1 + e^x), accurate for all x. */
  public static Tensor softplus(Tensor x) {
    return Unary.SOFTPLUS.apply(x);
  }

  /**
   * log(1 + e^(beta x)) / beta, and x itself where beta x is above {@code threshold}; PyTorch's
   * defaults are 1 and 20.
   */
  public static Tensor softplus(Tensor x, double beta, double threshold) {
    Tensor scaled = x.mul(beta);
    return scaled.gt(threshold).where(x, softplus(scaled).div(beta));
  }

  /** log(1 / (1 + e^-x)), accurate for all x; -infinity at -infinity. */
  public static Tensor logsigmoid(Tensor x) {
    return softplus(x.neg()).neg();
  }

  /** x tanh(log(1 + e^x)) (Misra, BMVC 2020); at the infinities its limits. */
  public static Tensor mish(Tensor x) {
    // Beyond 1000 the factor is 0 or 1, and no gradient of it meets an infinite x.
    return Binary.MASKED_MUL.apply(softplus(x.clip(-1000, 1000)).tanh(), x);
  }

  /** x min(max(x + 3, 0), 6) / 6 (Howard et al., "Searching for MobileNetV3", ICCV 2019). */
  public static Tensor hardswish(Tensor x) {
    return Unary.HARDSWISH.apply(x);
  }

  /** min(max(x + 3, 0), 6) / 6; at both kinks the gradient is 0. */
  public static Tensor hardsigmoid(Tensor x) {
    return relu6(x.add(3)).div(6);
  }

  /** min(max(x, 0), 6); at both kinks the gradient is 0. */
  public static Tensor relu6(Tensor x) {
    return Unary.RELU6.apply(x);
  }

  /** 1.0507 times {@link #elu} of alpha 1.6733 (Klambauer et al., NeurIPS 2017). */
  public static Tensor selu(Tensor x) {
    return elu(x, 1.6732632423543772848170429916717).mul(1.0507009873554804934193349852946);
  }

  /**
   * x where it is positive, else weight x (He et al., ICCV 2015).
   *
   * @param x {@code [..., C]}
   * @param weight {@code [C]}, or {@code [1]} for all channels
   * @throws ShapeException if the weight is neither
   */
  public static Tensor prelu(Tensor x, Tensor weight) {
    Shape w = weight.shape();
    if (w.rank() != 1 || !w.broadcastsTo(x.shape())) {
      throw new ShapeException(
          "prelu: weight " + w + " for input " + x.shape() + ": expects [C] or [1]");
    }
    return Binary.LEAKY_RELU.apply(x, weight);
  }

  /**
   * Zeroes elements with probability p and scales the rest by 1 / (1 - p) (Srivastava et al. 2014,
   * in the inverted form). What is dropped is 0, even NaN.
   *
   * @param p in [0, 1)
   * @param random where the mask comes from
   */
  public static Tensor dropout(Tensor x, double p, RandomStream random) {
    requireProbability("dropout", p);
    return kept(x, x.shape(), p, random);
  }

  /**
   * {@link #dropout} of whole channels: of each image, a channel is zeroed with probability p
   * (Tompson et al., CVPR 2015).
   *
   * @param x {@code [N, ..., C]}
   */
  public static Tensor dropout2d(Tensor x, double p, RandomStream random) {
    requireProbability("dropout2d", p);
    return kept(x, ends("dropout2d", x, x.shape().dim(0), x.shape().dim(-1)), p, random);
  }

  /**
   * Zeroes whole images with probability p and scales the rest by 1 / (1 - p): of a residual
   * branch, nothing but the shortcut is left (Huang et al., ECCV 2016); torchvision's {@code
   * stochastic_depth}.
   *
   * @param x {@code [N, ...]}
   * @param mode {@code "row"} for each image by itself, {@code "batch"} for all at once
   */
  public static Tensor stochasticDepth(Tensor x, double p, String mode, RandomStream random) {
    requireProbability("stochastic_depth", p);
    int images =
        switch (mode) {
          case "row" -> x.shape().dim(0);
          case "batch" -> 1;
          default ->
              throw new IllegalArgumentException(
                  "stochastic_depth: mode \"" + mode + "\": expects \"row\" or \"batch\"");
        };
    return kept(x, ends("stochastic_depth", x, images, 1), p, random);
  }

  /** The shape {@code [first, 1, ..., 1, last]} of x's rank. */
  private static Shape ends(String op, Tensor x, int first, int last) {
    if (x.shape().rank() < 2) {
      throw new ShapeException(op + ": input " + x.shape() + ": expects [N, ..., C]");
    }
    int[] dims = new int[x.shape().rank()];
    Arrays.fill(dims, 1);
    dims[0] = first;
    dims[dims.length - 1] = last;
    return Shape.of(dims);
  }

  /** x times a mask of a shape that broadcasts to its own. */
  private static Tensor kept(Tensor x, Shape mask, double p, RandomStream random) {
    return Binary.MASKED_MUL.apply(random.uniform(mask).ge(p).mul(1 / (1 - p)), x);
  }

  private static void requireProbability(String op, double p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException(op + ": p " + p + " must be in [0, 1)");
    }
  }
}
