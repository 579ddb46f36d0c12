package dev.teak.lab.measure;

import dev.teak.lab.experiment.Measured;
import java.util.Map;

/** Accuracy, precision, recall, F1 and confusion on all test images as they are. */
public record Clean() implements Measure {
  /** The name of what it finds. */
  public static final String NAME = "clean";

  @Override
  public Map<String, Measured> of(Trial trial) {
    int[] labels = trial.test().labels();
    int[] said = trial.clean();
    Measured found =
        Scores.add(Measured.by(NAME), trial.classes(), labels, said)
            .classes(Scores.list(labels), Scores.list(said))
            .confusion(Scores.confusion(trial.classes(), labels, said));
    return Map.of(NAME, found);
  }

  @Override
  public double passes(int images) {
    return images / 3.0; // forwards alone
  }
}
