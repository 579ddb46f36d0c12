package dev.teak.defenses.mask;

import dev.teak.engine.Functional;
import dev.teak.engine.Images;
import dev.teak.engine.Numbers;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** What a {@link Mask} puts into its region. */
public sealed interface Fill {
  /** What would stand there if the region were everywhere: the images' shape, or one like it. */
  Tensor of(Tensor images);

  /** One value. */
  static Fill constant(double value) {
    return new Constant(value);
  }

  /** The mean of {@code size} x {@code size} pixels; the size is odd. */
  static Fill blur(int size) {
    return Filter.blur(size);
  }

  /** Each pixel five times, less its four neighbours. */
  static Fill sharpen() {
    return Filter.SHARPEN;
  }

  /** Relief, lit from the upper left: a distortion that keeps the shapes. */
  static Fill emboss() {
    return Filter.EMBOSS;
  }

  /** Any small kernel of odd size, row by row. */
  static Fill kernel(Double... values) {
    return new Filter(List.of(values));
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
        throw new IllegalArgumentException("mask: fill " + value + ": must be a finite number");
      }
    }

    @Override
    public Tensor of(Tensor images) {
      return Tensor.full(images.device(), Shape.SCALAR, value);
    }

    @Override
    public String toString() {
      return "fill " + Numbers.exact(value);
    }
  }

  /**
   * The image under a small kernel, channel by channel: a cross-correlation, as convolutions of
   * networks are. Beyond its edge an image goes on with its outermost pixels. What leaves 0..1
   * stays as it is, unless an adversarial training follows.
   *
   * @param kernel k x k values, row by row, k being odd
   */
  record Filter(List<Double> kernel) implements Fill {
    private static final Filter SHARPEN =
        new Filter(List.of(0.0, -1.0, 0.0, -1.0, 5.0, -1.0, 0.0, -1.0, 0.0));
    private static final Filter EMBOSS =
        new Filter(List.of(-2.0, -1.0, 0.0, -1.0, 1.0, 1.0, 0.0, 1.0, 2.0));

    /** Rejects a number of values that is no odd square, and values that are no numbers. */
    public Filter {
      kernel = List.copyOf(kernel);
      int size = (int) Math.round(Math.sqrt(kernel.size()));
      if (size % 2 == 0 || size * size != kernel.size()) {
        throw new IllegalArgumentException(
            "mask: a filter of "
                + kernel.size()
                + " values: must be k x k with an odd k: 1, 9, 25, 49, ...");
      }
      if (!kernel.stream().allMatch(Double::isFinite)) {
        throw new IllegalArgumentException(
            "mask: a filter of " + kernel + ": its values must be finite numbers");
      }
    }

    private static Filter blur(int size) {
      if (size < 1 || size % 2 == 0) {
        throw new IllegalArgumentException("mask: blur " + size + ": must be odd, and 1 or more");
      }
      return new Filter(Collections.nCopies(size * size, 1.0 / (size * size)));
    }

    private int size() {
      return (int) Math.round(Math.sqrt(kernel.size()));
    }

    @Override
    public Tensor of(Tensor images) {
      int channels = images.shape().dim(3);
      int size = size();
      double[] weight = new double[channels * size * size];
      Arrays.setAll(weight, i -> kernel.get(i % (size * size)));
      Tensor w = Tensor.of(weight, channels, size, size, 1);
      int by = size / 2;
      Tensor x = Images.pad(images, by, by, by, by, "replicate");
      return Functional.conv2d(x, w, null, 1, 0, 1, channels);
    }

    @Override
    public String toString() {
      if (equals(SHARPEN)) {
        return "filter sharpen";
      }
      if (equals(EMBOSS)) {
        return "filter emboss";
      }
      if (equals(blur(size()))) {
        return "filter blur " + size();
      }
      return kernel.stream().map(Numbers::exact).collect(Collectors.joining(" ", "filter ", ""));
    }
  }
}
