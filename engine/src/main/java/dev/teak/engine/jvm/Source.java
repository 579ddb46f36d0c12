package dev.teak.engine.jvm;

import dev.teak.engine.Shape;
import java.util.function.Consumer;

/**
 * Where a convolution takes rows of pixels from: an array, or something that makes them as they are
 * asked for, so that they never lie in memory.
 */
abstract class Source {
  /** All rows one after the other, or null where they are made. */
  float[] array() {
    return null;
  }

  /** What of a pooling the rows are made of, or null. */
  PooledGrads.Pooled pooled() {
    return null;
  }

  /** Writes a row of an image to {@code to[at..]}. */
  abstract void row(int image, int row, float[] to, int at);

  /** Calls {@code then} with all rows one after the other, made beforehand if need be. */
  final void whole(Shape shape, Workers workers, Scratch scratch, Consumer<float[]> then) {
    if (array() != null) {
      then.accept(array());
      return;
    }
    int rows = shape.dim(1);
    int length = shape.dim(2) * shape.dim(3);
    float[] made = scratch.shared(shape.size());
    workers.run(shape.dim(0) * rows, i -> row(i / rows, i % rows, made, i * length));
    then.accept(made);
    scratch.giveBack(made);
  }

  /** The rows of {@code x}, of a shape {@code [N, H, W, C]}. */
  static Source of(float[] x, Shape shape) {
    int height = shape.dim(1);
    int length = shape.dim(2) * shape.dim(3);
    return new Source() {
      @Override
      float[] array() {
        return x;
      }

      @Override
      void row(int image, int row, float[] to, int at) {
        System.arraycopy(x, (image * height + row) * length, to, at, length);
      }
    };
  }
}
