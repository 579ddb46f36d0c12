package dev.teak.defenses.mask;

import dev.teak.engine.Numbers;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.nn.settings.Registered;

/** Which pixels a {@link Mask} fills. */
@Registered(Regions.class)
public interface Region {
  /**
   * The region of some images.
   *
   * @param random where what is random comes from
   * @param images how many regions are drawn
   * @param image {@code [H, W, C]}; C is 1 where all channels share a region
   * @return 1 inside and 0 outside, {@code [images, H, W, C]} or a shape that broadcasts to it; the
   *     same on every device
   */
  Tensor draw(RandomStream random, int images, Shape image);

  /** Whether two draws differ. */
  default boolean isRandom() {
    return true;
  }

  private static void requireArea(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "mask: a rectangle of " + height + " x " + width + ": must be 1 x 1 or larger");
    }
  }

  /**
   * Pixels anywhere: each with the same probability, independently of the others, so that the ratio
   * is expected; or as many as the ratio says, to the nearest whole number, in each image (and
   * channel).
   *
   * @param ratio the probability, or the share of the pixels, 0..1
   * @param exact whether it is the share
   */
  record Random(double ratio, boolean exact) implements Region {
    /** Rejects what is no share. */
    public Random {
      if (!(ratio >= 0 && ratio <= 1)) {
        throw new IllegalArgumentException("ratio: " + ratio + ": must be in 0..1");
      }
    }

    @Override
    public Tensor draw(RandomStream random, int images, Shape image) {
      // Rounded to a float beforehand: a device with doubles must draw the line at the same place.
      return exact
          ? drawExactly(random, images, image)
          : random.uniform(batch(images, image)).lt((float) ratio);
    }

    private Tensor drawExactly(RandomStream random, int images, Shape image) {
      int pixels = image.dim(0) * image.dim(1);
      int channels = image.dim(2);
      int count = (int) Math.round(ratio * pixels);
      float[] inside = new float[images * pixels * channels];
      for (int i = 0; i < images; i++) {
        for (int c = 0; c < channels; c++) {
          int[] order = random.permutation(pixels);
          for (int k = 0; k < count; k++) {
            inside[(i * pixels + order[k]) * channels + c] = 1;
          }
        }
      }
      return Tensor.of(inside, batch(images, image).dims());
    }

    @Override
    public String toString() {
      return "random " + Numbers.exact(ratio) + (exact ? " exact" : "");
    }
  }

  /** A given rectangle, in pixels; its upper left corner is counted from 0. */
  record Rectangle(int top, int left, int height, int width) implements Region {
    /** Rejects an empty rectangle and a corner outside any image. */
    public Rectangle {
      requireArea(height, width);
      if (top < 0 || left < 0) {
        throw new IllegalArgumentException(
            "mask: a rectangle at row " + top + ", column " + left + ": both must be 0 or more");
      }
    }

    @Override
    public Tensor draw(RandomStream random, int images, Shape image) {
      int below = image.dim(0) - top - height;
      int beside = image.dim(1) - left - width;
      if (below < 0 || beside < 0) {
        throw new ShapeException(
            "mask: "
                + this
                + " ends at row "
                + (top + height)
                + ", column "
                + (left + width)
                + "; images are "
                + image.dim(0)
                + " x "
                + image.dim(1));
      }
      int[] before = {0, top, left, 0};
      int[] after = {0, below, beside, 0};
      return Tensor.ones(1, height, width, 1).pad(before, after, 0);
    }

    @Override
    public boolean isRandom() {
      return false;
    }

    @Override
    public String toString() {
      return "rectangle " + top + " " + left + " " + height + " " + width;
    }
  }

  /** A rectangle of this size anywhere in the image, every place being as likely. */
  record RandomRectangle(int height, int width) implements Region {
    /** Rejects an empty rectangle. */
    public RandomRectangle {
      requireArea(height, width);
    }

    @Override
    public Tensor draw(RandomStream random, int images, Shape image) {
      int rows = image.dim(0) - height + 1;
      int columns = image.dim(1) - width + 1;
      if (rows < 1 || columns < 1) {
        throw new ShapeException(
            "mask: " + this + " is larger than images of " + image.dim(0) + " x " + image.dim(1));
      }
      int channels = image.dim(2);
      // On the host: a product that is rounded otherwise on another device would move a rectangle.
      double[] place = random.uniform(Shape.of(images, channels, 2)).toDoubles();
      float[] inside = new float[images * image.size()];
      for (int i = 0; i < images * channels; i++) {
        int top = (int) (place[2 * i] * rows);
        int left = (int) (place[2 * i + 1] * columns);
        for (int y = top; y < top + height; y++) {
          for (int x = left; x < left + width; x++) {
            int pixel = (i / channels * image.dim(0) + y) * image.dim(1) + x;
            inside[pixel * channels + i % channels] = 1;
          }
        }
      }
      return Tensor.of(inside, batch(images, image).dims());
    }

    @Override
    public String toString() {
      return "random-rectangle " + height + " " + width;
    }
  }

  /** The whole image. */
  record Everywhere() implements Region {
    @Override
    public Tensor draw(RandomStream random, int images, Shape image) {
      return Tensor.ones(1, 1, 1, 1);
    }

    @Override
    public boolean isRandom() {
      return false;
    }

    @Override
    public String toString() {
      return "everywhere";
    }
  }

  private static Shape batch(int images, Shape image) {
    return Shape.of(images, image.dim(0), image.dim(1), image.dim(2));
  }
}
