package dev.teak.lab.report;

import dev.teak.attacks.evaluation.Check;
import dev.teak.lab.experiment.CellResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether what a training gains is but a hidden gradient: a gain under a weak attack that a strong
 * one takes away, or a check for masked gradients that fails where the baseline passes it (Athalye
 * et al., "Obfuscated gradients give a false sense of security", 2018).
 *
 * @param group the training
 * @param kept epsilons at which its gain under FGSM stands under the strongest attack
 * @param partly at which some of it stands, but less than half
 * @param lost at which none is shown to stand, and no half of it can, to 95%
 * @param open at which the interval of the gain under the strongest attack is too wide to tell
 * @param signs checks that fail in more of its seeds than of the baseline's
 * @param strongest the strongest attack that both were measured under
 * @param decided whether there were seeds enough to tell a gain from chance
 * @param checked whether the checks were run
 */
public record HiddenGradient(
    Group group,
    List<Double> kept,
    List<Double> partly,
    List<Double> lost,
    List<Double> open,
    List<Check> signs,
    String strongest,
    boolean decided,
    boolean checked) {
  private static final String WEAK = "fgsm";

  /** Judges a training beside its model's baseline. */
  public static HiddenGradient of(Results results, Group group, Group baseline) {
    String strongest = strongest(results, group, baseline);
    List<Double> kept = new ArrayList<>();
    List<Double> partly = new ArrayList<>();
    List<Double> lost = new ArrayList<>();
    List<Double> open = new ArrayList<>();
    boolean decided = false;
    for (double epsilon : results.epsilons()) {
      Summary weak = group.lessUnder(baseline, WEAK, epsilon);
      Summary strong = group.lessUnder(baseline, strongest, epsilon);
      if (!weak.hasInterval() || !strong.hasInterval()) {
        continue;
      }
      decided = true;
      if (weak.isAboveZero()) {
        double half = weak.mean() / 2;
        if (strong.isAboveZero()) {
          (strong.mean() >= half ? kept : partly).add(epsilon);
        } else {
          (strong.high() < half ? lost : open).add(epsilon);
        }
      }
    }
    return new HiddenGradient(
        group,
        kept,
        partly,
        lost,
        open,
        signs(group, baseline),
        strongest,
        decided,
        group.results().stream().anyMatch(r -> !r.checks().isEmpty()));
  }

  /** The attack beside the weak one that leaves least of the two, of several alike the last. */
  private static String strongest(Results results, Group group, Group baseline) {
    String strongest = WEAK;
    double least = Double.POSITIVE_INFINITY;
    for (String attack : results.attacks()) {
      double left =
          results.epsilons().stream()
              .filter(e -> group.lessUnder(baseline, attack, e).isThere())
              .mapToDouble(
                  e -> group.attacked(attack, e).mean() + baseline.attacked(attack, e).mean())
              .average()
              .orElse(Double.POSITIVE_INFINITY);
      if (!attack.equals(WEAK) && left <= least && left < Double.POSITIVE_INFINITY) {
        least = left;
        strongest = attack;
      }
    }
    return strongest;
  }

  /** Checks that fail in a larger share of the group's seeds than of the baseline's. */
  private static List<Check> signs(Group group, Group baseline) {
    return group.results().stream()
        .flatMap(r -> r.checks().stream())
        .filter(c -> !c.passed())
        .filter(c -> failing(group, c.number()) > failing(baseline, c.number()))
        .collect(Collectors.toMap(Check::number, c -> c, (a, b) -> a))
        .values()
        .stream()
        .sorted((a, b) -> Integer.compare(a.number(), b.number()))
        .toList();
  }

  /** The share of the checked seeds in which a check fails; 0 where none was checked. */
  private static double failing(Group g, int number) {
    List<Check> checks =
        g.results().stream()
            .map(CellResult::checks)
            .flatMap(List::stream)
            .filter(c -> c.number() == number)
            .toList();
    return checks.stream().mapToDouble(c -> c.passed() ? 0 : 1).average().orElse(0);
  }

  /** Whether the strongest attack takes more than half of a gain. */
  public boolean loses() {
    return !lost.isEmpty() || !partly.isEmpty();
  }

  /** Whether a gain under the weak attack is shown at all. */
  public boolean gains() {
    return !(kept.isEmpty() && partly.isEmpty() && lost.isEmpty() && open.isEmpty());
  }

  /** The verdict as a sentence without its end. */
  public String words() {
    List<String> parts = new ArrayList<>();
    String strong = Results.title(strongest);
    if (strongest.equals(WEAK)) {
      parts.add("no attack stronger than FGSM was run on it and on the baseline");
    } else if (!decided) {
      parts.add("too few seeds to tell a gain from chance");
    } else if (!gains()) {
      parts.add("no gain under FGSM is shown that could be hidden gradient");
    } else {
      add(parts, kept, "its gain under FGSM stands under " + strong);
      add(parts, partly, strong + " takes more than half of its gain under FGSM");
      add(parts, lost, strong + " takes its gain under FGSM away");
      add(parts, open, "it gains under FGSM, and under " + strong + " the figures cannot tell");
    }
    if (!checked) {
      parts.add("not checked for masked gradients");
    } else if (signs.isEmpty()) {
      parts.add("no check fails more often than the baseline's");
    } else {
      parts.add(
          signs.stream()
              .map(c -> "check " + c.number() + " (" + c.name() + ")")
              .collect(Collectors.joining(", ", "more often than the baseline it fails ", "")));
    }
    return String.join("; ", parts);
  }

  private static void add(List<String> parts, List<Double> epsilons, String words) {
    if (!epsilons.isEmpty()) {
      parts.add(
          words + " at " + epsilons.stream().map(Axis::number).collect(Collectors.joining(", ")));
    }
  }
}
