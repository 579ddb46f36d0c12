package dev.teak.attacks;

import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.Arrays;
import java.util.Locale;

/**
 * How large a perturbation is, image by image, and what an attack needs of a norm: the size, the
 * steepest direction, the projection onto the ball, a random point of it. A size for each image is
 * a tensor {@code [N, 1, 1, 1]}.
 */
public enum Norm {
  /** How many pixel values change. No norm, but called one. */
  L0 {
    @Override
    public Tensor size(Tensor x) {
      return x.ne(0).sumKeepDims(axes(x));
    }

    @Override
    public Tensor dual(Tensor gradient) {
      return gradient.abs().maxKeepDims(axes(gradient));
    }

    @Override
    public Tensor steepest(Tensor gradient) {
      return L1.steepest(gradient);
    }

    @Override
    public Tensor project(Tensor delta, Tensor radius) {
      return PerImage.map(delta, radius, Balls::largest);
    }

    @Override
    Tensor random(Shape shape, double radius, SampleRandom random) {
      Shape image = imageOf(shape);
      Tensor signs = random.signs(image);
      return signs.mul(random.uniform(image, 0, 1).lt(radius / image.size()));
    }

    @Override
    public double of(float[] a, float[] b, int from, int to) {
      int changed = 0;
      for (int i = from; i < to; i++) {
        changed += a[i] != b[i] ? 1 : 0;
      }
      return changed;
    }

    @Override
    double ofConstant(double change, int pixels) {
      return pixels;
    }
  },

  /** The sum of absolute changes. */
  L1 {
    @Override
    public Tensor size(Tensor x) {
      return x.abs().sumKeepDims(axes(x));
    }

    @Override
    public Tensor dual(Tensor gradient) {
      return gradient.abs().maxKeepDims(axes(gradient));
    }

    /**
     * Shared evenly by the largest hundredth of the gradient: one pixel at a time, the steepest
     * direction itself, takes too many steps (Tramer and Boneh, NeurIPS 2019, section 3.3).
     */
    @Override
    public Tensor steepest(Tensor gradient) {
      return PerImage.map(gradient, null, Balls::sparseSigns);
    }

    @Override
    public Tensor project(Tensor delta, Tensor radius) {
      return PerImage.map(delta, radius, Balls::projectL1);
    }

    @Override
    Tensor random(Shape shape, double radius, SampleRandom random) {
      // Exponential magnitudes under random signs, over their sum: uniform on the sphere.
      Shape image = imageOf(shape);
      Tensor e = random.uniform(image, 0, 1).neg().add(1).log().mul(random.signs(image));
      return e.div(size(e).maximum(Float.MIN_NORMAL)).mul(inBall(image, radius, random));
    }

    @Override
    public double of(float[] a, float[] b, int from, int to) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += Math.abs((double) a[i] - b[i]);
      }
      return sum;
    }

    @Override
    double ofConstant(double change, int pixels) {
      return change * pixels;
    }
  },

  /** The Euclidean length of the change, over all pixel values of an image. */
  L2 {
    @Override
    public Tensor size(Tensor x) {
      return x.square().sumKeepDims(axes(x)).sqrt();
    }

    @Override
    public Tensor dual(Tensor gradient) {
      return size(gradient);
    }

    @Override
    public Tensor steepest(Tensor gradient) {
      // Scaled by the largest first, so that no square of a tiny gradient becomes 0; and a zero
      // gradient must stay zero, not become 0 / 0.
      Tensor largest = gradient.abs().maxKeepDims(axes(gradient)).maximum(Float.MIN_NORMAL);
      Tensor scaled = gradient.div(largest);
      return scaled.div(size(scaled).maximum(Float.MIN_NORMAL));
    }

    @Override
    public Tensor project(Tensor delta, Tensor radius) {
      return delta.mul(radius.div(size(delta).maximum(Float.MIN_NORMAL)).minimum(1));
    }

    @Override
    Tensor random(Shape shape, double radius, SampleRandom random) {
      Shape image = imageOf(shape);
      return steepest(random.normal(image)).mul(inBall(image, radius, random));
    }

    @Override
    public double of(float[] a, float[] b, int from, int to) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        double d = (double) a[i] - b[i];
        sum += d * d;
      }
      return Math.sqrt(sum);
    }

    @Override
    double ofConstant(double change, int pixels) {
      return change * Math.sqrt(pixels);
    }
  },

  /** The largest absolute change of a pixel value. */
  LINF {
    @Override
    public Tensor size(Tensor x) {
      return x.abs().maxKeepDims(axes(x));
    }

    @Override
    public Tensor dual(Tensor gradient) {
      return gradient.abs().sumKeepDims(axes(gradient));
    }

    @Override
    public Tensor steepest(Tensor gradient) {
      return gradient.sign();
    }

    @Override
    public Tensor project(Tensor delta, Tensor radius) {
      return delta.minimum(radius).maximum(radius.neg());
    }

    @Override
    Tensor project(Tensor delta, double radius) {
      return delta.clip(-radius, radius);
    }

    @Override
    Tensor random(Shape shape, double radius, SampleRandom random) {
      return random.uniform(imageOf(shape), -radius, radius);
    }

    @Override
    public double of(float[] a, float[] b, int from, int to) {
      double largest = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
      }
      return largest;
    }

    @Override
    double ofConstant(double change, int pixels) {
      return change;
    }
  };

  /** As the field writes it: linf. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Room for the rounding of a length or a sum made in float32. */
  private static final double RELATIVE = 1e-6;

  /** The size of each image, {@code [N, 1, 1, 1]}. */
  public abstract Tensor size(Tensor x);

  /** The size of each gradient in the dual norm: the slope along the steepest direction. */
  public abstract Tensor dual(Tensor gradient);

  /** The direction of unit size in which a linear function grows most; 0 for a zero gradient. */
  public abstract Tensor steepest(Tensor gradient);

  /**
   * The nearest perturbation within a radius.
   *
   * @param radius {@code [N, 1, 1, 1]} or {@code [1, 1, 1, 1]}, 0 or more
   */
  public abstract Tensor project(Tensor delta, Tensor radius);

  Tensor project(Tensor delta, double radius) {
    return project(delta, Tensor.full(delta.device(), Shape.of(1, 1, 1, 1), radius));
  }

  /** A random perturbation within {@code radius}, uniform over the ball. */
  abstract Tensor random(Shape shape, double radius, SampleRandom random);

  /** The size of b - a over elements {@code from} to {@code to}, in double precision. */
  public abstract double of(float[] a, float[] b, int from, int to);

  /** The size of the same change of so many pixels. */
  abstract double ofConstant(double change, int pixels);

  /** The radius to project to, so that the bound holds for images rounded to floats. */
  double reach(double radius, int pixels, double rounding) {
    double relative = this == L1 || this == L2 ? RELATIVE : 0;
    double absolute = this == L0 ? 0 : ofConstant(rounding, pixels);
    return Math.max(0, radius * (1 - relative) - absolute);
  }

  /** Radius times u^(1/d) for each image: how far out a uniform point of a ball lies. */
  private static Tensor inBall(Shape image, double radius, SampleRandom random) {
    return random.uniform(Shape.of(1, 1, 1), 0, 1).pow(1.0 / image.size()).mul(radius);
  }

  private static Shape imageOf(Shape batch) {
    return Shape.of(batch.dim(1), batch.dim(2), batch.dim(3));
  }

  private static int[] axes(Tensor x) {
    int[] axes = new int[x.shape().rank() - 1];
    Arrays.setAll(axes, i -> i + 1);
    return axes;
  }
}
