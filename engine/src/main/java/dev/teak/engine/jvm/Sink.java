package dev.teak.engine.jvm;

import dev.teak.engine.Shape;
import dev.teak.engine.backend.UnaryFunction;

/**
 * Where a convolution's pixels go, and what is done to them while they are still in cache. A
 * convolution asks where to write a band of rows, or some channels of it, writes it, and says that
 * it is done; bands are {@link #band} rows high, or a multiple of it, but for the last of an image.
 */
abstract class Sink {
  /** Rows of an image, and neighbouring channels of them. A task has one, which it moves along. */
  static final class Band {
    private final int rows;
    private final int channel;
    private final int channels;
    private int image;
    private int row;

    /** Bands so many rows high. */
    Band(int rows, int channel, int channels) {
      this.rows = rows;
      this.channel = channel;
      this.channels = channels;
    }

    Band to(int image, int row) {
      this.image = image;
      this.row = row;
      return this;
    }

    int rows() {
      return rows;
    }

    int channel() {
      return channel;
    }

    int channels() {
      return channels;
    }

    int image() {
      return image;
    }

    int row() {
      return row;
    }
  }

  /** Rows that must come together. */
  int band() {
    return 1;
  }

  /** Told before the first band which pixels are to be equal. */
  void expect(EqualPatches equal) {}

  /** After the last band: gives an image's equal pixels, of which there are some, one result. */
  void even(int image) {}

  /** The array to write to, for this thread. */
  abstract float[] array(Band band);

  /** Where the first pixel of a band's first row begins in it. */
  abstract int at(Band band);

  /** Distance between neighbouring pixels; rows lie a row of pixels apart. */
  abstract int pixel(Band band);

  /** So many rows of the band are written. */
  void done(Band band, int count) {}

  /** Straight into {@code y}, of a shape {@code [N, P, Q, K]}. */
  static Sink plain(float[] y, Shape shape) {
    return new Into(y, shape);
  }

  /** Into {@code before}, and a function of it into {@code y}; both may be one. */
  static Sink activated(UnaryFunction f, float[] before, float[] y, Shape shape, Loops loops) {
    return new Into(before, shape) {
      @Override
      void done(Band band, int count) {
        int pixels = count * shape.dim(2);
        loops.unary(f, before, y, at(band), pixel(band), pixels, band.channels());
      }

      @Override
      void even(int image) {
        super.even(image);
        if (y != before) {
          copyEqual(image, y);
        }
      }
    };
  }

  private static class Into extends Sink {
    private final float[] y;
    private final Shape shape;
    private EqualPatches equal;

    Into(float[] y, Shape shape) {
      this.y = y;
      this.shape = shape;
    }

    @Override
    final void expect(EqualPatches patches) {
      equal = patches;
    }

    @Override
    void even(int image) {
      copyEqual(image, y);
    }

    final void copyEqual(int image, float[] of) {
      equal.copy(image, of, shape.dim(3));
    }

    @Override
    final float[] array(Band band) {
      return y;
    }

    @Override
    final int at(Band band) {
      int row = band.image() * shape.dim(1) + band.row();
      return row * shape.dim(2) * shape.dim(3) + band.channel();
    }

    @Override
    final int pixel(Band band) {
      return shape.dim(3);
    }
  }
}
