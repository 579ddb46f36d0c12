package dev.teak.engine;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.op.BatchNorm;
import dev.teak.engine.op.Conv2d;
import dev.teak.engine.op.Conv2dActivation;
import dev.teak.engine.op.Conv2dRelu;
import dev.teak.engine.op.GroupNorm;
import dev.teak.engine.op.Indices;
import dev.teak.engine.op.MatMul;
import dev.teak.engine.op.Pool2d;
import dev.teak.engine.op.Unary;
import dev.teak.engine.op.WindowMax;
import java.util.List;

/**
 * The functions of neural networks on tensors, without state; {@code torch.nn.functional} under the
 * same names. Images are {@code [N, H, W, C]}, convolution weights {@code [K, R, S, C / groups]}.
 */
public final class Functional extends Activations {
  private Functional() {}

  /**
   * x w^T + b for x {@code [..., in]}, w {@code [out, in]}, b {@code [out]} or null: {@code [...,
   * out]}.
   *
   * @throws ShapeException if the shapes do not fit
   */
  public static Tensor linear(Tensor x, Tensor w, Tensor b) {
    Shape s = x.shape();
    if (s.rank() < 1 || w.shape().rank() != 2) {
      throw new ShapeException(
          "linear: input " + s + ", weight " + w.shape() + ": expects [..., in] and [out, in]");
    }
    // One product of all rows: of a batch of products each has a gradient of the weight.
    Tensor rows = s.rank() == 2 ? x : x.reshape(s.size() / Math.max(1, s.dim(-1)), s.dim(-1));
    Tensor y = MatMul.apply(rows, w, false, true);
    if (b != null) {
      b.requireFloat("linear");
      y = y.add(b);
    }
    return s.rank() == 2 ? y : y.reshape(s.with(-1, w.shape().dim(0)).dims());
  }

  /**
   * 2-d convolution, as every framework's: a cross-correlation.
   *
   * @param x {@code [N, H, W, C]}
   * @param w {@code [K, R, S, C / groups]}
   * @param bias {@code [K]}, or null
   * @return {@code [N, P, Q, K]}, P = (H + 2 padding - dilation (R - 1) - 1) / stride + 1
   * @throws ShapeException if the shapes do not fit, or the kernel into the padded image
   */
  public static Tensor conv2d(
      Tensor x, Tensor w, Tensor bias, int stride, int padding, int dilation, int groups) {
    return conv2d(x, w, bias, Sliding.of(stride, padding, dilation), groups);
  }

  /** As above, with strides and dilations for each axis and a padding for each side. */
  public static Tensor conv2d(Tensor x, Tensor w, Tensor bias, Sliding how, int groups) {
    ConvGeometry g = ConvGeometry.of("conv2d", x.shape(), w.shape(), how, groups);
    return Conv2d.Forward.apply(g, x, w, bias);
  }

  /** relu of {@link #conv2d}, in one pass. */
  public static Tensor conv2dRelu(Tensor x, Tensor w, Tensor bias, Sliding how, int groups) {
    ConvGeometry g = ConvGeometry.of("conv2d_relu", x.shape(), w.shape(), how, groups);
    return Conv2dRelu.apply(g, x, w, bias);
  }

  /** An elementwise op of {@link #conv2d}, in one pass. */
  public static Tensor conv2dActivation(
      Tensor x, Tensor w, Tensor bias, Sliding how, int groups, Unary activation) {
    String op = "conv2d_activation";
    ConvGeometry g = ConvGeometry.of(op, x.shape(), w.shape(), how, groups);
    return Conv2dActivation.apply(g, activation, x, w, bias);
  }

  /** max-pooling of relu of {@link #conv2d}, in one pass; windows {@code window} apart. */
  public static Tensor conv2dReluMaxPool2d(
      Tensor x, Tensor w, Tensor bias, Sliding how, int groups, int window) {
    String op = "conv2d_relu_max_pool2d";
    ConvGeometry g = ConvGeometry.of(op, x.shape(), w.shape(), how, groups);
    PoolGeometry pool = PoolGeometry.of(op, g.output(), PoolWindow.of(window));
    return Conv2dRelu.apply(g, pool, x, w, bias);
  }

