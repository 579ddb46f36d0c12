package dev.teak.defenses.training;

import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.Victim.LogitFunction;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;

/**
 * The inner maximization of adversarial training (Madry et al., ICLR 2018, equation 2.1) where it
 * is no {@link dev.teak.attacks.Attack}: gradients of a model in eval mode, and signed steps along
 * them. It asks for no verdict, which would cost a pass more.
 */
final class InnerMaximization {
  private InnerMaximization() {}

  /** Throws unless a setting is 0 or more, and finite. */
  static void requireAtLeastZero(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(what + ": " + value + ": must be 0 or more, and finite");
    }
  }

  /** Throws unless a count is 1 or more. */
  static void requireAtLeastOne(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(what + ": " + count + ": must be 1 or more");
    }
  }

  /** Uniform numbers in [-radius, radius) of one step. */
  static Tensor noise(long seed, String defense, Step step, Shape shape, double radius) {
    return new RandomStream(seed, defense + "/" + step.number()).uniform(shape, -radius, radius);
  }

  /** Images clipped to 0..1 after normal noise of deviation 0.001, where TRADES and MART begin. */
  static Tensor nearby(long seed, String defense, Step step, Tensor x) {
    Tensor normal = new RandomStream(seed, defense + "/" + step.number()).normal(x.shape());
    return x.add(normal.mul(0.001)).clip(0, 1);
  }

  /** The cross-entropy of each image with its class. */
  static LogitFunction crossEntropy(Batch batch) {
    return logits -> Losses.crossEntropy(logits, batch.labels(), Losses.Reduction.NONE);
  }

  /** What a model answers in eval mode, {@code [N, classes]} without a gradient. */
  static Tensor logits(Module model, Tensor x) {
    try (Module.Evaluating eval = model.evaluating()) {
      return Victim.of(model).logits(x);
    }
  }

  /** The gradient of a loss of each image in its pixels, 0 where it is NaN; of x's shape. */
  static Tensor gradient(Module model, Tensor x, LogitFunction loss) {
    try (Module.Evaluating eval = model.evaluating();
        Scope scope = Scope.open()) {
      return scope.keep(Victim.finite(Victim.of(model).gradients(x, loss).gradient()));
    }
  }

  /**
   * Projected ascent: steps along the sign of the gradient, each brought back into ball and range.
   *
   * @param clean center of the ball, within the range
   * @param start where it begins, of the same shape
   * @param size of a step, in pixel units
   */
  static Tensor climb(
      Module model,
      ThreatModel threat,
      Tensor clean,
      Tensor start,
      int steps,
      double size,
      LogitFunction loss) {
    Tensor x = start;
    for (int i = 0; i < steps; i++) {
      x = threat.step(clean, x, gradient(model, x, loss), size);
    }
    return x;
  }
}
