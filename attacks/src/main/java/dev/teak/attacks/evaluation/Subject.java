package dev.teak.attacks.evaluation;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Attack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.Outcomes.Outcome;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A model and the images that it is attacked on.
 *
 * @param victim gives logits
 * @param examples images in the threat model's range, and their true classes
 * @param batch images at a time, 1 or more
 * @param journal where outcomes are noted
 * @param progress is told how far an attack is
 */
public record Subject(
    Victim victim, Examples examples, int batch, Journal journal, Progress progress) {

  /** Rejects empty data and batches. */
  public Subject {
    if (examples.size() == 0) {
      throw new IllegalArgumentException("attack: there are no images to attack");
    }
    if (batch < 1) {
      throw new IllegalArgumentException("attack: batch " + batch + ": must be 1 or more");
    }
  }

  /** A model without a journal, telling nobody. */
  public static Subject of(Victim victim, Examples examples, int batch) {
    return new Subject(victim, examples, batch, Journal.NONE, Progress.SILENT);
  }

  /** The first so many images, or all if there are fewer. */
  public Subject first(int count) {
    Examples some = examples.slice(0, Math.min(count, size()));
    return new Subject(victim, some, batch, journal, progress);
  }

  /** How many images there are. */
  public int size() {
    return examples.size();
  }

  private int[] numbers(boolean... marked) {
    return IntStream.range(0, size()).filter(i -> marked[i]).toArray();
  }

  /** The logits of each image as it is, {@code [size][classes]}; "rejected" as one more. */
  public float[][] logits() {
    float[][] all = new float[size()][];
    int[] rows = IntStream.range(0, size()).toArray();
    try (Module.Evaluating eval = victim.model().evaluating()) {
      int to;
      for (int from = 0; from < rows.length; from = to) {
        to = Math.min(rows.length, from + batch);
        try (Scope scope = Scope.open()) {
          Tensor images = examples.batch(rows, from, to).images();
          Tensor logits = Evaluate.requireClasses(victim.logits(images));
          float[] values = logits.toFloats();
          int classes = logits.shape().dim(1);
          for (int i = from; i < to; i++) {
            int at = (i - from) * classes;
            all[i] = Arrays.copyOfRange(values, at, at + classes);
          }
        }
      }
    }
    return all;
  }

  /** The class of each image as it is, as of {@link Victim#prediction}. */
  public int[] predictions() {
    return Arrays.stream(logits()).mapToInt(victim::prediction).toArray();
  }

  /** Which of the images are right, predicted so; one that is rejected is not. */
  public boolean[] right(int... predictions) {
    boolean[] right = new boolean[size()];
    for (int i = 0; i < right.length; i++) {
      right[i] = predictions[i] == examples.labels()[i];
    }
    return right;
  }

  /** Which images the model has right as they are. */
  public boolean[] right() {
    return right(predictions());
  }

  /** How many images are rejected, predicted so. */
  static int rejected(int... predictions) {
    return (int) Arrays.stream(predictions).filter(p -> p == Evaluate.REJECTED).count();
  }

  /** How many images had a NaN for a logit, as they are or after one of the attacks. */
  static int nanLogits(int[] predictions, List<Outcomes> attacked) {
    IntStream clean =
        IntStream.range(0, predictions.length).filter(i -> predictions[i] == Evaluate.NO_CLASS);
    IntStream after =
        attacked.stream()
            .flatMap(made -> made.images().stream())
            .filter(o -> o.prediction() == Evaluate.NO_CLASS)
            .mapToInt(Outcome::image);
    return (int) IntStream.concat(clean, after).distinct().count();
  }

  /**
   * Those of the marked that an attack has left right, or made such that they are rejected: nobody
   * acts on those.
   */
  public boolean[] standing(Outcomes outcomes, boolean... marked) {
    boolean[] left = marked.clone();
    for (Outcome o : outcomes.images()) {
      boolean right = o.prediction() == examples.labels()[o.image()];
      left[o.image()] &= right || o.prediction() == Evaluate.REJECTED;
    }
    return left;
  }

  /** Attacks the marked images, but for those whose outcome the journal has. */
  public Outcomes attack(Attack attack, boolean... marked) {
    String settings = attack.toString();
    Outcomes all = Outcomes.NONE;
    boolean[] open = marked.clone();
    for (Outcomes noted : journal.read(settings)) {
      List<Outcome> images = noted.images();
      requireClasses(images);
      if (images.stream().allMatch(o -> o.image() < open.length && open[o.image()])) {
        images.forEach(o -> open[o.image()] = false);
        all = all.and(noted);
      }
    }
    int[] rows = numbers(open);
    int to;
    for (int from = 0; from < rows.length; from = to) {
      to = Math.min(rows.length, from + batch);
      Outcomes part = attack(attack, rows, from, to);
      journal.write(settings, part);
      all = all.and(part);
      progress.at(attack.name(), to, rows.length, "images");
    }
    return all;
  }

  private void requireClasses(List<Outcome> noted) {
    int classes = first(1).logits()[0].length;
    for (Outcome o : noted) {
      if (o.prediction() >= classes) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the state has class %d of image %d; the model has %d classes",
                o.prediction(),
                o.image(),
                classes));
      }
    }
  }

  private Outcomes attack(Attack attack, int[] rows, int from, int to) {
    long start = System.nanoTime();
    try (Scope scope = Scope.open()) {
      Batch b = examples.batch(rows, from, to);
      AdversarialBatch made = attack.perturb(victim, b.images(), b.labels());
      float[] before = b.images().toFloats();
      float[] after = made.images().toFloats();
      int[] numbers = Arrays.copyOfRange(rows, from, to);
      journal.show(attack.toString(), numbers, after, made.predictions());
      int size = examples.image().size();
      List<Outcome> images = new ArrayList<>();
      for (int i = 0; i < to - from; i++) {
        images.add(
            new Outcome(
                rows[from + i],
                made.predictions()[i],
                made.success()[i],
                made.distances()[i],
                Norm.LINF.of(before, after, i * size, (i + 1) * size),
                Norm.L2.of(before, after, i * size, (i + 1) * size),
                made.smallestGradients()[i]));
      }
      double seconds = (System.nanoTime() - start) * 1e-9;
      return new Outcomes(images, made.gradients(), made.forwards(), seconds);
    }
  }
}
