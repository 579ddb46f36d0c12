package dev.teak.defenses.detect;

import dev.teak.defenses.DetectorDefense;
import dev.teak.defenses.Trainee;
import dev.teak.engine.Images;
import dev.teak.engine.Surrogate;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Feature squeezing (Xu, Evans and Qi, NDSS 2018, section 5): images whose class probabilities
 * change much where detail is taken from them count as attacked. The score is the largest L1
 * distance between the probabilities of an image and those of its squeezed forms: with fewer bits a
 * pixel, and with each pixel the median of its neighbours. Pixels are in 0..1.
 *
 * <p>Whoever knows of it follows two stand-ins. Rounding has no gradient of its own, and gets that
 * of the identity. Probabilities near 0 and 1 have next to none, so that the score is flat just
 * where it is highest; there it gets that of the logarithm of a divergence, which is steep. The
 * median keeps its own: attacks by that of the identity, or of the mean, were measured to be
 * weaker.
 *
 * @param bits a pixel, 1 to 8; 0 leaves that form out. The paper takes 1 on MNIST and 5 on CIFAR-10
 * @param median height and width of the window, 1 or more; 1 leaves that form out. The paper takes
 *     2
 * @param falsePositiveRate share of the training examples that are taken for attacked, 0..1
 */
public record FeatureSqueezing(int bits, int median, double falsePositiveRate)
    implements DetectorDefense {
  /** One bit and a window of 2 x 2, at 5% false alarms: the paper's on MNIST. */
  public static final FeatureSqueezing DEFAULTS = new FeatureSqueezing(1, 2, 0.05);

  /** Divergence below which none is told from 0. */
  private static final double SMALL = 0.1;

  /** Rejects what is none of these, and a detector that looks at nothing. */
  public FeatureSqueezing {
    if (bits < 0 || bits > 8) {
      throw new IllegalArgumentException(
          "bits: " + bits + ": must be 1 to 8, or 0 for all of them");
    }
    if (median < 1) {
      throw new IllegalArgumentException("median: " + median + ": must be 1, for none, or more");
    }
    if (bits == 0 && median == 1) {
      throw new IllegalArgumentException("bits: 0 and a median of 1 leave nothing to compare");
    }
    if (!(falsePositiveRate >= 0 && falsePositiveRate <= 1)) {
      throw new IllegalArgumentException(
          "false_positive_rate: " + falsePositiveRate + ": must be in 0..1");
    }
  }

  @Override
  public Module score(Trainee trainee) {
    return score(trainee, this::rounded, FeatureSqueezing::distance);
  }

  @Override
  public Module attackedThrough(Trainee trainee, Module score) {
    return score(
        trainee,
        Surrogate.straightThrough(this::rounded),
        Surrogate.bpda(FeatureSqueezing::distance, FeatureSqueezing::logDivergence));
  }

  private Module score(
      Trainee trainee, UnaryOperator<Tensor> rounded, UnaryOperator<Tensor> distance) {
    return Layers.of(
        images -> {
          List<Tensor> forms = new ArrayList<>(List.of(images));
          if (bits > 0) {
            forms.add(rounded.apply(images));
          }
          if (median > 1) {
            forms.add(medians(images));
          }
          List<Tensor> logits = forms.stream().map(trainee.model()::forward).toList();
          return distance.apply(Tensor.stack(1, logits));
        });
  }

  /**
   * The largest L1 distance between the first form's probabilities and those of another, {@code
   * [N]}.
   *
   * @param logits {@code [N, forms, classes]}
   */
  private static Tensor distance(Tensor logits) {
    Tensor p = logits.softmax();
    return squeezed(p).sub(plain(p)).abs().sum(2).max(1);
  }

  /**
   * The logarithm of the largest divergence of Jeffreys, sum (p - q) (log p - log q), between them;
   * the logarithm keeps its gradient about as large as those of logits, however far they are apart.
   */
  private static Tensor logDivergence(Tensor logits) {
    Tensor log = logits.logSoftmax();
    Tensor p = log.exp();
    Tensor apart = squeezed(p).sub(plain(p));
    Tensor divergence = apart.mul(squeezed(log).sub(plain(log))).sum(2).max(1);
    return divergence.add(SMALL).log();
  }

  private static Tensor plain(Tensor forms) {
    return forms.slice(1, 0, 1, 1);
  }

  private static Tensor squeezed(Tensor forms) {
    return forms.slice(1, 1, forms.shape().dim(1), 1);
  }

  /** With so many bits a pixel. */
  private Tensor rounded(Tensor images) {
    double levels = (1 << bits) - 1;
    return images.mul(levels).round().div(levels);
  }

  /** Of an even number the upper one of the two in the middle, as scipy's median_filter. */
  private Tensor medians(Tensor images) {
    int before = median / 2;
    int after = median - 1 - before;
    Tensor x = Images.pad(images, before, after, before, after, "reflect");
    int h = images.shape().dim(1);
    int w = images.shape().dim(2);
    List<Tensor> shifted = new ArrayList<>();
    for (int i = 0; i < median; i++) {
      for (int j = 0; j < median; j++) {
        shifted.add(x.slice(1, i, i + h, 1).slice(2, j, j + w, 1));
      }
    }
    Tensor sorted = Tensor.stack(4, shifted).sort(4, false).values(); // [N, H, W, C, k * k]
    int middle = median * median / 2;
    return sorted.slice(4, middle, middle + 1, 1).reshape(images.shape().dims());
  }
}
