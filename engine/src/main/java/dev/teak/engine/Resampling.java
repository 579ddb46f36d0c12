package dev.teak.engine;

import dev.teak.engine.backend.SparseMatrix;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/**
 * The rules by which one axis of an image is resized, pooled, padded or filtered, each as the
 * sparse matrix that does it ({@link dev.teak.engine.op.Resample}). {@link Images} chooses among
 * them as PyTorch does. Extents are 1 or more; a coordinate of 2.0 is the middle of element 2.
 */
public final class Resampling {
  private Resampling() {}

  // --- where an output element lies ---

  /** Coordinates whose pixels are squares, PyTorch's {@code align_corners=False}. */
  public static IntToDoubleFunction halfPixel(double scale) {
    return i -> scale * (i + 0.5) - 0.5;
  }

  /** Coordinates whose first and last elements lie on the first and last of the input. */
  public static IntToDoubleFunction alignCorners(int in, int out) {
    double scale = out > 1 ? (in - 1.0) / (out - 1) : 0;
    return i -> scale * i;
  }

  // --- resizing ---

  /**
   * Each output element is the input element that {@code source} names, or the nearest there is.
   */
  public static SparseMatrix nearest(int in, int out, IntUnaryOperator source) {
    SparseMatrix.Builder m = new SparseMatrix.Builder(out, in);
    for (int i = 0; i < out; i++) {
      m.add(Math.max(0, Math.min(source.applyAsInt(i), in - 1)), 1).endRow();
    }
    return m.build();
  }

  /** Linear between the two neighbours of each coordinate; constant beyond the ends. */
  public static SparseMatrix linear(int in, int out, IntToDoubleFunction source) {
    SparseMatrix.Builder m = new SparseMatrix.Builder(out, in);
    for (int i = 0; i < out; i++) {
      double at = Math.max(0, Math.min(source.applyAsDouble(i), in - 1.0));
      int low = (int) at;
      m.add(low, 1 - (at - low)).add(Math.min(low + 1, in - 1), at - low).endRow();
    }
    return m.build();
  }

  /**
   * Cubic convolution over four neighbours (Keys 1981), the ends repeated.
   *
   * @param a the kernel's parameter, -0.75 in PyTorch and -0.5 in Keys' paper
   */
  public static SparseMatrix cubic(int in, int out, IntToDoubleFunction source, double a) {
    SparseMatrix.Builder m = new SparseMatrix.Builder(out, in);
    for (int i = 0; i < out; i++) {
      double at = source.applyAsDouble(i);
      int low = (int) Math.floor(at);
      for (int k = low - 1; k <= low + 2; k++) {
        m.add(Math.max(0, Math.min(k, in - 1)), cubicWeight(at - k, a));
      }
      m.endRow();
    }
    return m.build();
  }

  private static double cubicWeight(double distance, double a) {
    double d = Math.abs(distance);
    if (d <= 1) {
      return ((a + 2) * d - (a + 3)) * d * d + 1;
    }
    return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
  }

  /**
   * Resizing by a triangle as wide as two output elements, where that is more than two input ones:
   * shrinking sees every element. Weights are normalised over those inside the image.
   *
   * @param scale input elements an output element
   */
  public static SparseMatrix smoothLinear(
      int in, int out, double scale, IntToDoubleFunction source) {
    return smooth(in, out, scale, source, 1, d -> Math.max(0, 1 - Math.abs(d)));
  }

  /** As {@link #smoothLinear}, by the cubic kernel with parameter -0.5, four elements wide. */
  public static SparseMatrix smoothCubic(
      int in, int out, double scale, IntToDoubleFunction source) {
    return smooth(in, out, scale, source, 2, d -> cubicWeight(d, -0.5));
  }

  /** A kernel of a distance. */
  private interface Kernel {
    double at(double distance);
  }

  private static SparseMatrix smooth(
      int in, int out, double scale, IntToDoubleFunction source, int reach, Kernel kernel) {
    double stretch = Math.max(1, scale);
    SparseMatrix.Builder m = new SparseMatrix.Builder(out, in);
    for (int i = 0; i < out; i++) {
      double at = source.applyAsDouble(i);
      int from = (int) Math.max(0, Math.floor(at - reach * stretch) + 1);
      int to = (int) Math.min(in - 1.0, Math.ceil(at + reach * stretch) - 1);
      double total = 0;
      for (int k = from; k <= to; k++) {
        total += kernel.at((k - at) / stretch);
      }
      for (int k = from; k <= to; k++) {
        m.add(k, kernel.at((k - at) / stretch) / total);
      }
      m.endRow();
    }
    return m.build();
  }

