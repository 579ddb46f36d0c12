package dev.teak.attacks;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * How large a perturbation is, sample by sample, and the three things that an attack needs of a
 * norm: the steepest direction, the projection onto the ball, a random point of it.
 */
public enum Norm {
  /** The largest absolute change of a pixel. */
  LINF {
    @Override
    Tensor steepest(Tensor gradient) {
      return gradient.sign();
    }

    @Override
    Tensor project(Tensor delta, double radius, double rounding) {
      double r = Math.max(0, radius - rounding);
      return delta.clip(-r, r);
    }

    @Override
    Tensor random(Shape shape, double radius, RandomStream random) {
      return random.uniform(shape, -radius, radius);
    }

    @Override
    public double of(float[] a, float[] b, int from, int to) {
      double largest = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
      }
      return largest;
    }
  },

  /** The Euclidean length of the change, over all pixels of an image. */
  L2 {
    @Override
    Tensor steepest(Tensor gradient) {
      // A zero gradient must stay zero, not become 0 / 0.
      return gradient.div(length(gradient).maximum(Float.MIN_NORMAL));
    }

    @Override
    Tensor project(Tensor delta, double radius, double rounding) {
      int pixels = delta.shape().size() / Math.max(1, delta.shape().dim(0));
      double r = Math.max(0, radius * (1 - RELATIVE) - rounding * Math.sqrt(pixels));
      return delta.mul(length(delta).maximum(Float.MIN_NORMAL).reciprocal().mul(r).minimum(1));
    }

    @Override
    Tensor random(Shape shape, double radius, RandomStream random) {
      // Gaussian directions with radius u^(1/d): uniform in the ball.
      Tensor direction = steepest(random.normal(shape));
      int pixels = shape.size() / Math.max(1, shape.dim(0));
      int[] perSample = new int[shape.rank()];
      java.util.Arrays.fill(perSample, 1);
      perSample[0] = shape.dim(0);
      return direction.mul(random.uniform(Shape.of(perSample)).pow(1.0 / pixels).mul(radius));
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
  };

  /** Room for the rounding of a length summed in float32. */
  private static final double RELATIVE = 1e-6;

  /** The direction of unit size, in this norm, in which a linear function grows most. */
  abstract Tensor steepest(Tensor gradient);

  /**
   * The nearest perturbation within {@code radius}, less what rounding {@code x + delta} may add to
   * a pixel, so that the bound holds exactly for the stored images.
   */
  abstract Tensor project(Tensor delta, double radius, double rounding);

  /** A random perturbation within {@code radius}, uniform over the ball. */
  abstract Tensor random(Shape shape, double radius, RandomStream random);

  /** The size of b - a over elements {@code from} to {@code to}, in double precision. */
  public abstract double of(float[] a, float[] b, int from, int to);

  private static Tensor length(Tensor x) {
    int[] axes = new int[x.shape().rank() - 1];
    java.util.Arrays.setAll(axes, i -> i + 1);
    return x.square().sumKeepDims(axes).sqrt();
  }
}
