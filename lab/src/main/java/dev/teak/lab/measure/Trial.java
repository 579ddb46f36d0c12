package dev.teak.lab.measure;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.Outcomes;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.lab.experiment.Artifacts;
import dev.teak.lab.experiment.Cell;
import dev.teak.lab.experiment.Trained;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import java.io.IOException;
import java.util.Arrays;

/** A trained model before its measures, with what several of them ask. */
public final class Trial {
  /** Images that are attacked at a time. */
  static final int BATCH = 128;

  /** Images that are judged at a time, which decides what a random defense draws for each. */
  private static final int JUDGED = 256;

  private final Cell cell;
  private final Trained trained;
  private final Examples test;
  private final int classes;
  private final Artifacts artifacts;
  private int[] clean;

  /**
   * Of a cell.
   *
   * @param artifacts where other models are, for those who attack through them
   */
  public Trial(Cell cell, Trained trained, Examples test, int classes, Artifacts artifacts) {
    this.cell = cell;
    this.trained = trained;
    this.test = test;
    this.classes = classes;
    this.artifacts = artifacts;
  }

  /** The model with what its defenses have learned. */
  public Trained trained() {
    return trained;
  }

  /** The seed of everything random. */
  public long seed() {
    return cell.seed();
  }

  /** How many classes there are. */
  public int classes() {
    return classes;
  }

  /** All test images. */
  public Examples test() {
    return test;
  }

  /** The first so many test images, or all where there are fewer. */
  public Examples first(int count) {
    return test.slice(0, Math.min(count, test.size()));
  }

  /** What the model says of the test images as they are, as of {@link Victim#prediction}. */
  public int[] clean() {
    if (clean == null) {
      clean = Subject.of(trained.naive(), test, JUDGED).predictions();
    }
    return clean;
  }

  /** Another recipe's model from the same seed. Whoever takes it closes it. */
  public Trained other(String recipe) throws IOException {
    return artifacts.get(new Cell(artifacts.recipe(recipe), cell.seed()));
  }

  /** Whether the model is of the recipe of this name. */
  boolean isOf(String recipe) {
    return cell.recipe().name().equals(recipe);
  }

  /**
   * Predictions under an attack; of an image that is wrong as it is, or rejected, what was said of
   * it then. One that is right as it is and rejected once it is attacked is held: its prediction
   * stays.
   *
   * @param victim what is attacked
   * @param asIs what it says of the images as they are
   */
  static int[] under(Attack attack, Victim victim, Examples images, int... asIs) {
    boolean[] right = new boolean[images.size()];
    for (int i = 0; i < right.length; i++) {
      right[i] = asIs[i] == images.labels()[i];
    }
    int[] said = Arrays.copyOf(asIs, right.length);
    Subject subject = Subject.of(victim, images, BATCH);
    for (Outcomes.Outcome o : subject.attack(attack, right).images()) {
      if (o.prediction() != Evaluate.REJECTED) {
        said[o.image()] = o.prediction();
      }
    }
    return said;
  }
}
