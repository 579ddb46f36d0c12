package dev.teak.defenses.mask;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/**
 * A mask that stays at test time: a stage in front of a model, {@code new Sequential(new
 * MaskedInput(mask.fixed(), seed), model)}, with the gradient of what it does.
 *
 * <p>With a fixed mask (the paper's one consistent M_test) the whole is a deterministic,
 * differentiable model: every attack on it is adaptive as it is. With one that is drawn anew each
 * time the model is random: attack it by {@link dev.teak.attacks.adaptive.Eot} over the attack, 20
 * answers or more, or robustness is overstated. Masks per batch suit that less than masks per
 * image, for all images of an answer then lean on one draw.
 */
public final class MaskedInput extends Module {
  /** How far a number drawn moves a stream. */
  private static final int WORDS = 4;

  private final Mask mask;
  private final long seed;
  private final RandomStream calls; // its position counts them: checkpoints have that

  /**
   * A mask in front of whatever follows.
   *
   * @param seed that of a training gives the very mask that a fixed one was trained with, where it
   *     is the first defense ({@link dev.teak.defenses.Defended#seedOf})
   */
  public MaskedInput(Mask mask, long seed) {
    this.mask = mask;
    this.seed = seed;
    this.calls = stream("calls", new RandomStream(seed, "mask"));
  }

  @Override
  protected Tensor compute(Tensor x) {
    long call = calls.position() / WORDS;
    calls.uniform(Shape.SCALAR); // a draw and no seek, which would not be undone to recompute this
    return mask.apply(x, seed, call);
  }
}