  /**
   * Transposed 2-d convolution: the gradient of a convolution in its input, as a layer.
   *
   * @param x {@code [N, P, Q, K]}
   * @param w {@code [K, R, S, C / groups]}: the weight of the convolution that it transposes
   * @param bias {@code [C]}, or null
   * @param outputPadding rows and columns added at the far side, less than {@code stride}, or than
   *     {@code dilation}
   * @return {@code [N, H, W, C]}, H = (P - 1) stride - 2 padding + dilation (R - 1) + outputPadding
   *     + 1
   * @throws ShapeException if the shapes do not fit
   */
  public static Tensor convTranspose2d(
      Tensor x,
      Tensor w,
      Tensor bias,
      int stride,
      int padding,
      int outputPadding,
      int groups,
      int dilation) {
    Sliding how = Sliding.of(stride, padding, dilation);
    return convTranspose2d(x, w, bias, how, outputPadding, outputPadding, groups);
  }

  /** As above, with strides and dilations for each axis and a padding for each side. */
  public static Tensor convTranspose2d(
      Tensor x, Tensor w, Tensor bias, Sliding how, int moreRows, int moreColumns, int groups) {
    ConvGeometry g =
        ConvGeometry.transposed(
            "conv_transpose2d", x.shape(), w.shape(), how, moreRows, moreColumns, groups);
    Tensor y = Conv2d.InputGrad.apply(g, x, w);
    if (bias == null) {
      return y;
    }
    Conv2d.checkBias("conv_transpose2d", x, bias, g.c());
    return y.add(bias);
  }

  /** Largest of each square window; where padding is, nothing wins. */
  public static Tensor maxPool2d(Tensor x, int window, int stride, int padding) {
    return maxPool2d(x, PoolWindow.of(window).stride(stride).padding(padding));
  }

  /**
   * Largest of each window of x {@code [N, H, W, C]}, the first of equals; a NaN counts as largest.
   *
   * @return {@code [N, P, Q, C]}, P as of {@link #conv2d}, or one more by {@code ceilMode}
   * @throws ShapeException if a window does not fit into the padded image, or sees only padding
   */
  public static Tensor maxPool2d(Tensor x, PoolWindow window) {
    return Pool2d.Max.apply(PoolGeometry.of("max_pool2d", x.shape(), window), x);
  }

  /**
   * Largest of windows that divide x {@code [N, H, W, C]} into {@code height} x {@code width} as
   * evenly as can be, also where that is more than it has; 1 x 1 is global max-pooling.
   *
   * @return {@code [N, height, width, C]}
   * @throws ShapeException if the images have no pixels, or are to have none
   */
  public static Tensor adaptiveMaxPool2d(Tensor x, int height, int width) {
    return WindowMax.adaptive(x, height, width);
  }

  /** Mean of each square window; padding counts as zeros. */
  public static Tensor avgPool2d(Tensor x, int window, int stride, int padding) {
    return avgPool2d(x, PoolWindow.of(window).stride(stride).padding(padding));
  }

  /**
   * Mean of each window of x {@code [N, H, W, C]}; PyTorch has no dilation here.
   *
   * @return {@code [N, P, Q, C]}
   * @throws ShapeException as of {@link #maxPool2d(Tensor, PoolWindow)}
   */
  public static Tensor avgPool2d(Tensor x, PoolWindow window) {
    return Pool2d.Average.apply(PoolGeometry.of("avg_pool2d", x.shape(), window), x);
  }

  /**
   * Batch normalisation by the batch's own mean and biased variance over all axes but the last
   * (Ioffe and Szegedy 2015, algorithm 1).
   *
   * @param gamma {@code [C]}, or null for ones
   * @param beta {@code [C]}, or null for zeros
   * @param residual of x's shape, added to the result, or null
   * @param relu whether negative results become 0, after that
   * @return the result, and the mean and variance {@code [C]} that it was made with
   * @throws ShapeException if there are no values to take a mean of, or a shape is none of these
   */
  public static BatchNorm.Batch batchNorm(
      Tensor x, Tensor gamma, Tensor beta, Tensor residual, double eps, boolean relu) {
    return BatchNorm.train(x, gamma, beta, residual, eps, relu);
  }

