package dev.teak.attacks.blackbox;

import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.Slot;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.minimum.Stall;
import dev.teak.attacks.minimum.TradeOff;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * Zeroth order optimisation (Chen et al., "ZOO: zeroth order optimization based black-box attacks",
 * AISec 2017, algorithm 2): Carlini and Wagner's objective, minimised by Adam on one random pixel
 * after the other, whose slope is a difference over 0.0001 both ways, pixels in units of their
 * range. 128 pixels a step at rate 0.01, 3000 steps for each of 9 constants from 0.01, as the
 * authors took for MNIST.
 *
 * @param threat L2
 * @param goal what to reach
 * @param confidence kappa: by how much the logits must be past the goal, 0 or more
 * @param searches constants tried, 1 or more
 * @param steps of each, 1 or more
 * @param pixels changed in a step, 1 or more; two queries each
 * @param lr Adam's rate
 * @param h half the difference
 * @param c the first constant
 * @param abortEarly whether to end where nothing is gained
 * @param seed of the choice of pixels
 */
public record Zoo(
    ThreatModel threat,
    Goal goal,
    double confidence,
    int searches,
    int steps,
    int pixels,
    double lr,
    double h,
    double c,
    boolean abortEarly,
    long seed)
    implements MinimumNormAttack {

  /** Rejects other norms and settings out of range. */
  public Zoo {
    if (threat.norm() != Norm.L2) {
      throw new IllegalArgumentException("zoo: norm " + threat.norm() + ": has l2");
    }
    boolean counts = searches >= 1 && steps >= 1 && pixels >= 1;
    if (!counts || !(confidence >= 0) || !(lr > 0) || !(h > 0) || !(c > 0)) {
      throw new IllegalArgumentException(
          "zoo: searches "
              + searches
              + ", steps "
              + steps
              + ", pixels "
              + pixels
              + ": must be 1 or more; confidence "
              + confidence
              + ": 0 or more; lr "
              + lr
              + ", h "
              + h
              + ", c "
              + c
              + ": above 0");
    }
  }

  /** The authors' settings. */
  public static Zoo of(ThreatModel threat) {
    return new Zoo(threat, Goal.UNTARGETED, 0, 9, 3000, 128, 0.01, 1e-4, 0.01, true, 0);
  }

  @Override
  public String name() {
    return "zoo";
  }

  @Override
  public void run(Run run) {
    TradeOff tradeOff = new TradeOff(run.size(), c);
    SampleRandom random = run.random("pixels");
    for (int search = 0; search < searches; search++) {
      try (Scope scope = Scope.open()) {
        tradeOff.next(descend(run, tradeOff.get(), random));
      }
    }
  }

  /** Adam with one constant for each image; where the goal was reached, {@code [N]}. */
  private Tensor descend(Run run, Tensor constant, SampleRandom random) {
    Shape n = Shape.of(run.size());
    double range = threat.range();
    try (Slot x = new Slot(run.images());
        Slot m = new Slot(run.images().mul(0));
        Slot v = new Slot(run.images().mul(0));
        Slot times = new Slot(run.images().mul(0));
        Slot found = new Slot(Tensor.full(run.images().device(), n, 0));
        Stall stall = new Stall(run, steps, abortEarly)) {
      for (int step = 0; step < steps; step++) {
        try (Scope scope = Scope.open()) {
          Tensor logits = run.victim().logits(x.get());
          Tensor excess = run.excess(logits);
          run.offer(x.get(), logits, stall.going());
          found.set(found.get().maximum(excess.ge(0).mul(stall.going())));
          Tensor delta = x.get().sub(run.images());
          Tensor missing = excess.neg().maximum(0);
          Tensor square = delta.square().sum(1, 2, 3).div(range * range);
          Tensor loss = square.add(missing.mul(constant.reshape(run.size())));
          if (stall.allAt(step, loss)) {
            break;
          }
          Slopes s = slopes(run, x.get(), random);
          Tensor lacks = run.perImage(excess.lt(0));
          Tensor g = delta.mul(2 / range).sub(s.slopes.mul(constant).mul(lacks)).mul(s.chosen);
          x.set(adam(x.get(), g, s.chosen, m, v, times));
        }
      }
      return found.get().add(0);
    }
  }

  /**
   * The slope of the margin over the range at the pixels chosen, which are 1 in {@code chosen};
   * else 0.
   */
  private record Slopes(Tensor slopes, Tensor chosen) {}

  private Slopes slopes(Run run, Tensor x, SampleRandom random) {
    int size = run.image().size();
    float[] chosen = new float[run.size() * size];
    try (Slot sum = new Slot(x.mul(0))) {
      for (int k = 0; k < Math.min(pixels, size); k++) {
        try (Scope scope = Scope.open()) {
          float[] one = new float[chosen.length];
          for (int i = 0; i < run.size(); i++) {
            int p = i * size + fresh(chosen, i * size, size, random.peek(i, 1)[0]);
            chosen[p] = 1;
            one[p] = 1;
          }
          random.advance(1);
          Tensor at = Tensor.of(one, x.shape().dims());
          Tensor way = at.mul(h * threat.range());
          Tensor difference = value(run, x.add(way)).sub(value(run, x.sub(way))).div(2 * h);
          sum.set(sum.get().add(at.mul(run.perImage(difference))));
        }
      }
      return new Slopes(Victim.finite(sum.get()), Tensor.of(chosen, x.shape().dims()));
    }
  }

  /** The first pixel from a random place on that was not chosen yet. */
  private static int fresh(float[] chosen, int from, int size, float u) {
    int p = (int) (u * size);
    while (chosen[from + p] != 0) {
      p = (p + 1) % size;
    }
    return p;
  }

  private static Tensor value(Run run, Tensor x) {
    return Loss.MARGIN.of(run.victim().logits(x), run.aim());
  }

  /** Adam where each pixel counts its own steps. */
  private Tensor adam(Tensor x, Tensor g, Tensor chosen, Slot m, Slot v, Slot times) {
    times.set(times.get().add(chosen));
    m.set(chosen, m.get().mul(0.9).add(g.mul(0.1)));
    v.set(chosen, v.get().mul(0.999).add(g.square().mul(0.001)));
    Tensor t = times.get().maximum(1);
    Tensor mean = m.get().div(Tensor.scalar(0.9).pow(t).neg().add(1));
    Tensor square = v.get().div(Tensor.scalar(0.999).pow(t).neg().add(1));
    Tensor step = mean.div(square.sqrt().add(1e-8)).mul(lr * threat.range()).mul(chosen);
    return threat.clip(x.sub(step));
  }
}