  /** The mean of elements floor(i in / out) to ceil((i + 1) in / out): adaptive pooling. */
  public static SparseMatrix adaptiveMean(int in, int out) {
    SparseMatrix.Builder m = new SparseMatrix.Builder(out, in);
    for (int i = 0; i < out; i++) {
      int from = (int) ((long) i * in / out);
      int to = (int) (((i + 1L) * in + out - 1) / out);
      for (int k = from; k < to; k++) {
        m.add(k, 1.0 / (to - from));
      }
      m.endRow();
    }
    return m.build();
  }

  // --- padding and filtering ---

  /** Zeros around an axis; a negative number of them cuts. */
  public static SparseMatrix zeros(int in, int before, int after) {
    SparseMatrix.Builder m = new SparseMatrix.Builder(padded(in, before, after), in);
    for (long i = -(long) before; i < (long) in + after; i++) {
      boolean inside = i >= 0 && i < in;
      m.add(inside ? (int) i : 0, inside ? 1 : 0).endRow();
    }
    return m.build();
  }

  /** The first and the last element repeated outwards; a negative number cuts. */
  public static SparseMatrix replicate(int in, int before, int after) {
    return nearest(in, padded(in, before, after), i -> i - before);
  }

  /**
   * The elements mirrored at the first and the last, which are not repeated; a negative number
   * cuts.
   *
   * @throws ShapeException where as many elements are added at an end as there are
   */
  public static SparseMatrix reflect(int in, int before, int after) {
    int out = padded(in, before, after);
    requireAtMost("reflect", in - 1, in, before, after);
    return nearest(in, out, i -> in - 1 - Math.abs(in - 1 - Math.abs(i - before)));
  }

  /**
   * The elements continued from the other end; a negative number cuts, before that.
   *
   * @throws ShapeException where more elements are added at an end than are left
   */
  public static SparseMatrix circular(int in, int before, int after) {
    int out = padded(in, before, after);
    int first = Math.max(0, -before);
    int period = in - first - Math.max(0, -after);
    requireAtMost("circular", period, in, before, after);
    return nearest(in, out, i -> first + Math.floorMod(i - Math.max(0, before), period));
  }

  private static void requireAtMost(String mode, int most, int in, int before, int after) {
    if (before > most || after > most) {
      throw new ShapeException(
          "pad: "
              + before
              + " and "
              + after
              + " around an axis of "
              + in
              + ": "
              + mode
              + " adds at most "
              + most
              + " at an end");
    }
  }

  private static int padded(int in, int before, int after) {
    long left = in + Math.min(0L, before) + Math.min(0L, after);
    if (in < 1 || left < 0) {
      throw new ShapeException(
          "pad: "
              + before
              + " and "
              + after
              + " around an axis of "
              + in
              + ": it must have 1 or more, and as many as are cut");
    }
    return Shape.extent("pad", (long) in + before + after);
  }

  /** A kernel moved along an axis, wherever it lies wholly inside: a cross-correlation. */
  public static SparseMatrix filter(int in, double... kernel) {
    int out = Math.max(0, in - kernel.length + 1);
    SparseMatrix.Builder m = new SparseMatrix.Builder(out, in);
    for (int i = 0; i < out; i++) {
      for (int k = 0; k < kernel.length; k++) {
        m.add(i + k, kernel[k]);
      }
      m.endRow();
    }
    return m.build();
  }

  /** e^(-d^2 / (2 sigma^2)) at whole distances d from the middle of {@code size}, summing to 1. */
  public static double[] gaussian(int size, double sigma) {
    double[] kernel = new double[size];
    double total = 0;
    for (int k = 0; k < size; k++) {
      double d = (k - (size - 1) / 2.0) / sigma;
      kernel[k] = Math.exp(-d * d / 2);
      total += kernel[k];
    }
    for (int k = 0; k < size; k++) {
      kernel[k] /= total;
    }
    return kernel;
  }
}
