package dev.teak.defenses;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Surrogate;
import dev.teak.engine.Tensor;

/**
 * Draws of 0 or 1 through which a gradient leads to their probabilities, which are given as logits
 * that broadcast to the shape of the draws. The same stream draws the same, whatever the gradient.
 */
public final class Bernoulli {
  /** The temperature that Maddison et al. found best for binary variables (appendix C). */
  public static final double TEMPERATURE = 2.0 / 3;

  private static final double LEAST = 0x1p-24;

  private Bernoulli() {}

  /**
   * Draws with the gradient of the relaxed Bernoulli variable (Maddison et al., "The Concrete
   * distribution", ICLR 2017, section 3.1): sigmoid((logit + logistic noise) / temperature).
   *
   * @param temperature above 0
   */
  public static Tensor relaxed(
      Tensor logits, Shape shape, RandomStream random, double temperature) {
    return Surrogate.bpda(z -> z.gt(0), z -> z.div(temperature).sigmoid())
        .apply(logits.add(logistic(shape, random)));
  }

  /**
   * Draws with the gradient of their probability (Bengio, Leonard and Courville, "Estimating or
   * propagating gradients through stochastic neurons", arXiv:1308.3432, section 4).
   */
  public static Tensor straightThrough(Tensor logits, Shape shape, RandomStream random) {
    Tensor drawn = logits.detach().add(logistic(shape, random)).gt(0);
    Tensor probability = logits.sigmoid();
    return drawn.add(probability.sub(probability.detach())); // of the value 0
  }

  /** 1 where a logit with this noise is above 0 is a draw of its probability. */
  private static Tensor logistic(Shape shape, RandomStream random) {
    Tensor u = random.uniform(shape, LEAST, 1);
    return u.div(u.neg().add(1).maximum(LEAST)).log();
  }
}
