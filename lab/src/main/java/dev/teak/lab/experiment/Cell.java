package dev.teak.lab.experiment;

/**
 * One model, trained in one way from one seed: all that its result depends on beside the data and
 * the attacks, which a whole experiment shares.
 *
 * @param id names it within its experiment
 * @param model as the zoo knows it
 * @param training its parts in words; {@code baseline} for none
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
  /** What {@link #training} is called where it has no parts. */
  public static final String BASELINE = "baseline";

  /** Whether nothing but plain training happens. */
  public boolean isBaseline() {
    return training.equals(BASELINE);
  }

  /** What cells that differ by their seed alone have in common: the model and the training. */
  public String group() {
    return model + "; " + training;
  }
}
