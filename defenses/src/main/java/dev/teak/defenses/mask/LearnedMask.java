package dev.teak.defenses.mask;

import dev.teak.defenses.Part;
import dev.teak.defenses.Stage;
import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Numbers;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Surrogate;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.TrainingLoss;
import dev.teak.nn.train.TrainingMethod.Result;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/**
 * A mask that is learned together with the weights: minimises E_M[L(f(x (.) M))] + lambda E[sum
 * |M_i|], M_i being 1 with probability m_i. The expectation of the loss is sampled, one M for each
 * image in each step; that of the sum is sum m_i. A sample is 0 or 1; its gradient is that of the
 * relaxed Bernoulli variable (Maddison et al., "The Concrete distribution", ICLR 2017, section
 * 3.1), straight through (Bengio et al. 2013).
 *
 * <p>It changes training alone. To keep it at test time, put {@link Stage#atTest} in front of the
 * model: pixels with m_i below one half are 0 there, a constant mask through which every attack
 * sees.
 *
 * @param lambda price of a pixel, 0 or more
 * @param eachChannel whether each channel of a pixel is kept or dropped by itself
 */
public record LearnedMask(double lambda, boolean eachChannel) implements Part {
  /** The temperature that Maddison et al. found best for binary variables (appendix C). */
  private static final double TEMPERATURE = 2.0 / 3;

  /** The logit of m_i at the start: m_i is 0.88. */
  private static final double START = 2;

  /**
   * Logits for one unit of the parameter. Adam moves a parameter by about its learning rate a step,
   * which is made for weights; logits have ten times as far to go.
   */
  private static final double SCALE = 10;

  /** 1 where the logit with its noise is above 0, with the gradient of the sigmoid. */
  private static final UnaryOperator<Tensor> SAMPLE =
      Surrogate.bpda(z -> z.gt(0), z -> z.div(TEMPERATURE).sigmoid());

  /** Rejects a negative price. */
  public LearnedMask {
    if (!(lambda >= 0) || Double.isInfinite(lambda)) {
      throw new IllegalArgumentException(
          "learned mask: lambda " + lambda + ": must be 0 or more, and finite");
    }
  }

  /** One mask for all channels. */
  public static LearnedMask of(double lambda) {
    return new LearnedMask(lambda, false);
  }

  /** A mask for each channel by itself. */
  public LearnedMask perChannel() {
    return new LearnedMask(lambda, true);
  }

  @Override
  public Stage on(Module model, Shape image, long seed) {
    return new Learning(eachChannel ? image : image.with(2, 1), seed);
  }

  /** One that learns. */
  private final class Learning implements Stage {
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
    public Tensor transform(Module model, Tensor images, Tensor labels, long step) {
      Shape s = scores.shape();
      Shape batch = Shape.of(images.shape().dim(0), s.dim(0), s.dim(1), s.dim(2));
      Tensor u = new RandomStream(seed, "learned/" + step).uniform(batch, 0x1p-24, 1);
      Tensor noise = u.div(u.neg().add(1).maximum(0x1p-24)).log(); // logistic
      return images.mul(SAMPLE.apply(scores.mul(SCALE).add(noise)));
    }

    @Override
    public TrainingLoss loss(TrainingLoss plain) {
      return (model, images, labels, step) -> {
        Result r = plain.loss(model, images, labels, step);
        return new Result(r.loss().add(kept().sum().mul(lambda)), r.logits());
      };
    }

    @Override
    public Map<String, Tensor> parameters() {
      return Map.of("scores", scores);
    }

    @Override
    public Optional<Module> atTest() {
      return Optional.of(Layers.of(x -> x.mul(scores.detach().ge(0))));
    }

    @Override
    public OptionalDouble effectiveDimension() {
      try (Scope scope = Scope.open();
          Autograd.Mode plain = Autograd.noGrad()) {
        return OptionalDouble.of(kept().sum().item());
      }
    }
  }

  /** The notation of {@link dev.teak.defenses.Parts}. */
  @Override
  public String toString() {
    return "learned " + Numbers.exact(lambda) + (eachChannel ? " per-channel" : "");
  }
}
