package dev.teak.lab.measure;

import dev.teak.attacks.evaluation.AttackTemplate;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.experiment.Trained;
import java.util.List;
import java.util.Map;

/**
 * What an attack leaves that takes what stands in front of the model for the identity ({@link
 * dev.teak.defenses.Defended#straightThrough}): its images go through all of it and are judged by
 * the whole, its gradient is the one behind it. A front that falls to this but holds against its
 * own gradient hides that gradient. Nothing where nothing stands in front.
 *
 * @param attack without its epsilon
 * @param epsilons in the attack's norm, pixels in 0..1, rising
 * @param images how many; 0 leaves it out
 */
public record StraightThrough(AttackTemplate attack, List<Double> epsilons, int images)
    implements Measure {
  /** The name of its kind of results. */
  public static final String NAME = "straight_through";

  /** The same attacks as of {@link Attacked}. */
  static final StraightThrough DEFAULTS =
      new StraightThrough(AttackTemplate.PGD, Attacked.DEFAULTS.epsilons(), 256);

  /** Rejects negative numbers and unordered epsilons. */
  public StraightThrough {
    epsilons = List.copyOf(epsilons);
    Attacked.requireRising(epsilons);
    Attacked.requireCount("images", images);
  }

  private Attacked attacked() {
    return new Attacked(attack, epsilons, images, false);
  }

  @Override
  public Map<String, Measured> of(Trial trial) {
    Trained trained = trial.trained();
    if (images == 0 || trained.defended().front().isEmpty()) {
      return Map.of();
    }
    String prefix = attack.name() + " straight through";
    return attacked().on(trained.defended().straightThrough(), trial, NAME, prefix);
  }

  @Override
  public double passes(int all) {
    return attacked().passes(all);
  }
}
