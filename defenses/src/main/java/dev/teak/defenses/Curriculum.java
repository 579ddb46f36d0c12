package dev.teak.defenses;

import dev.teak.attacks.Attack;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.evaluation.AttackTemplate;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.optim.ScheduleSettings;
import dev.teak.nn.settings.Optional;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Curriculum adversarial training (of DFMCL, "dynamic feature masking and curriculum learning"):
 * every batch is replaced by what one attack of a pool makes of it, at a strength that grows with
 * the training, S(t) = eps t / T at step t of T. The first step is on clean images. It changes
 * training alone, so any attack on the trained model is adaptive already.
 *
 * <p>The strength is a radius in L-infinity, and the attack's epsilon; what its authors have set as
 * a share of that, such as the length of a step, shrinks with it, be it written or not. What is
 * written is for the whole of eps. Attacks that seek the smallest change, as Carlini and Wagner's,
 * have no epsilon: they run as they are, and what they make is projected into the ball, in which it
 * need not fool the model.
 *
 * @param eps the largest strength, the paper's beta; above 0, in pixel units
 * @param attacks the pool
 * @param weights how often each attack is drawn, in proportion; empty for all alike
 * @param schedule how the strength goes on from step to step, as of a learning rate of eps; null
 *     for the straight line from 0
 */
public record Curriculum(
    double eps,
    List<AttackTemplate> attacks,
    List<Double> weights,
    @Optional ScheduleSettings schedule)
    implements TrainingDefense {
  /** Rejects an empty pool, weights that do not fit it, and attacks on different ranges. */
  public Curriculum {
    attacks = List.copyOf(attacks);
    weights = List.copyOf(weights);
    if (!(eps > 0) || Double.isInfinite(eps)) {
      throw new IllegalArgumentException("eps: " + eps + ": must be above 0, and finite");
    }
    if (attacks.isEmpty()) {
      throw new IllegalArgumentException("attacks: there is none to draw");
    }
    if (!weights.isEmpty() && weights.size() != attacks.size()) {
      throw new IllegalArgumentException(
          "weights: "
              + weights.size()
              + " of "
              + attacks.size()
              + " attacks; there is one for each");
    }
    double sum = 0;
    for (double weight : weights) {
      sum += weight >= 0 ? weight : Double.NaN;
    }
    if (!weights.isEmpty() && (!(sum > 0) || Double.isInfinite(sum))) {
      throw new IllegalArgumentException(
          "weights: " + weights + ": must be 0 or more, finite, and not all 0");
    }
    ThreatModel first = attacks.get(0).at(eps, 0).threat();
    for (AttackTemplate attack : attacks) {
      ThreatModel threat = attack.at(eps, 0).threat();
      if (threat.low() != first.low() || threat.high() != first.high()) {
        throw new IllegalArgumentException(
            "attacks: '" + attack + "' has another range of pixels than '" + attacks.get(0) + "'");
      }
    }
  }

  /** The largest change of a pixel in a step. */
  double strength(Step step) {
    return schedule == null
        ? eps * step.share()
        : schedule.of(eps, steps(step)).at(step.number(), step.total());
  }

  /** Of an epoch. */
  private static long steps(Step step) {
    return step.total() / step.epochs();
  }

  private double weight(int attack) {
    return weights.isEmpty() ? 1 : weights.get(attack);
  }

  /** Of all weights. */
  private double sum() {
    return weights.isEmpty() ? attacks.size() : weights.stream().mapToDouble(w -> w).sum();
  }

  /** Changes of eps, within the pool's range of pixels. */
  private ThreatModel ball() {
    ThreatModel first = attacks.get(0).at(eps, 0).threat();
    return new ThreatModel(Norm.LINF, eps, first.low(), first.high());
  }

  @Override
  public java.util.Optional<ThreatModel> threat() {
    return java.util.Optional.of(ball());
  }

  @Override
  public double passes() {
    double passes = 0;
    for (int i = 0; i < attacks.size(); i++) {
      passes += weight(i) / sum() * AdversarialTraining.passes(attacks.get(i).at(eps, 0));
    }
    return passes;
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    return new OnBatches(trainee.seed());
  }

  private final class OnBatches implements TrainingHooks {
    private final long seed;
    private final List<Attack> pool = new ArrayList<>();
    private Step latest;

    OnBatches(long seed) {
      this.seed = seed;
      for (AttackTemplate template : attacks) {
        Attack attack = template.at(eps, seed);
        pool.add(attack instanceof MinimumNormAttack ? unbounded(attack) : attack);
      }
    }

    private static Attack unbounded(Attack attack) {
      return Settings.with(attack, attack.threat().withEpsilon(Double.POSITIVE_INFINITY));
    }

    /** Pixels outside the attacks' range are refused. */
    @Override
    public Batch batch(Module model, Batch batch, Step step) {
      latest = step;
      double strength = strength(step);
      if (strength == 0) {
        return batch;
      }
      Tensor attacked =
          Settings.weaker(pool.get(drawn(step.number())), strength / eps, step.number())
              .perturb(model, batch.images(), batch.labels())
              .images();
      return batch.images(ball().withEpsilon(strength).project(batch.images(), attacked));
    }

    /** The attack of a step, by its place in the pool. */
    private int drawn(long step) {
      double left =
          sum() * new RandomStream(seed, "curriculum/" + step).uniform(Shape.SCALAR).item();
      int place = 0;
      while (place < pool.size() - 1 && left >= weight(place)) {
        left -= weight(place);
        place++;
      }
      return place;
    }

    /** The strength of the epoch's last step, and the share of its steps that each attack had. */
    @Override
    public Map<String, Double> figures() {
      Map<String, Double> all = new LinkedHashMap<>();
      all.put("curriculum_strength", strength(latest));
      long steps = steps(latest);
      int[] counts = new int[pool.size()];
      try (Scope scope = Scope.open()) {
        for (long step = latest.epoch() * steps; step <= latest.number(); step++) {
          counts[drawn(step)]++;
        }
      }
      for (int i = 0; i < counts.length; i++) {
        all.put("curriculum_" + name(i), (double) counts[i] / steps);
      }
      return all;
    }

    /** An attack's, with a number where there are others of the name. */
    private String name(int place) {
      String name = attacks.get(place).name();
      long before = attacks.subList(0, place).stream().filter(a -> a.name().equals(name)).count();
      return before == 0 ? name : name + "_" + (before + 1);
    }
  }
}
