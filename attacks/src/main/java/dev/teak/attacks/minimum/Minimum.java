package dev.teak.attacks.minimum;

import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Checks that the attacks of this package share. */
final class Minimum {
  private Minimum() {}

  static void requireNorm(String attack, ThreatModel threat, Norm... known) {
    if (!Arrays.asList(known).contains(threat.norm())) {
      throw new IllegalArgumentException(
          attack
              + ": norm "
              + threat.norm()
              + ": has "
              + Arrays.stream(known).map(Norm::toString).collect(Collectors.joining(", ")));
    }
  }
}
