package dev.teak.defenses.gradient;

import dev.teak.engine.Functional;
import dev.teak.engine.Numbers;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.optim.GradientClipping;
import dev.teak.nn.settings.Registered;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.util.KthSelector;

/** How a {@link GradientManipulation} changes gradients: without a memory. */
@Registered(Rules.class)
public interface Rule {
  /**
   * The gradients to go on with.
   *
   * @param gradients of one backward pass: one for each parameter, or that of a layer's output
   * @param random of this step
   * @return as many, of the same shapes
   */
  List<Tensor> apply(List<Tensor> gradients, RandomStream random);

  /** Whether it says something of a gradient of this shape. */
  default boolean fits(Shape gradient) {
    return true;
  }

  private static List<Tensor> each(List<Tensor> gradients, UnaryOperator<Tensor> change) {
    return gradients.stream().map(change).toList();
  }

  private static void requirePositive(String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(what + " " + value + ": must be more than 0, and finite");
    }
  }

  /**
   * Gaussian noise on every element (Neelakantan et al. 2015, "Adding gradient noise improves
   * learning for very deep networks", without the decay).
   *
   * @param sigma its standard deviation
   */
  record Noise(double sigma) implements Rule {
    /** Rejects what is no deviation. */
    public Noise {
      requirePositive("noise", sigma);
    }

    @Override
    public List<Tensor> apply(List<Tensor> gradients, RandomStream random) {
      return each(gradients, g -> g.add(random.normal(g.shape()).mul(sigma)));
    }

    @Override
    public String toString() {
      return "noise " + Numbers.exact(sigma);
    }
  }

  /**
   * Every element to within [-limit, limit]; PyTorch's {@code clip_grad_value_}.
   *
   * @param limit largest magnitude
   */
  record ClipValue(double limit) implements Rule {
    /** Rejects what is no limit. */
    public ClipValue {
      requirePositive("clip-value", limit);
    }

    @Override
    public List<Tensor> apply(List<Tensor> gradients, RandomStream random) {
      return each(gradients, g -> g.clip(-limit, limit));
    }

    @Override
    public String toString() {
      return "clip-value " + Numbers.exact(limit);
    }
  }

  /**
   * All gradients together scaled down to a length of {@code limit} where they are longer;
   * PyTorch's {@code clip_grad_norm_} (Pascanu et al., ICML 2013, algorithm 1).
   *
   * @param limit largest Euclidean norm of all elements
   */
  record ClipNorm(double limit) implements Rule {
    /** Rejects what is no limit. */
    public ClipNorm {
      requirePositive("clip-norm", limit);
    }

    @Override
    public List<Tensor> apply(List<Tensor> gradients, RandomStream random) {
      if (gradients.isEmpty()) {
        return gradients;
      }
      Tensor factor = GradientClipping.factor(GradientClipping.norm(gradients, 2), limit);
      return each(gradients, g -> g.mul(factor));
    }

    @Override
    public String toString() {
      return "clip-norm " + Numbers.exact(limit);
    }
  }

  /**
   * The mean over windows of height and width, of gradients that have them: {@code [N, H, W, C]} of
   * a layer's output, {@code [K, R, S, C]} of a convolution's weight. Zeros lie beyond the edge.
   *
   * @param size of the window; odd, 3 or more
   */
  record Smooth(int size) implements Rule {
    /** Rejects windows without a middle. */
    public Smooth {
      if (size < 3 || size % 2 == 0) {
        throw new IllegalArgumentException("smooth " + size + ": must be odd, and 3 or more");
      }
    }

    @Override
    public boolean fits(Shape gradient) {
      return gradient.rank() == 4;
    }

    @Override
    public List<Tensor> apply(List<Tensor> gradients, RandomStream random) {
      return each(gradients, g -> fits(g.shape()) ? smoothed(g) : g);
    }

    private Tensor smoothed(Tensor g) {
      return Functional.avgPool2d(g, size, 1, size / 2);
    }

    @Override
    public String toString() {
      return "smooth " + size;
    }
  }

  /**
   * The smallest elements of each gradient, by magnitude, to zero; those as small as the largest of
   * them go as well.
   *
   * @param fraction how many of them, in [0, 1)
   */
  record Zero(double fraction) implements Rule {
    /** Rejects what is no share, and all of it. */
    public Zero {
      if (!(fraction >= 0 && fraction < 1)) {
        throw new IllegalArgumentException("zero " + fraction + ": must be in [0, 1)");
      }
    }

    @Override
    public List<Tensor> apply(List<Tensor> gradients, RandomStream random) {
      return each(gradients, this::without);
    }

    private Tensor without(Tensor g) {
      int count = (int) (fraction * g.shape().size());
      if (count == 0) {
        return g;
      }
      Tensor size = g.abs();
      double limit = new KthSelector().select(size.toDoubles(), null, count - 1);
      return g.mul(size.gt(limit));
    }

    @Override
    public String toString() {
      return "zero " + Numbers.exact(fraction);
    }
  }

  /** The sign of every element: 1, -1, or 0 (Bernstein et al., "signSGD", ICML 2018). */
  record Sign() implements Rule {
    @Override
    public List<Tensor> apply(List<Tensor> gradients, RandomStream random) {
      return each(gradients, Tensor::sign);
    }

    @Override
    public String toString() {
      return "sign";
    }
  }

  /**
   * Every element to the nearest multiple of the gradient's largest magnitude over {@code levels}:
   * 2 levels + 1 values are left, zero among them.
   *
   * @param levels above zero; 1 or more
   */
  record Quantise(int levels) implements Rule {
    /** Keeps a gradient of zero from being divided by zero. */
    private static final double LEAST = 1e-30;

    /** Rejects fewer than one level. */
    public Quantise {
      if (levels < 1) {
        throw new IllegalArgumentException("quantise " + levels + ": must be 1 or more");
      }
    }

    @Override
    public List<Tensor> apply(List<Tensor> gradients, RandomStream random) {
      return each(gradients, this::rounded);
    }

    private Tensor rounded(Tensor g) {
      Tensor step = g.abs().max().div(levels).maximum(LEAST);
      return g.div(step).round().mul(step);
    }

    @Override
    public String toString() {
      return "quantise " + levels;
    }
  }
}
