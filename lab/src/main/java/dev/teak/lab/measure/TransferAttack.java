package dev.teak.lab.measure;

import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.AttackTemplate;
import dev.teak.lab.experiment.Measured;
import dev.teak.lab.experiment.Trained;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is left under images that were made on another recipe's model of the same seed: a defense
 * that falls to these but holds against its own gradient hides that gradient.
 *
 * @param from the other recipe
 * @param attack without its epsilon
 * @param epsilons in the attack's norm, pixels in 0..1, rising
 * @param images how many
 */
public record TransferAttack(String from, AttackTemplate attack, List<Double> epsilons, int images)
    implements Measure {
  /** The name of its kind of results. */
  public static final String NAME = "transfer";

  /** From a recipe that must be named. */
  static final TransferAttack DEFAULTS =
      new TransferAttack("", AttackTemplate.PGD, Attacked.DEFAULTS.epsilons(), 256);

  /** Rejects negative numbers and unordered epsilons. */
  public TransferAttack {
    epsilons = List.copyOf(epsilons);
    Attacked.requireRising(epsilons);
    Attacked.requireCount("images", images);
  }

  @Override
  public Map<String, Measured> of(Trial trial) throws IOException {
    Map<String, Measured> found = new LinkedHashMap<>();
    if (images == 0 || trial.isOf(from)) {
      return found;
    }
    try (Trained source = trial.other(from)) {
      Attacked made = new Attacked(attack, epsilons, images, false);
      Victim target = trial.trained().naive();
      found.putAll(made.through(source.victim(), target, trial, from));
    }
    return found;
  }

  @Override
  public double passes(int all) {
    return new Attacked(attack, epsilons, images, false).passes(all);
  }
}
