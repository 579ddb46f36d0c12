package dev.teak.engine;

import dev.teak.engine.op.Binary;

/**
 * The losses, {@code torch.nn.functional} under the same names, with the same order of arguments
 * and the same defaults. One rule reduces them all: {@link Reduction}, the mean unless another is
 * asked for. Input and target are floats of one shape unless a method says otherwise; where they
 * are not, a {@link ShapeException} says so, for a loss of shapes that broadcast is rarely meant.
 */
public final class Losses extends LabelLosses {
  private Losses() {}

  /** What is made of the losses of all elements. */
  public enum Reduction {
    /** The losses as they are. */
    NONE,
    /** Their mean; NaN of none. */
    MEAN,
    /** Their sum. */
    SUM,
    /** Their sum divided by the extent of the first axis: what {@link #klDiv} is by its formula. */
    BATCH_MEAN;

    Tensor of(Tensor losses) {
      return switch (this) {
        case NONE -> losses;
        case MEAN -> losses.mean();
        case SUM -> losses.sum();
        case BATCH_MEAN -> losses.sum().div(losses.shape().rank() == 0 ? 1 : losses.shape().dim(0));
      };
    }
  }

  /**
   * Settings of a loss of classes; {@link #DEFAULT} are PyTorch's.
   *
   * @param weight of each class, {@code [C]}, a constant to autograd; null for ones
   * @param ignoreIndex the label that marks what is left out: its loss is 0, and the mean does not
   *     count it
   * @param reduction what is made of the losses; the mean divides by the weights of the labels that
   *     count, and that of soft targets by their number
   * @param labelSmoothing the part of each target that all classes share, in [0, 1] (Szegedy et
   *     al., CVPR 2016)
   */
  public record Options(
      Tensor weight, int ignoreIndex, Reduction reduction, double labelSmoothing) {
    /** No weights, labels of -100 ignored, the mean, no smoothing. */
    public static final Options DEFAULT = new Options(null, -100, Reduction.MEAN, 0);

    /** Rejects a smoothing outside [0, 1]. */
    public Options {
      if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
        throw new IllegalArgumentException(
            "cross_entropy: label smoothing " + labelSmoothing + " must be in [0, 1]");
      }
    }

    /** With a weight for each class. */
    public Options withWeight(Tensor weights) {
      return new Options(weights, ignoreIndex, reduction, labelSmoothing);
    }

    /** With another label that is left out. */
    public Options withIgnoreIndex(int label) {
      return new Options(weight, label, reduction, labelSmoothing);
    }

    /** With another reduction. */
    public Options withReduction(Reduction other) {
      return new Options(weight, ignoreIndex, other, labelSmoothing);
    }

