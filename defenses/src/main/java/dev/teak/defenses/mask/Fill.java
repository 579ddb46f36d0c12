package dev.teak.defenses.mask;

import dev.teak.engine.Functional;
import dev.teak.engine.Images;
import dev.teak.engine.Numbers;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.settings.Registered;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** What a {@link Mask} puts into its region. */
@Registered(Fills.class)
public interface Fill {
  /** What would stand there if the region were everywhere: the images' shape, or one like it. */
  Tensor of(Tensor images);

  /** One value. */
  static Fill constant(double value) {
    return new Constant(value);
  }

  /** The mean of {@code size} x {@code size} pixels; the size is odd. */
  static Fill blur(int size) {
    return new Blur(size);
  }

  /** Each pixel five times, less its four neighbours. */
  static Fill sharpen() {
    return new Sharpen();
  }

  /** Relief, lit from the upper left: a distortion that keeps the shapes. */
  static Fill emboss() {
    return new Emboss();
  }

  /** Any small kernel of odd size, row by row. */
  static Fill kernel(Double... values) {
    return new Kernel(List.of(values));
  }

  /**
   * The images under a small kernel, channel by channel: a cross-correlation, as convolutions of
   * networks are. Beyond its edge an image goes on with its outermost pixels. What leaves 0..1
   * stays as it is, unless an adversarial training follows.
   *
   * @param kernel k x k values, row by row, k being odd
   */
  private static Tensor filtered(Tensor images, List<Double> kernel) {
    int channels = images.shape().dim(3);
    int size = (int) Math.round(Math.sqrt(kernel.size()));
    double[] weight = new double[channels * size * size];
    Arrays.setAll(weight, i -> kernel.get(i % (size * size)));
    Tensor w = Tensor.of(weight, channels, size, size, 1);
    int by = size / 2;
    Tensor x = Images.pad(images, by, by, by, by, "replicate");
    return Functional.conv2d(x, w, null, 1, 0, 1, channels);
  }

  /**
   * One value, such as 0 or 1 for the paper's 0 and 255 before scaling.
   *
   * @param value pixels being in 0..1
   */
  record Constant(double value) implements Fill {
    /** Rejects what is no number. */
    public Constant {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("value: " + value + ": must be a finite number");
      }
    }

    @Override
    public Tensor of(Tensor images) {
      return Tensor.full(images.device(), Shape.SCALAR, value);
    }

    @Override
    public String toString() {
      return "constant " + Numbers.exact(value);
    }
  }

  /**
   * The mean of {@code size} x {@code size} pixels.
   *
   * @param size odd, 1 or more
   */
  record Blur(int size) implements Fill {
    /** Rejects a window without a middle. */
    public Blur {
      if (size < 1 || size % 2 == 0) {
        throw new IllegalArgumentException("size: " + size + ": must be odd, and 1 or more");
      }
    }

    @Override
    public Tensor of(Tensor images) {
      return filtered(images, Collections.nCopies(size * size, 1.0 / (size * size)));
    }

    @Override
    public String toString() {
      return "blur " + size;
    }
  }

  /** Each pixel five times, less its four neighbours. */
  record Sharpen() implements Fill {
    @Override
    public Tensor of(Tensor images) {
      return filtered(images, List.of(0.0, -1.0, 0.0, -1.0, 5.0, -1.0, 0.0, -1.0, 0.0));
    }

    @Override
    public String toString() {
      return "sharpen";
    }
  }

  /** Relief, lit from the upper left. */
  record Emboss() implements Fill {
    @Override
    public Tensor of(Tensor images) {
      return filtered(images, List.of(-2.0, -1.0, 0.0, -1.0, 1.0, 1.0, 0.0, 1.0, 2.0));
    }

    @Override
    public String toString() {
      return "emboss";
    }
  }

  /**
   * Any small kernel.
   *
   * @param values k x k of them, row by row, k being odd
   */
  record Kernel(List<Double> values) implements Fill {
    /** Rejects a number of values that is no odd square, and values that are no numbers. */
    public Kernel {
      values = List.copyOf(values);
      int size = (int) Math.round(Math.sqrt(values.size()));
      if (size % 2 == 0 || size * size != values.size()) {
        throw new IllegalArgumentException(
            "values: "
                + values.size()
                + " of them: must be k x k with an odd k: 1, 9, 25, 49, ...");
      }
      if (!values.stream().allMatch(Double::isFinite)) {
        throw new IllegalArgumentException("values: " + values + ": must be finite numbers");
      }
    }

    @Override
    public Tensor of(Tensor images) {
      return filtered(images, values);
    }

    @Override
    public String toString() {
      return values.stream().map(Numbers::exact).collect(Collectors.joining(",", "kernel [", "]"));
    }
  }
}
