package dev.teak.lab.experiment;

import dev.teak.defenses.Training;
import dev.teak.lab.data.Datasets;
import dev.teak.nn.Models;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * An experiment as a value: which models are trained how, from which seeds, and what is measured of
 * each. All but the machine that its results depend on. Its text is {@link ExperimentFile}'s.
 *
 * @param name for reports
 * @param data as {@link Datasets} knows it
 * @param images how many of them
 * @param seeds every cell of the grid is run from each
 * @param epochs of training
 * @param batch images a step
 * @param lr Adam's first learning rate; it falls along half a cosine
 * @param grid models and their trainings
 * @param attacks what each trained model is measured by
 * @param search for better settings beforehand; null for none
 */
public record Experiment(
    String name,
    String data,
    Images images,
    List<Long> seeds,
    int epochs,
    int batch,
    double lr,
    List<Grid> grid,
    Attacks attacks,
    @YamlRecords.Optional Search search) {

  /** Rejects nonsense; messages begin with the component's name. */
  public Experiment {
    require(!name.isBlank(), "name: must not be empty");
    if (!Datasets.NAMES.contains(data)) {
      throw new IllegalArgumentException(
          "data: there is no '" + data + "'; choose " + String.join(", ", Datasets.NAMES));
    }
    seeds = List.copyOf(seeds);
    require(!seeds.isEmpty(), "seeds: needs one or more");
    require(new HashSet<>(seeds).size() == seeds.size(), "seeds: " + seeds + ": one comes twice");
    requirePositive("epochs", epochs);
    requirePositive("batch", batch);
    require(lr > 0 && Double.isFinite(lr), "lr: " + lr + ": must be above 0, and finite");
    grid = List.copyOf(grid);
    require(!grid.isEmpty(), "grid: needs one or more rows of models and trainings");
    Set<String> groups = new HashSet<>();
    for (Grid row : grid) {
      for (String model : row.models) {
        for (Training training : row.trainings) {
          String group = model + "; " + training;
          require(groups.add(group), "grid: '" + group + "' comes twice");
        }
      }
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static void requirePositive(String name, int value) {
    require(value >= 1, name + ": " + value + ": must be 1 or more");
  }

  private static void requireCount(String name, int value) {
    require(value >= 0, name + ": " + value + ": must be 0 or more");
  }

  static void requireModel(String key, String name) {
    if (!Models.NAMES.contains(name)) {
      throw new IllegalArgumentException(
          key + ": there is no '" + name + "'; choose " + String.join(", ", Models.NAMES));
    }
  }

  /**
   * How many images, each part from the beginning of its file.
   *
   * @param train to learn from
   * @param validation the next ones, held back
   * @param test of the test part
   */
  public record Images(int train, int validation, int test) {
    /** Rejects empty parts; without validation there may be none. */
    public Images {
      requirePositive("train", train);
      requireCount("validation", validation);
      requirePositive("test", test);
    }
  }

  /**
   * A part of the grid: each of these models with each of these trainings.
   *
   * @param models as the zoo knows them
   * @param trainings as {@link Training#parse} takes them
   */
  public record Grid(List<String> models, List<Training> trainings) {
    /** Rejects unknown models. */
    public Grid {
      models = List.copyOf(models);
      trainings = List.copyOf(trainings);
      models.forEach(model -> requireModel("models", model));
      require(!models.isEmpty(), "models: needs one or more");
      require(!trainings.isEmpty(), "trainings: needs one or more");
    }
  }

  /**
   * What each trained model is attacked with, in L-infinity and on the first images of the test
   * part.
   *
   * @param epsilons bounds, pixels in 0..1
   * @param fgsmImages attacked by FGSM; 0, here and below, leaves it out
   * @param pgdImages attacked by PGD
   * @param pgdSteps of PGD, each of epsilon / 30 as its paper has it
   * @param autoattackImages attacked by AutoAttack
   * @param autoattackSeeds how many of the seeds, from the first
   * @param maskedImages attacked by PGD through a consistent mask at test time
   * @param checkImages of the ten checks for masked gradients
   * @param checkSeeds how many of the seeds, from the first
   * @param checkEpsilon at which
   * @param examples attacked images to show, of the first seed
   */
  public record Attacks(
      List<Double> epsilons,
      int fgsmImages,
      int pgdImages,
      int pgdSteps,
      int autoattackImages,
      int autoattackSeeds,
      int maskedImages,
      int checkImages,
      int checkSeeds,
      double checkEpsilon,
      int examples) {
    private static final int STEPS_TO_EDGE = 30;

    /** Rejects negative numbers and unordered epsilons. */
    public Attacks {
      epsilons = List.copyOf(epsilons);
      require(!epsilons.isEmpty(), "epsilons: needs one or more");
      for (int i = 0; i < epsilons.size(); i++) {
        double before = i == 0 ? 0 : epsilons.get(i - 1);
        require(
            epsilons.get(i) > before && epsilons.get(i) <= 1,
            "epsilons: " + epsilons + ": must rise, above 0 and up to 1");
      }
      requireCount("fgsm_images", fgsmImages);
      requireCount("pgd_images", pgdImages);
      require(
          pgdSteps >= STEPS_TO_EDGE,
          "pgd_steps: " + pgdSteps + ": must be 30 or more, or PGD does not reach the bound");
      requireCount("autoattack_images", autoattackImages);
      requireCount("autoattack_seeds", autoattackSeeds);
      requireCount("masked_images", maskedImages);
      requireCount("check_images", checkImages);
      requireCount("check_seeds", checkSeeds);
      require(
          checkEpsilon > 0 && checkEpsilon <= 1,
          "check_epsilon: " + checkEpsilon + ": must be above 0 and up to 1");
      requireCount("examples", examples);
    }

    /** The one in the middle: where predictions and examples are taken. */
    public double middleEpsilon() {
      return epsilons.get(epsilons.size() / 2);
    }
  }

  /** All cells: the whole grid from the first seed, then from the next. */
  public List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (long seed : seeds) {
      for (Grid row : grid) {
        for (String model : row.models) {
          for (Training training : row.trainings) {
            cells.add(Cell.of(model, training, seed, epochs, batch, lr));
          }
        }
      }
    }
    return cells;
  }

  /** Whether a seed is among the first so many. */
  boolean isAmongFirst(int count, long seed) {
    int at = seeds.indexOf(seed);
    return at >= 0 && at < count;
  }

  /** From so many seeds, from this one on. */
  public Experiment withSeeds(long first, int count) {
    List<Long> numbers = LongStream.range(first, first + count).boxed().toList();
    return new Experiment(name, data, images, numbers, epochs, batch, lr, grid, attacks, search);
  }

  /** With this search beforehand. */
  Experiment with(Search other) {
    return new Experiment(name, data, images, seeds, epochs, batch, lr, grid, attacks, other);
  }

  /** On another data set. */
  public Experiment withData(String other) {
    return new Experiment(name, other, images, seeds, epochs, batch, lr, grid, attacks, search);
  }
}
