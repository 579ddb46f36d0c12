package dev.teak.engine.jvm;

import dev.teak.engine.Shape;
import dev.teak.engine.backend.UnaryFunction;

/**
 * Where a convolution's rows of pixels go, and what is done to them while they are still in cache.
 * A convolution asks where to write a band of rows, writes them, and says that they are done; bands
 * are {@link #band} rows high, or a multiple of it, but for the last of an image.
 */
abstract class Sink {
  /** Rows that must come together. */
  int band() {
    return 1;
  }

  /** The array to write to, for this thread, when bands are {@code rows} high. */
  abstract float[] array(int rows);

  /** Where a row begins in it. */
  abstract int at(int image, int row, int rows);

  /** Rows are written. */
  void done(int image, int row, int count, int rows) {}

  /** Straight into {@code y}, of a shape {@code [N, P, Q, K]}. */
  static Sink plain(float[] y, Shape shape) {
    return new Into(y, shape);
  }

  /** Into {@code y}, and negative values to 0. */
  static Sink relu(float[] y, Shape shape, Loops loops) {
    int length = shape.dim(2) * shape.dim(3);
    return new Into(y, shape) {
      @Override
      void done(int image, int row, int count, int rows) {
        int at = at(image, row, rows);
        loops.unary(UnaryFunction.RELU, y, at, y, at, count * length);
      }
    };
  }

  private static class Into extends Sink {
    private final float[] y;
    private final int height;
    private final int length;

    Into(float[] y, Shape shape) {
      this.y = y;
      this.height = shape.dim(1);
      this.length = shape.dim(2) * shape.dim(3);
    }

    @Override
    final float[] array(int rows) {
      return y;
    }

    @Override
    final int at(int image, int row, int rows) {
      return (image * height + row) * length;
    }
  }
}
