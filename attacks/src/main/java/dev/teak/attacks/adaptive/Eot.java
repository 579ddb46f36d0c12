package dev.teak.attacks.adaptive;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Attack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.ArrayList;
import java.util.List;

/**
 * Expectation over transformation (Athalye et al., "Synthesizing robust adversarial examples", ICML
 * 2018, section 2.1; against random defenses: "Obfuscated gradients", ICML 2018, section 4.2), over
 * any attack: wherever it asks the model, it gets the mean of several answers. Success is judged by
 * the mean of the logits as well.
 *
 * @param attack what attacks the mean
 * @param samples answers to a question, 1 or more; AutoAttack's rand version takes 20
 * @param of what is averaged for a gradient
 */
public record Eot(Attack attack, int samples, Of of) implements Attack {
  /** What the expectation is of. */
  public enum Of {
    /** The loss, and so its gradient: the mean of the losses of all answers. */
    LOSS,
    /** The logits: the loss of the mean answer. */
    LOGITS
  }

  /** Rejects fewer than one sample. */
  public Eot {
    if (samples < 1) {
      throw new IllegalArgumentException("eot: samples " + samples + ": must be 1 or more");
    }
  }

  /** The expectation of the loss. */
  public static Eot of(Attack attack, int samples) {
    return new Eot(attack, samples, Of.LOSS);
  }

  @Override
  public String name() {
    return "eot-" + attack.name();
  }

  @Override
  public ThreatModel threat() {
    return attack.threat();
  }

  @Override
  public Goal goal() {
    return attack.goal();
  }

  @Override
  public AdversarialBatch perturb(Victim victim, Tensor images, Tensor labels) {
    return attack.perturb(mean(victim, samples, of), images, labels);
  }

  /** A view of a model whose every answer is the mean of several. */
  public static Victim mean(Victim victim, int samples, Of of) {
    return new Mean(victim, samples, of);
  }

  /** A victim that answers with means. */
  private record Mean(Victim victim, int samples, Of of) implements Victim {
    @Override
    public Module model() {
      return victim.model();
    }

    @Override
    public boolean rejects() {
      return victim.rejects();
    }

    @Override
    public int passes() {
      return samples * victim.passes();
    }

    @Override
    public Tensor logits(Tensor images) {
      Tensor mean = victim.logits(images);
      for (int k = 2; k <= samples; k++) {
        mean = towardsAny(mean, victim.logits(images), k);
      }
      return mean;
    }

    @Override
    public Gradients gradients(Tensor images, LogitFunction... functions) {
      if (of == Of.LOGITS) {
        return throughMeanLogits(images, functions);
      }
      return meanOf(images, functions);
    }

    /** The gradient of f(mean z) is the mean gradient of g . z, g being that of f at the mean. */
    private Gradients throughMeanLogits(Tensor images, LogitFunction... functions) {
      Tensor logits = logits(images);
      List<Tensor> values = new ArrayList<>();
      LogitFunction[] linear = new LogitFunction[functions.length];
      for (int i = 0; i < functions.length; i++) {
        Tensor leaf = logits.detach().requiresGrad(true);
        try (Autograd.Mode recording = Autograd.enableGrad()) {
          Tensor value = functions[i].of(leaf);
          Tensor slope = Autograd.grad(value.sum(), leaf);
          values.add(value.detach());
          linear[i] = z -> z.mul(slope).sum(1);
        }
      }
      return new Gradients(logits, values, meanOf(images, linear).gradients());
    }

    private Gradients meanOf(Tensor images, LogitFunction... functions) {
      Gradients mean = victim.gradients(images, functions);
      for (int k = 2; k <= samples; k++) {
        try (Scope scope = Scope.open()) {
          Gradients before = mean;
          Gradients next = victim.gradients(images, functions);
          Tensor logits = scope.keep(towardsAny(before.logits(), next.logits(), k));
          mean = new Gradients(logits, new ArrayList<>(), new ArrayList<>());
          for (int f = 0; f < functions.length; f++) {
            mean.values()
                .add(scope.keep(towardsAny(before.values().get(f), next.values().get(f), k)));
            mean.gradients()
                .add(scope.keep(towards(before.gradients().get(f), next.gradients().get(f), k)));
          }
        }
      }
      return mean;
    }

    /** As below, of numbers that may be infinite. */
    private static Tensor towardsAny(Tensor mean, Tensor next, int k) {
      return next.eq(mean).where(mean, towards(mean, next, k));
    }

    /** The mean of k from that of k - 1: of equal numbers it is that number, to the bit. */
    private static Tensor towards(Tensor mean, Tensor next, int k) {
      return mean.add(next.sub(mean).div(k));
    }
  }
}
