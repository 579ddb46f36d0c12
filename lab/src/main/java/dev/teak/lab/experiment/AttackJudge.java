package dev.teak.lab.experiment;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Optional;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Judge;
import java.util.Map;

/**
 * Judges an epoch by what an attack leaves of the first validation images: a figure for {@code
 * keep: best by=pgd} and to see catastrophic overfitting.
 *
 * @param attack with its bound
 * @param images how many; 128 where nothing is said
 * @param name of the figure; the attack's own where nothing is said
 */
public record AttackJudge(Attack attack, @Optional Integer images, @Optional String name)
    implements Judge {
  private static final int IMAGES = 128;

  /** What its figure is called. */
  String figure() {
    return name == null ? attack.name() : name;
  }

  @Override
  public Map<String, Double> judge(Module model, Examples validation) {
    int count = Math.min(images == null ? IMAGES : images, validation.size());
    Subject subject = Subject.of(Victim.of(model), validation.slice(0, count), IMAGES);
    boolean[] standing = subject.right();
    standing = subject.standing(subject.attack(attack, standing), standing);
    int left = 0;
    for (boolean stands : standing) {
      left += stands ? 1 : 0;
    }
    return Map.of(figure(), (double) left / count);
  }
}
