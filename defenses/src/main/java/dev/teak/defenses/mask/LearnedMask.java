package dev.teak.defenses.mask;

import dev.teak.defenses.Bernoulli;
import dev.teak.defenses.Defense;
import dev.teak.defenses.KeptAtTest;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Numbers;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.Map;

/**
 * A mask that is learned together with the weights: minimises E_M[L(f(x (.) M))] + lambda E[sum
 * |M_i|], M_i being 1 with probability m_i. The expectation of the loss is sampled, one M for each
 * image in each step; that of the sum is sum m_i. A sample is 0 or 1; its gradient is that of the
 * relaxed Bernoulli variable (Maddison et al., "The Concrete distribution", ICLR 2017, section
 * 3.1), straight through (Bengio et al. 2013).
 *
 * <p>It changes training alone. To keep it at test time, put {@link KeptAtTest#atTest} in front of
 * the model: pixels with m_i below one half are 0 there, a constant mask through which every attack
 * sees.
 *
 * @param lambda price of a pixel, 0 or more
 * @param perChannel whether each channel of a pixel is kept or dropped by itself
 */
public record LearnedMask(double lambda, boolean perChannel) implements TrainingDefense {
  /** What an epoch's figure of how many pixels it keeps is called. */
  public static final String EFFECTIVE_DIMENSION = "effective_dimension";

  /** The logit of m_i at the start: m_i is 0.88. */
  private static final double START = 2;

  /**
   * Logits for one unit of the parameter. Adam moves a parameter by about its learning rate a step,
   * which is made for weights; logits have ten times as far to go.
   */
  private static final double SCALE = 10;

  /** Rejects a negative price. */
  public LearnedMask {
    if (!(lambda >= 0) || Double.isInfinite(lambda)) {
      throw new IllegalArgumentException("lambda: " + lambda + ": must be 0 or more, and finite");
    }
  }

  /** One mask for all channels. */
  public static LearnedMask of(double lambda) {
    return new LearnedMask(lambda, false);
  }

  /** A mask for each channel by itself. */
  public LearnedMask eachChannel() {
    return new LearnedMask(lambda, true);
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    Shape image = trainee.image();
    return new Learning(perChannel ? image : image.with(2, 1), trainee.seed());
  }

  /** One that learns. */
  private final class Learning implements KeptAtTest {
    private final Tensor scores; // [H, W, C]: logit / SCALE
    private final long seed;

    Learning(Shape shape, long seed) {
      this.seed = seed;
      this.scores =
          Tensor.full(Devices.current(), shape, START / SCALE).unscoped().requiresGrad(true);
    }

    private Tensor kept() {
      return scores.mul(SCALE).sigmoid();
    }

    @Override
    public Batch batch(Module model, Batch b, Step step) {
      Shape s = scores.shape();
      Shape all = Shape.of(b.images().shape().dim(0), s.dim(0), s.dim(1), s.dim(2));
      RandomStream random = new RandomStream(seed, "learned/" + step.number());
      Tensor kept = Bernoulli.relaxed(scores.mul(SCALE), all, random, Bernoulli.TEMPERATURE);
      return b.images(b.images().mul(kept));
    }

    @Override
    public Objective objective(Objective inner) {
      return (model, batch, step) -> {
        Objective.Result r = inner.of(model, batch, step);
        return r.loss(r.loss().add(kept().sum().mul(lambda)));
      };
    }

    @Override
    public Map<String, Tensor> parameters() {
      return Map.of("scores", scores);
    }

    @Override
    public Module atTest() {
      return Layers.of(x -> x.mul(scores.detach().ge(0)));
    }

    @Override
    public Defense asDefense() {
      return LearnedMask.this;
    }

    /** How many pixels it keeps, in the mean of its draws: sum m_j. */
    @Override
    public Map<String, Double> figures() {
      try (Scope scope = Scope.open();
          Autograd.Mode plain = Autograd.noGrad()) {
        return Map.of(EFFECTIVE_DIMENSION, kept().sum().item());
      }
    }

    @Override
    public void close() {
      scores.zeroGrad();
      scores.release();
    }
  }

  /** In short. */
  @Override
  public String toString() {
    return "learned " + Numbers.exact(lambda) + (perChannel ? " per-channel" : "");
  }
}
