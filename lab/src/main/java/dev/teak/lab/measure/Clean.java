package dev.teak.lab.measure;

import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.nn.train.Evaluate;
import java.util.Arrays;
import java.util.Map;

/**
 * Accuracy, precision, recall, F1 and confusion on all test images as they are. Where a detector
 * stands beside the model, an image that it takes for attacked is wrong, of no class in the
 * confusion, and one of the share {@code detected}: its false alarms.
 */
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
    if (trial.trained().naive().rejects()) {
      int alarms = (int) Arrays.stream(said).filter(p -> p == Evaluate.REJECTED).count();
      found = found.figure("detected", Figure.share(alarms, said.length));
    }
    return Map.of(NAME, found);
  }

  @Override
  public double passes(int images) {
    return images / 3.0; // forwards alone
  }
}
