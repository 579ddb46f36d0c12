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

/**
 * Feature squeezing (Xu, Evans and Qi, NDSS 2018, section 5): images whose class probabilities
 * change much where detail is taken from them count as attacked. The score is the largest L1
 * distance between the probabilities of an image and those of its squeezed forms: with fewer bits a
 * pixel, and with each pixel the median of its neighbours. Pixels are in 0..1. Rounding has the
 * gradient of the identity here, so that the score can be attacked.
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
    return Layers.of(images -> score(trainee.model(), images));
  }

  private Tensor score(Module model, Tensor images) {
    Tensor plain = model.forward(images).softmax();
    Tensor score = null;
    for (Tensor squeezed : squeezed(images)) {
      Tensor distance = model.forward(squeezed).softmax().sub(plain).abs().sum(1);
      score = score == null ? distance : score.maximum(distance);
    }
    return score;
  }

  private List<Tensor> squeezed(Tensor images) {
    List<Tensor> forms = new ArrayList<>();
    if (bits > 0) {
      double levels = (1 << bits) - 1;
      forms.add(Surrogate.straightThrough(x -> x.mul(levels).round().div(levels)).apply(images));
    }
    if (median > 1) {
      forms.add(medians(images));
    }
    return forms;
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
