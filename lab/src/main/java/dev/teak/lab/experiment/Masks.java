package dev.teak.lab.experiment;

import dev.teak.defenses.Part;
import dev.teak.defenses.Training;
import dev.teak.defenses.mask.LearnedMask;
import dev.teak.defenses.mask.Mask;
import dev.teak.defenses.mask.Region;
import java.util.stream.Collectors;

/** The masks of a training: their ratios, and what they are at test time. */
final class Masks {
  private Masks() {}

  /** Whether a part is a mask that has a ratio. */
  static boolean hasRatio(Part part) {
    return part instanceof Mask mask && ratio(mask) != null;
  }

  /** The ratio; null where the mask has none. */
  static Double ratio(Mask mask) {
    if (mask.region() instanceof Region.Bernoulli expected) {
      return expected.ratio();
    }
    return mask.region() instanceof Region.Exact exact ? exact.ratio() : null;
  }

  /** The mask with another ratio. */
  static Mask withRatio(Mask mask, double ratio) {
    Region region =
        mask.region() instanceof Region.Exact
            ? new Region.Exact(ratio)
            : new Region.Bernoulli(ratio);
    return new Mask(region, mask.fill(), mask.vary(), mask.eachChannel());
  }

  /** The training with another ratio of every mask that has one. */
  static Training withRatio(Training training, double ratio) {
    return new Training(
        training.parts().stream()
            .map(p -> p instanceof Mask m && hasRatio(m) ? withRatio(m, ratio) : p)
            .toList());
  }

  /** What stands in front of the model where the masks of a training stay, in words. */
  static String atTest(Training training) {
    return training.parts().stream()
        .filter(p -> p instanceof Mask || p instanceof LearnedMask)
        .map(p -> p instanceof Mask mask ? mask.fixed() : p)
        .map(Part::toString)
        .collect(Collectors.joining("; "));
  }
}
