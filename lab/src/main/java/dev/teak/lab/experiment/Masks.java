package dev.teak.lab.experiment;

import dev.teak.defenses.Defense;
import dev.teak.defenses.mask.Mask;
import dev.teak.defenses.mask.Region;
import java.util.List;

/** The masks of a training that have a ratio, which a search looks for. */
final class Masks {
  private Masks() {}

  /** Whether a defense is a mask that has a ratio. */
  static boolean hasRatio(Defense defense) {
    return defense instanceof Mask mask && mask.region() instanceof Region.Random;
  }

  /** The defenses with another ratio of every mask that has one. */
  static List<Defense> withRatio(List<Defense> defenses, double ratio) {
    return defenses.stream().map(d -> hasRatio(d) ? withRatio((Mask) d, ratio) : d).toList();
  }

  private static Defense withRatio(Mask mask, double ratio) {
    boolean exact = ((Region.Random) mask.region()).exact();
    return new Mask(new Region.Random(ratio, exact), mask.fill(), mask.vary(), mask.perChannel());
  }
}
