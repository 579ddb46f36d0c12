package dev.teak.lab.experiment;

import dev.teak.nn.models.Architecture;
import dev.teak.nn.settings.Optional;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every order of some defenses: recipes that train a model with one, then with another, and so on.
 * Two that begin alike share their beginning.
 *
 * @param model its architecture
 * @param phases by name, each with a defense; one that has a teacher learns from that in the first
 *     place, and further back from the model as the phase before left it
 * @param shortest how many phases a recipe has at least; 2 where nothing is said
 * @param longest how many at most, up to as many as there are
 * @param first epochs of the first phase
 * @param next epochs of each that follows
 */
public record Orders(
    Architecture model,
    Map<String, Phase> phases,
    @Optional Integer shortest,
    int longest,
    int first,
    int next) {
  /** Rejects lengths that cannot be. */
  public Orders {
    phases = new LinkedHashMap<>(phases);
    shortest = shortest == null ? 2 : shortest;
    if (shortest < 1 || longest < shortest || longest > phases.size()) {
      throw new IllegalArgumentException(
          "longest: "
              + shortest
              + " to "
              + longest
              + " phases: must be 1 to the "
              + phases.size()
              + " there are");
    }
    if (first < 1 || next < 1) {
      throw new IllegalArgumentException(
          "first: " + first + " epochs, then " + next + ": must be 1 or more");
    }
  }

  /** The recipes, shorter ones first. */
  List<Recipe> recipes() {
    List<Recipe> all = new ArrayList<>();
    for (int length = shortest; length <= longest; length++) {
      add(all, List.of(), length);
    }
    return all;
  }

  private void add(List<Recipe> all, List<String> begun, int length) {
    if (begun.size() == length) {
      all.add(recipe(begun));
      return;
    }
    for (String name : phases.keySet()) {
      if (!begun.contains(name)) {
        List<String> longer = new ArrayList<>(begun);
        longer.add(name);
        add(all, longer, length);
      }
    }
  }

  private Recipe recipe(List<String> names) {
    List<Phase> made = new ArrayList<>();
    for (String name : names) {
      Phase phase = phases.get(name).epochs(made.isEmpty() ? first : next);
      boolean taught = !made.isEmpty() && phase.teacher() != null;
      made.add(taught ? phase.teacher(Phase.PREVIOUS) : phase);
    }
    return new Recipe(String.join(", then ", names), model, null, made);
  }
}
