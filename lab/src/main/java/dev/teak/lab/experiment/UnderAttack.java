package dev.teak.lab.experiment;

/**
 * What an attack left, as tables have it.
 *
 * @param attack its name
 * @param epsilon in the attack's norm
 * @param images how many were attacked: the first so many of the test set
 * @param cleanAccuracy on these images as they are
 * @param accuracy share of them right as they are and after the attack
 * @param low of the 95% interval of the accuracy, by Wilson's score
 * @param high of it
 * @param precision macro mean over the classes, as the next two
 * @param found its predictions and all its settings
 */
public record UnderAttack(
    String attack,
    double epsilon,
    int images,
    double cleanAccuracy,
    double accuracy,
    double low,
    double high,
    double precision,
    double recall,
    double f1,
    Measured found) {
  /** Of what a measure with an attack found. */
  public static UnderAttack of(Measured m) {
    Figure accuracy = m.figures().get("accuracy");
    return new UnderAttack(
        String.valueOf(m.settings().get("attack")),
        ((Number) m.settings().get("epsilon")).doubleValue(),
        accuracy.images(),
        m.value("clean_accuracy"),
        accuracy.value(),
        accuracy.low() == null ? Double.NaN : accuracy.low(),
        accuracy.high() == null ? Double.NaN : accuracy.high(),
        m.value("precision"),
        m.value("recall"),
        m.value("f1"),
        m);
  }
}
