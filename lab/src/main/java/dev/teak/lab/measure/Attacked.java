package dev.teak.lab.measure;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Victim;
import dev.teak.attacks.blackbox.Transfer;
import dev.teak.attacks.evaluation.AttackTemplate;
import dev.teak.attacks.evaluation.Attacks;
import dev.teak.attacks.evaluation.AutoAttack;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.engine.Numbers;
import dev.teak.lab.experiment.Figure;
import dev.teak.lab.experiment.Measured;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Examples;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What an attack leaves, on the first test images: the share that is right as it is and after the
 * attack. Where a detector stands beside the model, both are attacked as one, and the share is that
 * of images that are right and not rejected as they are, and for which the attack found no wrong
 * answer that the detector lets pass: an attacked image that is rejected counts as held. Several
 * epsilons share their images, and so do several attacks on as many; of fewer they are the first.
 *
 * @param attack without its epsilon
 * @param epsilons in the attack's norm, pixels in 0..1, rising
 * @param images how many; 0 leaves it out
 * @param naive whether the attacker knows nothing of the defense and follows the model's own
 *     gradient; as the defense says itself where not
 */
public record Attacked(AttackTemplate attack, List<Double> epsilons, int images, boolean naive)
    implements Measure {
  /** The name of its kind of results. */
  public static final String NAME = "attacked";

  /** PGD at 8/255 on 256 images. */
  static final Attacked DEFAULTS = new Attacked(AttackTemplate.PGD, List.of(8 / 255.0), 256, false);

  /** Rejects negative numbers and unordered epsilons. */
  public Attacked {
    epsilons = List.copyOf(epsilons);
    requireRising(epsilons);
    requireCount("images", images);
  }

  static void requireRising(List<Double> epsilons) {
    for (int i = 0; i < epsilons.size(); i++) {
      if (!(epsilons.get(i) > (i == 0 ? 0 : epsilons.get(i - 1)))) {
        throw new IllegalArgumentException("epsilons: " + epsilons + ": must rise, above 0");
      }
    }
    if (epsilons.isEmpty()) {
      throw new IllegalArgumentException("epsilons: needs one or more");
    }
  }

  static void requireCount(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + ": " + value + ": must be 0 or more");
    }
  }

  @Override
  public Map<String, Measured> of(Trial trial) {
    Victim victim = naive ? trial.trained().naive() : trial.trained().victim();
    return on(victim, trial, NAME, attack.name() + (naive ? " naive" : ""));
  }

  /** On some victim. */
  Map<String, Measured> on(Victim victim, Trial trial, String measure, String prefix) {
    return on(victim, trial, measure, prefix, asIs(victim, trial));
  }

  /** What a victim says of the images: the mean answer where the attack follows that. */
  private int[] asIs(Victim victim, Trial trial) {
    return victim.passes() == 1 || images == 0
        ? trial.clean()
        : Subject.of(victim, trial.first(images), Trial.BATCH).predictions();
  }

  /** On some victim, whose predictions of the images as they are, are known. */
  Map<String, Measured> on(Victim victim, Trial trial, String measure, String prefix, int... asIs) {
    return on(victim, attack -> attack, trial, measure, prefix, asIs);
  }

  /** With images that are made on a source. */
  Map<String, Measured> through(Victim source, Victim target, Trial trial, String name) {
    UnaryOperator<Attack> transfer = attack -> new Transfer(attack, List.of(source));
    String prefix = TransferAttack.NAME + " " + attack.name() + " from " + name;
    return on(target, transfer, trial, TransferAttack.NAME, prefix, trial.clean());
  }

  private Map<String, Measured> on(
      Victim victim,
      UnaryOperator<Attack> by,
      Trial trial,
      String measure,
      String prefix,
      int... asIs) {
    Map<String, Measured> found = new LinkedHashMap<>();
    if (images == 0) {
      return found;
    }
    Examples some = trial.first(images);
    for (double epsilon : epsilons) {
      Attack made = by.apply(attack.at(epsilon, trial.seed()));
      int[] said = Trial.under(made, victim, some, asIs);
      Measured m = Measured.by(measure).settings(described(trial, epsilon));
      m = Scores.add(m, trial.classes(), some.labels(), said);
      m =
          m.figure("clean_accuracy", cleanAccuracy(some, asIs))
              .classes(List.of(), Scores.list(said));
      found.put(prefix + "@" + Numbers.exact(epsilon), m);
    }
    return found;
  }

  private Map<String, Object> described(Trial trial, double epsilon) {
    Attack made = attack.at(epsilon, trial.seed());
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("attack", attack.name());
    settings.put("epsilon", epsilon);
    settings.put("naive", naive);
    settings.put("settings", Attacks.REGISTRY.settings(made));
    return settings;
  }

  private static Figure cleanAccuracy(Examples some, int... asIs) {
    int right = 0;
    for (int i = 0; i < some.size(); i++) {
      right += asIs[i] == some.labels()[i] ? 1 : 0;
    }
    return Figure.share(right, some.size());
  }

  @Override
  public double passes(int all) {
    return epsilons.size() * Math.min(all, images) * passes(attack.at(epsilons.get(0), 0));
  }

  /** About how many passes an attack takes on an image that it does not break. */
  static double passes(Attack attack) {
    if (attack instanceof AutoAttack) {
      return 600; // most images fall to the first of its attacks
    }
    Object steps = Settings.of(attack).get("steps");
    Object restarts = Settings.of(attack).get("restarts");
    double n = steps instanceof Number s ? s.doubleValue() : 1;
    return 1 + n * (restarts instanceof Number r ? r.doubleValue() : 1);
  }
}