  /** As above, by a given mean and variance {@code [C]}, which are constants to autograd. */
  public static Tensor batchNorm(
      Tensor x,
      Tensor mean,
      Tensor variance,
      Tensor gamma,
      Tensor beta,
      Tensor residual,
      double eps,
      boolean relu) {
    return BatchNorm.eval(x, mean, variance, gamma, beta, residual, eps, relu);
  }

  /**
   * Each row by its own mean and biased variance (Ba et al., arXiv:1607.06450): {@code (x - mean) /
   * sqrt(variance + eps) weight + bias}.
   *
   * @param x {@code [..., normalized]}
   * @param normalized the extents of the last axes, over which statistics are taken
   * @param weight of shape {@code normalized}, or null for ones
   * @param bias of shape {@code normalized}, or null for zeros
   * @throws ShapeException where a shape is none of these
   */
  public static Tensor layerNorm(
      Tensor x, Shape normalized, Tensor weight, Tensor bias, double eps) {
    return GroupNorm.layer(x, normalized, weight, bias, eps);
  }

  /**
   * Each image's groups of neighboring channels by their own mean and biased variance over pixels
   * and channels (Wu and He, ECCV 2018).
   *
   * @param x {@code [N, ..., C]}
   * @param groups how many; they divide C
   * @param weight {@code [C]}, or null for ones
   * @param bias {@code [C]}, or null for zeros
   * @throws IllegalArgumentException if the groups do not divide the channels
   * @throws ShapeException where a shape is none of these
   */
  public static Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double eps) {
    return GroupNorm.group(x, groups, weight, bias, eps);
  }

  /**
   * {@link #groupNorm} with a group a channel: each image's channels by their own statistics
   * (Ulyanov et al., arXiv:1607.08022).
   */
  public static Tensor instanceNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
    return GroupNorm.group(x, Math.max(1, x.shape().dim(-1)), weight, bias, eps);
  }

  /**
   * Zeros with a 1 at each label: INT32 of any shape to that shape and {@code [classes]} behind it,
   * in the working float type.
   *
   * @param classes how many there are, or -1: one more than the largest label
   * @throws IllegalArgumentException naming the first label outside 0..classes-1, or if classes are
   *     to be counted and there is no label
   */
  public static Tensor oneHot(Tensor labels, int classes) {
    return Indices.oneHot(labels, classes);
  }

  /**
   * A step of an L-infinity attack, in one pass and without a gradient: from x by {@code step}
   * along the sign of the gradient, then the nearest point within {@code radius} of {@code clean}
   * and within [low, high].
   *
   * @param x where the attack is
   * @param gradient of x's shape; where it is NaN nothing moves
   * @param clean of x's shape, within [low, high]
   */
  public static Tensor linfStep(
      Tensor x,
      Tensor gradient,
      Tensor clean,
      double step,
      double radius,
      double low,
      double high) {
    x.requireFloat("linf_step");
    for (Tensor t : List.of(gradient, clean)) {
      x.requireSameDevice("linf_step", t);
      t.requireFloat("linf_step");
      if (!t.shape().equals(x.shape())) {
        throw new ShapeException(
            "linf_step: " + t.shape() + " and " + x.shape() + " must have the same shape");
      }
    }
    if (!(radius >= 0) || !(low <= high)) {
      throw new IllegalArgumentException(
          "linf_step: radius "
              + radius
              + " must be 0 or more, and low "
              + low
              + " at most high "
              + high);
    }
    Tensor y = Tensor.allocate(x.device(), x.shape());
    x.device()
        .linfStep(
            x.buffer(), gradient.buffer(), clean.buffer(), step, radius, low, high, y.buffer());
    return y;
  }
}