    /** With so much of each target shared by all classes. */
    public Options withLabelSmoothing(double part) {
      return new Options(weight, ignoreIndex, reduction, part);
    }
  }

  /** The mean of {@link #l1(Tensor, Tensor, Reduction)}. */
  public static Tensor l1(Tensor input, Tensor target) {
    return l1(input, target, Reduction.MEAN);
  }

  /** |input - target|, for equal shapes. */
  public static Tensor l1(Tensor input, Tensor target, Reduction reduction) {
    return reduction.of(difference("l1", input, target).abs());
  }

  /** The mean of {@link #mse(Tensor, Tensor, Reduction)}. */
  public static Tensor mse(Tensor input, Tensor target) {
    return mse(input, target, Reduction.MEAN);
  }

  /** (input - target)^2, for equal shapes. */
  public static Tensor mse(Tensor input, Tensor target, Reduction reduction) {
    return reduction.of(difference("mse", input, target).square());
  }

  /** The mean of {@link #huber(Tensor, Tensor, Reduction, double)} with delta 1. */
  public static Tensor huber(Tensor input, Tensor target) {
    return huber(input, target, Reduction.MEAN, 1);
  }

  /**
   * With d = input - target: d^2 / 2 where |d| is at most {@code delta}, else delta (|d| - delta /
   * 2) (Huber, Annals of Mathematical Statistics 35, 1964).
   *
   * @param delta above 0
   */
  public static Tensor huber(Tensor input, Tensor target, Reduction reduction, double delta) {
    requirePositive("huber", "delta", delta);
    return reduction.of(huber(difference("huber", input, target), delta));
  }

  /** The mean of {@link #smoothL1(Tensor, Tensor, Reduction, double)} with beta 1. */
  public static Tensor smoothL1(Tensor input, Tensor target) {
    return smoothL1(input, target, Reduction.MEAN, 1);
  }

  /**
   * {@link #huber} of delta {@code beta}, divided by it: the slope far out is 1 (Girshick, "Fast
   * R-CNN", ICCV 2015).
   *
   * @param beta 0 or more; with 0 it is {@link #l1}
   */
  public static Tensor smoothL1(Tensor input, Tensor target, Reduction reduction, double beta) {
    if (beta == 0) {
      return l1(input, target, reduction);
    }
    requirePositive("smooth_l1", "beta", beta);
    return reduction.of(huber(difference("smooth_l1", input, target), beta).div(beta));
  }

  /** With c = d within delta: c (d - c / 2), which needs no sign. */
  private static Tensor huber(Tensor d, double delta) {
    Tensor c = d.clip(-delta, delta);
    return c.mul(d.sub(c.mul(0.5)));
  }

  /** The mean of the binary cross-entropy, without weights. */
  public static Tensor binaryCrossEntropyWithLogits(Tensor input, Tensor target) {
    return binaryCrossEntropyWithLogits(input, target, null, Reduction.MEAN, null);
  }

  /**
   * weight (posWeight target log(1 + e^-x) + (1 - target) log(1 + e^x)) of logits x: no term is
   * infinite while x is finite, and none is taken from another, so that a loss near 0 keeps its
   * digits.
   *
   * @param target of the logits' shape, probabilities in [0, 1]
   * @param weight of each element, broadcast, or null
   * @param posWeight of the answer 1, broadcast, or null
   */
  public static Tensor binaryCrossEntropyWithLogits(
      Tensor input, Tensor target, Tensor weight, Reduction reduction, Tensor posWeight) {
    requireSame("binary_cross_entropy_with_logits", input, target);
    Tensor yes = Binary.MASKED_MUL.apply(target, Activations.softplus(input.neg()));
    Tensor no = Binary.MASKED_MUL.apply(target.neg().add(1), Activations.softplus(input));
    Tensor losses = (posWeight == null ? yes : yes.mul(posWeight)).add(no);
    return reduction.of(weight == null ? losses : losses.mul(weight));
  }

  /** The mean over all elements of {@link #klDiv(Tensor, Tensor, Reduction, boolean)}. */
  public static Tensor klDiv(Tensor input, Tensor target) {
    return klDiv(input, target, Reduction.MEAN, false);
  }

  /**
   * target (log target - input), the terms of the Kullback-Leibler divergence of the target from
   * the input; 0 where the target is 0. {@link Reduction#BATCH_MEAN} gives the divergence itself.
   *
   * @param input logarithms of probabilities
   * @param target probabilities of the input's shape, or their logarithms
   * @param logTarget whether they are logarithms
   */
  public static Tensor klDiv(Tensor input, Tensor target, Reduction reduction, boolean logTarget) {
    requireSame("kl_div", input, target);
    if (logTarget) {
      return reduction.of(Binary.MASKED_MUL.apply(target.exp(), target.sub(input)));
    }
    // The logarithm that is not taken is that of 1, so that its gradient is finite.
    Tensor one = Tensor.full(target.device(), Shape.SCALAR, 1);
    Tensor log = target.ne(0).where(target, one).log();
    return reduction.of(Binary.MASKED_MUL.apply(target, log.sub(input)));
  }

  /**
   * input where the target is 1, max(0, margin - input) where it is -1, the sum of both elsewhere:
   * the input is a distance of pairs that are to be near, or to be far.
   */
  public static Tensor hingeEmbedding(
      Tensor input, Tensor target, double margin, Reduction reduction) {
    requireSame("hinge_embedding", input, target);
    Tensor zero = Tensor.full(input.device(), Shape.SCALAR, 0);
    Tensor far = target.ne(1).where(atLeastZero(input.neg().add(margin)), zero);
    return reduction.of(far.add(target.ne(-1).where(input, zero)));
  }

  /** max(0, margin - target (input1 - input2)), the target being 1 or -1; broadcast. */
  public static Tensor marginRanking(
      Tensor input1, Tensor input2, Tensor target, double margin, Reduction reduction) {
    Tensor behind = input1.sub(input2).mul(target).neg();
    return reduction.of(atLeastZero(behind.add(margin)));
  }

  /**
   * 1 - cos(input1, input2) where the target is 1, max(0, cos - margin) where it is -1.
   *
   * @param input1 {@code [N, D]}, or {@code [D]}
   * @param input2 as {@code input1}
   * @param target {@code [N]}, or a scalar
   */
  public static Tensor cosineEmbedding(
      Tensor input1, Tensor input2, Tensor target, double margin, Reduction reduction) {
    requireSame("cosine_embedding", input1, input2);
    Shape s = input1.shape();
    boolean one = s.rank() == 1 && target.shape().rank() == 0;
    boolean many = s.rank() == 2 && target.shape().equals(Shape.of(s.dim(0)));
    if (!one && !many) {
      throw new ShapeException(
          "cosine_embedding: inputs " + s + ", target " + target.shape() + ": expects [N, D], [N]");
    }
    double eps = 1e-12; // PyTorch's, inside the root
    Tensor lengths = input1.square().sum(-1).add(eps).mul(input2.square().sum(-1).add(eps)).sqrt();
    Tensor cos = input1.mul(input2).sum(-1).div(lengths);
    Tensor zero = Tensor.full(cos.device(), Shape.SCALAR, 0);
    Tensor near = target.eq(1).where(cos.neg().add(1), zero);
    return reduction.of(near.add(target.eq(-1).where(atLeastZero(cos.sub(margin)), zero)));
  }

  /** {@link #cosineSimilarity(Tensor, Tensor, int, double)} along axis 1, with eps 1e-8. */
  public static Tensor cosineSimilarity(Tensor x1, Tensor x2) {
    return cosineSimilarity(x1, x2, 1, 1e-8);
  }

  /**
   * The cosine of the angle between vectors along an axis; broadcast. No loss, but what some are
   * made of.
   *
   * @param eps what lengths are at least, so that vectors of zeros have a cosine of 0
   */
  public static Tensor cosineSimilarity(Tensor x1, Tensor x2, int axis, double eps) {
    Shape s = Shape.broadcast("cosine_similarity", x1.shape(), x2.shape());
    Tensor a = x1.broadcastTo(s);
    Tensor b = x2.broadcastTo(s);
    return unit(a, axis, eps).mul(unit(b, axis, eps)).sum(axis);
  }

  private static Tensor unit(Tensor x, int axis, double eps) {
    return x.div(x.square().sumKeepDims(axis).maximum(eps * eps).sqrt());
  }

  /** max(x, 0), whose gradient at 0 is that of x, as of PyTorch's {@code clamp_min}. */
  private static Tensor atLeastZero(Tensor x) {
    return x.clip(0, Double.POSITIVE_INFINITY);
  }

  private static Tensor difference(String loss, Tensor input, Tensor target) {
    requireSame(loss, input, target);
    return input.sub(target);
  }

  private static void requirePositive(String loss, String what, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(loss + ": " + what + " " + value + " must be above 0");
    }
  }
}
