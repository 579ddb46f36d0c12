package dev.teak.lab.measure;

import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.AttackTemplate;
import dev.teak.defenses.Defended;
import dev.teak.lab.experiment.Measured;
import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The model with the masks of its training in front, as they stay at test time (the paper's
 * consistent M_test): accuracy on all test images, and what an attack that sees through them
 * leaves. Nothing where there was no mask.
 *
 * @param attack without its epsilon
 * @param epsilons in the attack's norm, pixels in 0..1, rising
 * @param images how many are attacked
 */
public record BehindMask(AttackTemplate attack, List<Double> epsilons, int images)
    implements Measure {
  /** The name of what it finds of the images as they are. */
  public static final String NAME = "masked";

  /** The same attacks as of {@link Attacked}. */
  static final BehindMask DEFAULTS =
      new BehindMask(AttackTemplate.PGD, Attacked.DEFAULTS.epsilons(), 64);

  /** Rejects negative numbers and unordered epsilons. */
  public BehindMask {
    epsilons = List.copyOf(epsilons);
    Attacked.requireRising(epsilons);
    Attacked.requireCount("images", images);
  }

  @Override
  public Map<String, Measured> of(Trial trial) {
    Map<String, Measured> found = new LinkedHashMap<>();
    Defended defended = trial.trained().defended();
    Module behind = defended.behindMasks().orElse(null);
    if (behind == null) {
      return found;
    }
    int[] said = Evaluate.predictions(behind, trial.test());
    found.put(
        NAME,
        Scores.add(
            Measured.by(NAME).settings(Map.of("mask", defended.masksInWords())),
            trial.classes(),
            trial.test().labels(),
            said));
    Attacked through = new Attacked(attack, epsilons, images, false);
    String prefix = NAME + " " + attack.name();
    found.putAll(through.on(Victim.of(behind), trial, NAME, prefix, said));
    return found;
  }

  @Override
  public double passes(int all) {
    return all / 3.0 + new Attacked(attack, epsilons, images, false).passes(all);
  }
}
