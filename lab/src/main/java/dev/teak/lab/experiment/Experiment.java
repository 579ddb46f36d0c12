package dev.teak.lab.experiment;

import dev.teak.defenses.Defense;
import dev.teak.lab.data.DataSource;
import dev.teak.lab.measure.Measure;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.settings.Nearest;
import dev.teak.nn.settings.Optional;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.Written;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * An experiment as a value: which models come to be how, from which seeds, and what is asked of
 * each. All but the machine that its results depend on. Its text is {@link ExperimentFile}'s.
 *
 * @param name for reports
 * @param data where images are from
 * @param images how many of them
 * @param seeds every recipe is run from each
 * @param training what phases leave open
 * @param grid models, each with each of some lists of defenses, of one phase
 * @param recipes models that come to be in other ways
 * @param orders every order of some defenses
 * @param measures what is asked of each model
 * @param search for better settings beforehand; null for none
 */
public record Experiment(
    String name,
    DataSource data,
    Counts images,
    List<Long> seeds,
    @Optional Phase training,
    @Optional List<Grid> grid,
    @Optional List<Recipe> recipes,
    @Optional List<Orders> orders,
    List<Asked> measures,
    @Optional Search search) {

  /** Rejects nonsense; messages begin with the component's name. */
  public Experiment {
    require(!name.isBlank(), "name: must not be empty");
    seeds = List.copyOf(seeds);
    require(!seeds.isEmpty(), "seeds: needs one or more");
    require(new HashSet<>(seeds).size() == seeds.size(), "seeds: " + seeds + ": one comes twice");
    training = training == null ? Phase.EMPTY : training;
    grid = List.copyOf(grid);
    recipes = List.copyOf(recipes);
    orders = List.copyOf(orders);
    measures = List.copyOf(measures);
    require(
        !grid.isEmpty() || !recipes.isEmpty() || !orders.isEmpty(),
        "grid: needs one or more rows of models and defenses, or there must be recipes or orders");
    List<Recipe> all = listed(grid, recipes, orders, training);
    requireDistinct(all);
    requireKnown(measures, all.stream().map(Recipe::name).toList());
    require(
        search == null || images.validation > 0,
        "search: needs validation images, and there are none");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static void requireKnown(List<Asked> measures, List<String> names) {
    for (Asked asked : measures) {
      for (String name : asked.recipes) {
        require(
            names.contains(name),
            "measures: recipes: there is no recipe '"
                + name
                + "'"
                + Nearest.of(name, names)
                + "; the recipes are "
                + String.join(", ", names));
      }
    }
  }

  private static void requireDistinct(List<Recipe> all) {
    Map<String, Recipe> byName = new LinkedHashMap<>();
    for (Recipe r : all) {
      require(byName.put(r.name(), r) == null, "grid: '" + r.name() + "' comes twice");
    }
    byName.values().forEach(r -> requireNoCircle(r, byName, new ArrayDeque<>()));
  }

  /** Looks whether a recipe needs what needs it. */
  private static void requireNoCircle(Recipe r, Map<String, Recipe> all, Deque<String> path) {
    if (path.contains(r.name())) {
      throw new IllegalArgumentException(
          "recipes: a circle: " + String.join(" needs ", path) + " needs " + r.name());
    }
    path.addLast(r.name());
    for (String needed : r.needs()) {
      Recipe other = all.get(needed);
      require(
          other != null || Artifacts.isFile(needed),
          "recipes: '"
              + r.name()
              + "' needs '"
              + needed
              + "', which is neither a recipe nor a file of weights; the recipes are "
              + String.join(", ", all.keySet()));
      if (other != null) {
        requireNoCircle(other, all, path);
      }
    }
    path.removeLast();
  }

  /**
   * How many images, each part from the beginning of its file.
   *
   * @param train to learn from
   * @param validation the next ones, held back
   * @param test of the test part
   */
  public record Counts(int train, int validation, int test) {
    /** Rejects empty parts; without validation there may be none. */
    public Counts {
      require(train >= 1, "train: " + train + ": must be 1 or more");
      require(validation >= 0, "validation: " + validation + ": must be 0 or more");
      require(test >= 1, "test: " + test + ": must be 1 or more");
    }
  }

  /**
   * A part of the grid: each of these models with each of these defenses.
   *
   * @param models architectures
   * @param defenses each a list as {@code random 0.3; noise 0.01}, or {@code none}
   */
  public record Grid(List<Architecture> models, List<Defenses> defenses) {
    /** Rejects empty lists. */
    public Grid {
      models = List.copyOf(models);
      defenses = List.copyOf(defenses);
      require(!models.isEmpty(), "models: needs one or more");
      require(!defenses.isEmpty(), "defenses: needs one or more");
    }
  }

  /** A list of defenses, written as one line. */
  public record Defenses(List<Defense> list) {
    /** Of the line. */
    public static Defenses parse(String text) {
      return new Defenses(Settings.readAll(Defense.class, Written.of(text)));
    }

    @Override
    public String toString() {
      return Settings.text(list);
    }
  }

  /**
   * A measure, and of how many of the models it is asked.
   *
   * @param measure what is asked
   * @param seeds of the first so many seeds; of all where it is absent
   * @param recipes of those of these names; of all where there is none
   */
  public record Asked(Measure measure, @Optional Integer seeds, @Optional List<String> recipes) {
    /** Rejects a negative number. */
    public Asked {
      recipes = List.copyOf(recipes);
      require(seeds == null || seeds >= 0, "seeds: " + seeds + ": must be 0 or more");
    }
  }

  /** All recipes, those of the grid first; nothing is left open in their phases. */
  public List<Recipe> allRecipes() {
    return listed(grid, recipes, orders, training);
  }

  private static List<Recipe> listed(
      List<Grid> grid, List<Recipe> recipes, List<Orders> orders, Phase training) {
    Phase defaults = training.or(Phase.DEFAULTS);
    List<Recipe> all = new ArrayList<>();
    for (Grid row : grid) {
      for (Architecture model : row.models) {
        for (Defenses defenses : row.defenses) {
          all.add(Recipe.of(model, Phase.EMPTY.defenses(defenses.list)).with(defaults));
        }
      }
    }
    recipes.forEach(r -> all.add(r.with(defaults)));
    orders.forEach(o -> o.recipes().forEach(r -> all.add(r.with(defaults))));
    return all;
  }

  /** All cells: every recipe from the first seed, then from the next. */
  public List<Cell> cells() {
    return seeds.stream()
        .flatMap(
            seed ->
                allRecipes().stream()
                    .filter(r -> isAmongFirst(seed, r.seeds()))
                    .map(r -> new Cell(r, seed)))
        .toList();
  }

  /** Whether a seed is one of the first so many; all are where there is no number. */
  private boolean isAmongFirst(long seed, Integer count) {
    int at = seeds.indexOf(seed);
    return count == null || (at >= 0 && at < count);
  }

  /** What is asked of a cell. */
  public List<Measure> asked(Cell cell) {
    return measures.stream()
        .filter(a -> isAmongFirst(cell.seed(), a.seeds))
        .filter(a -> a.recipes.isEmpty() || a.recipes.contains(cell.recipe().name()))
        .map(Asked::measure)
        .toList();
  }

  /** From so many seeds, from this one on. */
  public Experiment withSeeds(long first, int count) {
    List<Long> numbers = LongStream.range(first, first + count).boxed().toList();
    return new Experiment(
        name, data, images, numbers, training, grid, recipes, orders, measures, search);
  }

  /** With this search beforehand. */
  Experiment with(Search other) {
    return new Experiment(
        name, data, images, seeds, training, grid, recipes, orders, measures, other);
  }

  /** On another data set. */
  public Experiment withData(DataSource other) {
    return new Experiment(
        name, other, images, seeds, training, grid, recipes, orders, measures, search);
  }
}
