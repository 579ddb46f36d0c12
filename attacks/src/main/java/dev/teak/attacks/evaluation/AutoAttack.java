package dev.teak.attacks.evaluation;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Attack;
import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Run;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.adaptive.Eot;
import dev.teak.attacks.blackbox.Square;
import dev.teak.attacks.gradient.Apgd;
import dev.teak.attacks.minimum.Fab;
import dev.teak.engine.Tensor;
import java.util.List;

/**
 * AutoAttack (Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of
 * diverse parameter-free attacks", ICML 2020, section 5): attacks in turn, each on the images that
 * still stand. {@link Evaluation} runs the same list over a whole data set, fills the batches up
 * again after each attack, and resumes.
 *
 * @param version its name: standard, rand or custom
 * @param threat the bound that all attacks have
 * @param attacks in their order
 * @param eot answers that each question is the mean of; 1 for models that are not random
 */
public record AutoAttack(String version, ThreatModel threat, List<Attack> attacks, int eot)
    implements FixedEpsilonAttack {
  private static final int RAND = 20;

  /** Rejects an empty list, other threat models and targeted goals. */
  public AutoAttack {
    attacks = List.copyOf(attacks);
    if (attacks.isEmpty()) {
      throw new IllegalArgumentException("autoattack: needs an attack");
    }
    for (Attack attack : attacks) {
      if (!attack.threat().equals(threat) || attack.goal().isTargeted()) {
        throw new IllegalArgumentException(
            "autoattack: " + attack + ": must be untargeted and under " + threat);
      }
    }
  }

  /** APGD on the cross-entropy, targeted APGD, targeted FAB and Square. */
  public static AutoAttack standard(ThreatModel threat, long seed) {
    return new AutoAttack(
        "standard",
        threat,
        List.of(
            Apgd.ce(threat).seed(seed),
            Apgd.targeted(threat).seed(seed),
            Fab.targeted(threat).seed(seed),
            Square.of(threat).seed(seed)),
        1);
  }

  /** For models that answer at random: APGD on two losses, on the mean of 20 answers. */
  public static AutoAttack rand(ThreatModel threat, long seed) {
    return new AutoAttack(
        "rand", threat, List.of(Apgd.ce(threat).seed(seed), Apgd.dlr(threat).seed(seed)), RAND);
  }

  /** Any attacks under one threat model. */
  public static AutoAttack custom(ThreatModel threat, Attack... attacks) {
    return new AutoAttack("custom", threat, List.of(attacks), 1);
  }

  @Override
  public String name() {
    return version.equals("standard") ? "autoattack" : "autoattack-" + version;
  }

  @Override
  public Goal goal() {
    return Goal.UNTARGETED;
  }

  @Override
  public int rounds() {
    return attacks.size();
  }

  @Override
  public void run(Run run) {
    Attack attack = attacks.get(run.round());
    AdversarialBatch made = attack.perturb(run.victim(), run.images(), run.aim().labels());
    run.note(made);
    run.offer(made.images());
  }

  @Override
  public AdversarialBatch perturb(Victim victim, Tensor images, Tensor labels) {
    Victim asked = eot == 1 ? victim : Eot.mean(victim, eot, Eot.Of.LOSS);
    return FixedEpsilonAttack.super.perturb(asked, images, labels);
  }
}
