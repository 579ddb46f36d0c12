package dev.teak.defenses.mask;

import dev.teak.defenses.Defense;
import dev.teak.defenses.KeptAtTest;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.Locale;

/**
 * A feature mask: X' = fill(X) inside a region, X elsewhere, for a model that cannot lean on a few
 * pixels. As a defense it changes the images of each batch and nothing else, so any attack on the
 * trained model is adaptive already; for a mask that stays at test time see {@link MaskedInput}.
 *
 * <pre>{@code
 * Mask.random(0.3)                                    // each pixel with probability 0.3 to 0
 * Mask.random(0.3).exact().fixed()                    // 30% of the pixels, the same throughout
 * Mask.of(new Region.RandomRectangle(8, 8)).filled(Fill.blur(3))
 * }</pre>
 *
 * @param region which pixels
 * @param fill what they become
 * @param vary when the region is drawn anew
 * @param perChannel whether each channel has a region of its own
 */
public record Mask(Region region, Fill fill, Vary vary, boolean perChannel)
    implements TrainingDefense {
  static final Fill BLACK = Fill.constant(0);

  /** When a random region is drawn anew. */
  public enum Vary {
    /** For every image in every step. */
    IMAGE,
    /** For every step: a batch shares one. */
    BATCH,
    /** Never: one serves the whole training. */
    FIXED;

    /** As the notation has it: {@code per-image}, {@code per-batch}, {@code fixed}. */
    @Override
    public String toString() {
      return this == FIXED ? "fixed" : "per-" + name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Rejects what says nothing: a given region that is to vary, an image that is one constant. A
   * region that is not random is fixed, be it said or not.
   */
  public Mask {
    if (!region.isRandom() && (vary == Vary.BATCH || perChannel)) {
      throw new IllegalArgumentException(
          region
              + " is the same in every image and channel; "
              + (perChannel ? "per-channel" : vary)
              + " says nothing of it");
    }
    vary = region.isRandom() ? vary : Vary.FIXED;
    if (region instanceof Region.Everywhere && fill instanceof Fill.Constant) {
      throw new IllegalArgumentException(
          "with " + fill + " everywhere nothing is left of an image; give it a region");
    }
  }

  /** Each pixel to 0 with this probability, anew for every image in every step. */
  public static Mask random(double ratio) {
    return of(new Region.Random(ratio, false));
  }

  /** A region at 0; a random one is drawn anew for every image in every step. */
  public static Mask of(Region region) {
    return new Mask(region, BLACK, region.isRandom() ? Vary.IMAGE : Vary.FIXED, false);
  }

  /** The whole image under a filter. */
  public static Mask filter(Fill filter) {
    return new Mask(new Region.Everywhere(), filter, Vary.FIXED, false);
  }

  /**
   * With exactly as many pixels as the ratio says.
   *
   * @throws IllegalArgumentException if the region has no ratio
   */
  public Mask exact() {
    if (region instanceof Region.Random expected) {
      return new Mask(new Region.Random(expected.ratio(), true), fill, vary, perChannel);
    }
    throw new IllegalArgumentException(
        "mask: " + region + " has no expected ratio that could be exact; a random mask has");
  }

  /** With one region for the whole training. */
  public Mask fixed() {
    return varying(Vary.FIXED);
  }

  /** With one region a step. */
  public Mask perBatch() {
    return varying(Vary.BATCH);
  }

  /** With a region drawn anew when this says. */
  public Mask varying(Vary when) {
    return new Mask(region, fill, when, perChannel);
  }

  /** With a region for each channel by itself. */
  public Mask eachChannel() {
    return new Mask(region, fill, vary, true);
  }

  /** With something else in the region. */
  public Mask filled(Fill with) {
    return new Mask(region, with, vary, perChannel);
  }

  /**
   * The masked images. The gradient reaches those given: none from what a constant has replaced.
   *
   * @param images {@code [N, H, W, C]}
   * @param seed of the run
   * @param step of the training; a fixed mask does not ask for it
   * @throws ShapeException if these are no images, or the region is larger than they are
   */
  public Tensor apply(Tensor images, long seed, long step) {
    Shape s = images.shape();
    if (s.rank() != 4) {
      throw new ShapeException("mask: " + s + " are no images; expects [N, H, W, C]");
    }
    RandomStream random = new RandomStream(seed, vary == Vary.FIXED ? "mask" : "mask/" + step);
    Shape one = Shape.of(s.dim(1), s.dim(2), perChannel ? s.dim(3) : 1);
    Tensor inside = region.draw(random, vary == Vary.IMAGE ? s.dim(0) : 1, one);
    return inside.where(fill.of(images), images);
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    Shape image = trainee.image();
    long seed = trainee.seed();
    try (Scope scope = Scope.open()) {
      apply(
          Tensor.zeros(1, image.dim(0), image.dim(1), image.dim(2)), seed, 0); // says what is wrong
    }
    return new KeptAtTest() {
      @Override
      public Batch batch(Module of, Batch batch, Step step) {
        return batch.images(apply(batch.images(), seed, step.number()));
      }

      @Override
      public Module atTest() {
        return new MaskedInput(fixed(), seed);
      }

      @Override
      public Defense asDefense() {
        return fixed();
      }
    };
  }

  /** In short, as {@code random 0.3 exact fixed filter blur 3}, where it can be said so. */
  @Override
  public String toString() {
    return ShortMask.text(this);
  }
}
