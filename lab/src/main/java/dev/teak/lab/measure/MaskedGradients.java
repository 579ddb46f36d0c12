package dev.teak.lab.measure;

import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.evaluation.Check;
import dev.teak.attacks.evaluation.Evaluation;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.nn.train.Examples;
import java.util.List;
import java.util.Map;

/**
 * The ten checks for masked gradients, on the first test images.
 *
 * @param epsilon in L-infinity, pixels in 0..1
 * @param images how many; 0 leaves it out
 */
public record MaskedGradients(double epsilon, int images) implements Measure {
  /** The name of what it finds. */
  public static final String NAME = "checks";

  private static final int BATCH = 128;

  /** Rejects negative numbers. */
  public MaskedGradients {
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
    List<Check> checks =
        Evaluation.quick(ThreatModel.linf(epsilon), trial.seed())
            .checked(some.size())
            .run(Subject.of(trial.trained().victim(), some, BATCH))
            .checks();
    int failed = (int) checks.stream().filter(c -> !c.passed()).count();
    Measured found =
        Measured.by(NAME)
            .settings(Map.of("epsilon", epsilon))
            .figure("failed", Figure.of(failed, some.size()))
            .checks(checks);
    return Map.of(NAME, found);
  }

  @Override
  public double passes(int all) {
    return 4000.0 * Math.min(all, images);
  }
}
