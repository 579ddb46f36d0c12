package dev.teak.lab.experiment;

import dev.teak.nn.models.Architecture;
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
 * @param phases one after the other; one of nothing but defaults where none are given
 */
public record Recipe(
    @Optional String name,
    Architecture model,
    @Optional String start,
    @Optional List<Phase> phases) {
  /** Names what has no name. */
  public Recipe {
    phases = phases.isEmpty() ? List.of(Phase.EMPTY) : List.copyOf(phases);
    if (name == null) {
      name =
          Settings.text(model)
              + "; "
              + phases.stream().map(Phase::words).collect(Collectors.joining(", then "));
    }
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: must not be empty");
    }
  }

  /** Of one phase, named by model and defenses. */
  static Recipe of(Architecture model, Phase phase) {
    return new Recipe(null, model, null, List.of(phase));
  }

  /** With all that its phases leave open filled in. */
  Recipe with(Phase defaults) {
    return new Recipe(name, model, start, phases.stream().map(p -> p.or(defaults)).toList());
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
