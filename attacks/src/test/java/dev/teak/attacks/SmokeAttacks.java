package dev.teak.attacks;

import dev.teak.attacks.evaluation.Attacks;
import dev.teak.attacks.evaluation.AutoAttack;
import dev.teak.attacks.evaluation.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every attack that has a name, in every norm it has, at a size that a test can bear. */
public final class SmokeAttacks {
  /** Sizes, by the names that settings have; what an attack does not have is left out. */
  private static final Map<String, String> SIZES =
      Map.ofEntries(
          Map.entry("steps", "6"),
          Map.entry("searches", "3"),
          Map.entry("evaluations", "8"),
          Map.entry("most_evaluations", "12"),
          Map.entry("queries", "30"),
          Map.entry("samples", "4"),
          Map.entry("draws", "5"),
          Map.entry("tries", "10"),
          Map.entry("angles", "3"),
          Map.entry("shifts", "3"),
          Map.entry("neighbours", "2"),
          Map.entry("pixels", "5"),
          Map.entry("largest_c", "1e-4"));

  private SmokeAttacks() {}

  /** An epsilon that is about as much in each norm, for images of 40 pixel values. */
  static double epsilon(Norm norm, double linf) {
    return switch (norm) {
      case LINF -> linf;
      case L2 -> 4 * linf;
      case L1 -> 16 * linf;
      case L0 -> Math.floor(40 * linf);
    };
  }

  /** All of them, under thresholds that are {@code linf} in L-infinity. */
  static List<Attack> all(double linf) {
    List<Attack> all = new ArrayList<>();
    for (Attacks.Entry entry : Attacks.ALL) {
      for (Norm norm : entry.norms()) {
        ThreatModel threat = new ThreatModel(norm, epsilon(norm, linf), 0, 1);
        all.add(small(entry.defaults().apply(threat)));
      }
    }
    return all;
  }

  /** All of them, at any wrong class and, those that can, at one class. */
  static Stream<Attack> withGoals(double linf) {
    return all(linf).stream()
        .flatMap(
            a -> isTargetable(a) ? Stream.of(a, Settings.with(a, Goal.targeted(1))) : Stream.of(a));
  }

  private static boolean isTargetable(Attack attack) {
    Map<String, Object> settings = Settings.of(attack);
    return settings.containsKey("goal") && settings.getOrDefault("targets", 0).equals(0);
  }

  /** The same attack, made small. */
  static Attack small(Attack attack) {
    if (attack instanceof AutoAttack several) {
      List<Attack> parts = several.attacks().stream().map(SmokeAttacks::small).toList();
      return new AutoAttack(several.version(), several.threat(), parts, Math.min(2, several.eot()));
    }
    Attack small = attack;
    for (Map.Entry<String, String> size : SIZES.entrySet()) {
      Object now = Settings.of(attack).get(size.getKey());
      if (now instanceof Number n && n.doubleValue() > Double.parseDouble(size.getValue())) {
        small = Settings.with(small, size.getKey(), size.getValue());
      }
    }
    return small;
  }
}
