package dev.teak.engine;

import dev.teak.engine.Losses.Options;
import dev.teak.engine.Losses.Reduction;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.CrossEntropy;

/** The losses of classes: {@link Losses} has them as its own. */
abstract sealed class LabelLosses permits Losses {
  /** The mean cross-entropy, {@link #crossEntropy(Tensor, Tensor, Options)} by its defaults. */
  public static Tensor crossEntropy(Tensor logits, Tensor target) {
    return crossEntropy(logits, target, Options.DEFAULT);
  }

  /** As above with a reduction: {@code NONE} gives that of each row. */
  public static Tensor crossEntropy(Tensor logits, Tensor target, Reduction reduction) {
    return crossEntropy(logits, target, Options.DEFAULT.withReduction(reduction));
  }

  /**
   * Cross-entropy of each row of logits: -sum weight target log softmax(logits).
   *
   * @param logits {@code [..., C]}
   * @param target INT32 labels {@code [...]}, or probabilities {@code [..., C]}
   * @return {@code [...]}, reduced
   * @throws IllegalArgumentException naming the first label outside 0..C-1 that is not ignored
   * @throws ShapeException where shapes do not fit
   */
  public static Tensor crossEntropy(Tensor logits, Tensor target, Options options) {
    String name = "cross_entropy";
    Shape s = requireClasses(name, logits, options.weight());
    double smoothing = options.labelSmoothing();
    int classes = s.dim(-1);
    if (target.dtype() != DType.INT32) {
      requireSame(name, logits, target);
      Tensor soft = smoothing == 0 ? target : target.mul(1 - smoothing).add(smoothing / classes);
      Tensor weighed = options.weight() == null ? soft : soft.mul(options.weight().detach());
      // What cannot be (a logit of minus infinity) costs nothing where it does not come.
      Tensor terms = Binary.MASKED_MUL.apply(weighed, logits.logSoftmax());
      return options.reduction().of(terms.sum(-1).neg());
    }
    Labels labels = Labels.of(name, logits, target, options);
    Tensor rows = labels.rows(logits);
    Tensor losses = labels.weigh(CrossEntropy.apply(rows, labels.labels()));
    if (smoothing > 0) {
      Tensor log = rows.logSoftmax();
      Tensor all = options.weight() == null ? log : log.mul(options.weight().detach());
      Tensor shared = labels.mask(all.sum(1).neg());
      losses = losses.mul(1 - smoothing).add(shared.mul(smoothing / classes));
    }
    return labels.reduce(losses, options.reduction());
  }

  /** The mean of {@link #nll(Tensor, Tensor, Options)} by its defaults. */
  public static Tensor nll(Tensor input, Tensor target) {
    return nll(input, target, Options.DEFAULT);
  }

  /**
   * The negative log-likelihood: -weight[label] input[label] of each row.
   *
   * @param input logarithms of probabilities, {@code [..., C]}
   * @param target INT32 labels {@code [...]}
   * @param options without label smoothing
   * @return {@code [...]}, reduced
   * @throws IllegalArgumentException naming the first label outside 0..C-1 that is not ignored
   */
  public static Tensor nll(Tensor input, Tensor target, Options options) {
    requireClasses("nll", input, options.weight());
    if (options.labelSmoothing() != 0) {
      throw new IllegalArgumentException(
          "nll: label smoothing is a setting of cross_entropy; expects 0");
    }
    Labels labels = Labels.of("nll", input, target, options);
    Tensor rows = labels.rows(input);
    Tensor chosen = Binary.MASKED_MUL.apply(labels.hot(rows), rows).sum(1);
    return labels.reduce(labels.weigh(chosen.neg()), options.reduction());
  }

  /** The mean of {@link #multiMargin(Tensor, Tensor, int, double, Tensor, Reduction)}, p = 1. */
  public static Tensor multiMargin(Tensor input, Tensor target) {
    return multiMargin(input, target, 1, 1, null, Reduction.MEAN);
  }

  /**
   * The hinge loss of classes: weight[label] / C times the sum of max(0, margin - x[label] +
   * x[c])^p over all other classes c of a row x.
   *
   * @param input {@code [N, C]}, or {@code [C]}
   * @param target INT32 labels {@code [N]}, or a scalar
   * @param p 1 or 2
   * @param weight of each class, {@code [C]}, or null
   */
  public static Tensor multiMargin(
      Tensor input, Tensor target, int p, double margin, Tensor weight, Reduction reduction) {
    if (p != 1 && p != 2) {
      throw new IllegalArgumentException("multi_margin: p " + p + " must be 1 or 2");
    }
    int classes = requireClasses("multi_margin", input, weight).dim(-1);
    Labels labels = Labels.of("multi_margin", input, target, Options.DEFAULT.withWeight(weight));
    if (labels.counts() != null) {
      throw new IllegalArgumentException("multi_margin: no label may be ignored, -100 neither");
    }
    Tensor rows = labels.rows(input);
    Tensor hot = labels.hot(rows);
    Tensor own = Binary.MASKED_MUL.apply(hot, rows).sumKeepDims(1);
    Tensor over = rows.sub(own).add(margin).relu();
    Tensor others = Binary.MASKED_MUL.apply(hot.neg().add(1), p == 1 ? over : over.square());
    Tensor losses = labels.weigh(others.sum(1).div(classes));
    return reduction.of(losses.reshape(target.shape().dims()));
  }

  private static Shape requireClasses(String loss, Tensor logits, Tensor weight) {
    logits.requireFloat(loss);
    Shape s = logits.shape();
    if (s.rank() == 0 || s.dim(-1) == 0) {
      throw new ShapeException(loss + ": logits " + s + ": expects [..., classes]");
    }
    if (weight != null) {
      weight.requireFloat(loss);
      logits.requireSameDevice(loss, weight);
      if (!weight.shape().equals(Shape.of(s.dim(-1)))) {
        throw new ShapeException(
            loss + ": weight " + weight.shape() + ": expects [" + s.dim(-1) + "], one a class");
      }
    }
    return s;
  }

  static void requireSame(String loss, Tensor input, Tensor target) {
    input.requireFloat(loss);
    target.requireFloat(loss);
    input.requireSameDevice(loss, target);
    if (!input.shape().equals(target.shape())) {
      throw new ShapeException(
          loss
              + ": input "
              + input.shape()
              + " and target "
              + target.shape()
              + " must have the same shape");
    }
  }
}
