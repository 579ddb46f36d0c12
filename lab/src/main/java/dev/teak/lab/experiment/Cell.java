package dev.teak.lab.experiment;

import dev.teak.defenses.Training;
import dev.teak.defenses.mask.Mask;
import dev.teak.engine.Numbers;
import java.util.regex.Pattern;

/**
 * One model, trained in one way from one seed: all that its result depends on beside the data and
 * the attacks, which a whole experiment shares.
 *
 * @param id names it within its experiment
 * @param model as the zoo knows it
 * @param training its parts in words, as {@link Training#parse} takes them
 * @param pattern of its mask in words, without the ratio; null without a mask
 * @param ratio of its mask, 0..1; null where it has none
 * @param seed of everything random
 * @param epochs of training
 * @param batch images a step
 * @param lr first learning rate
 */
public record Cell(
    String id,
    String model,
    String training,
    String pattern,
    Double ratio,
    long seed,
    int epochs,
    int batch,
    double lr) {
  /** What {@link #training} is where nothing but plain training happens. */
  public static final String BASELINE = Training.PLAIN.toString();

  private static final String SEED = "; seed ";

  static Cell of(String model, Training training, long seed, int epochs, int batch, double lr) {
    return named(model + "; " + training, model, training, seed, epochs, batch, lr);
  }

  /** Of settings that a search tries: they are a part of its name. */
  static Cell searched(
      String model, Training training, long seed, int epochs, int batch, double lr) {
    String group = model + "; " + training + "; lr " + Numbers.exact(lr) + ", batch " + batch;
    return named(group, model, training, seed, epochs, batch, lr);
  }

  private static Cell named(
      String group, String model, Training training, long seed, int epochs, int batch, double lr) {
    Mask mask =
        training.parts().stream()
            .filter(Mask.class::isInstance)
            .map(Mask.class::cast)
            .findFirst()
            .orElse(null);
    Double ratio = mask == null ? null : Masks.ratio(mask);
    String pattern = mask == null ? null : mask.toString();
    if (ratio != null) {
      pattern = pattern.replaceFirst(" " + Pattern.quote(Numbers.exact(ratio)), "");
    }
    String id = group + SEED + seed;
    return new Cell(id, model, training.toString(), pattern, ratio, seed, epochs, batch, lr);
  }

  /** The same from another seed, for so many epochs. */
  Cell from(long other, int length) {
    return new Cell(
        group() + SEED + other, model, training, pattern, ratio, other, length, batch, lr);
  }

  /** Whether nothing but plain training happens. */
  public boolean isBaseline() {
    return training.equals(BASELINE);
  }

  /** What cells that differ by their seed alone have in common: the id without it. */
  public String group() {
    return id.substring(0, id.lastIndexOf(SEED));
  }
}
