package dev.teak.lab.experiment;

import dev.teak.defenses.Defended;
import dev.teak.defenses.Defense;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.models.EnsembleOf;
import dev.teak.nn.settings.Optional;
import dev.teak.nn.settings.Settings;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a model comes to be.
 *
 * @param name within its experiment; where it is absent, model and defenses in words
 * @param model its architecture
 * @param start where its weights are from before the first phase: a recipe's name or a file; drawn
 *     by the seed where it is absent
 * @param folds whether the members of an ensemble are trained apart in the first phase: the
 *     training images are split in as many folds, and each member learns from all but its own, by
 *     which its epochs are judged; null where not
 * @param phases one after the other; one of nothing but defaults where none are given
 * @param seeds it is run from the first so many seeds of its experiment; from all where it is
 *     absent
 */
public record Recipe(
    @Optional String name,
    Architecture model,
    @Optional String start,
    @Optional Boolean folds,
    @Optional List<Phase> phases,
    @Optional Integer seeds) {
  /** Names what has no name; rejects folds where there can be none. */
  public Recipe {
    phases = phases.isEmpty() ? List.of(Phase.EMPTY) : List.copyOf(phases);
    folds = Boolean.TRUE.equals(folds) ? Boolean.TRUE : null;
    if (folds != null) {
      requireFolds(model, start, phases.get(0));
    }
    if (name == null) {
      name =
          Settings.text(model)
              + (folds == null ? "; " : "; in folds; ")
              + phases.stream().map(Phase::words).collect(Collectors.joining(", then "));
    }
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: must not be empty");
    }
    if (seeds != null && seeds < 1) {
      throw new IllegalArgumentException("seeds: " + seeds + ": must be 1 or more");
    }
  }

  /** Without folds, and from every seed. */
  public Recipe(String name, Architecture model, String start, List<Phase> phases) {
    this(name, model, start, null, phases, null);
  }

  private static void requireFolds(Architecture model, String start, Phase first) {
    if (!(model instanceof EnsembleOf ensemble)) {
      String of = Settings.text(model);
      throw new IllegalArgumentException(
          "folds: the model is '" + of + "'; only the members of an ensemble are trained in folds");
    }
    if (ensemble.members() < 2) {
      throw new IllegalArgumentException(
          "folds: the ensemble has 1 member; there must be 2 folds or more");
    }
    if (start != null) {
      throw new IllegalArgumentException(
          "start: "
              + start
              + ": members that are trained in folds begin with weights of their own");
    }
    List<Defense> standing = Defended.standing(first.defenses());
    if (!standing.isEmpty()) {
      throw new IllegalArgumentException(
          "phases: '"
              + Settings.text(standing)
              + "' stands in the first phase, in which the members are trained in folds; what"
              + " stands at the whole ensemble belongs to a later one, as {epochs: 0, defenses:"
              + " ...}");
    }
  }

  /** Of one phase, named by model and defenses. */
  static Recipe of(Architecture model, Phase phase) {
    return new Recipe(null, model, null, List.of(phase));
  }

  /** With all that its phases leave open filled in. */
  Recipe with(Phase defaults) {
    List<Phase> whole = phases.stream().map(p -> p.or(defaults)).toList();
    return new Recipe(name, model, start, folds, whole, seeds);
  }

  /**
   * Whether a phase trains the members of an ensemble in folds.
   *
   * @param phase from 1
   */
  boolean isInFolds(int phase) {
    return folds != null && phase == 1;
  }

  /** Its phases' defenses in words: {@code noise 0.01, then random 0.3}. */
  public String words() {
    return phases.stream().map(Phase::words).collect(Collectors.joining(", then "));
  }

  /** The names of what it needs: teachers and where it starts from. */
  List<String> needs() {
    return Stream.concat(Stream.of(start == null ? "" : start), phases.stream().map(Phase::teacher))
        .filter(Objects::nonNull)
        .filter(n -> !n.isEmpty() && !n.equals(Phase.PREVIOUS))
        .toList();
  }
}
