package dev.teak.lab.measure;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Attack;
import dev.teak.attacks.evaluation.AttackTemplate;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.experiment.Measured.Example;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Examples;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The first test images before and after an attack, for pictures.
 *
 * @param attack without its epsilon
 * @param epsilon in the attack's norm, pixels in 0..1
 * @param images how many; 0 leaves it out
 */
public record AttackedExamples(AttackTemplate attack, double epsilon, int images)
    implements Measure {
  /** The name of what it finds. */
  public static final String NAME = "examples";

  /** Rejects negative numbers. */
  public AttackedExamples {
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon: " + epsilon + ": must be above 0");
    }
    Attacked.requireCount("images", images);
  }

  @Override
  public Map<String, Measured> of(Trial trial) {
    if (images == 0) {
      return Map.of();
    }
    Examples some = trial.first(images);
    int[] rows = IntStream.range(0, some.size()).toArray();
    List<Example> examples = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      Batch b = some.batch(rows, 0, rows.length);
      Attack made = attack.at(epsilon, trial.seed());
      AdversarialBatch attacked = made.perturb(trial.trained().victim(), b.images(), b.labels());
      float[] before = b.images().toFloats();
      float[] after = attacked.images().toFloats();
      for (int i = 0; i < rows.length; i++) {
        int now = attacked.predictions()[i];
        examples.add(example(trial, i, now, made.name(), epsilon, before, after, null));
      }
    }
    return Map.of(NAME, Measured.by(NAME).examples(examples));
  }

  /**
   * The first test images as pictures.
   *
   * @param image number of the one
   * @param now what is said of it after the attack
   * @param before pixels of all as they are
   * @param after attacked
   * @param back after the defense in front; null without one
   */
  static Example example(
      Trial trial,
      int image,
      int now,
      String attack,
      double epsilon,
      float[] before,
      float[] after,
      float[] back) {
    Shape shape = trial.test().image();
    int size = shape.size();
    return new Example(
        image,
        trial.test().labels()[image],
        trial.clean()[image],
        now,
        attack,
        epsilon,
        shape.dim(0),
        shape.dim(1),
        shape.dim(2),
        bytes(before, image * size, size),
        bytes(after, image * size, size),
        back == null ? null : bytes(back, image * size, size));
  }

  private static String bytes(float[] pixels, int from, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) Math.round(255 * pixels[from + i]);
    }
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public double passes(int all) {
    return images * Attacked.passes(attack.at(epsilon, 0));
  }
}
