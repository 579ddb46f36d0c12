package dev.teak.attacks.gradient;

import dev.teak.attacks.SampleRandom;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * Random resizing and padding as two products with matrices, one for rows and one for columns, so
 * that each image has its own size and its gradient comes back through the transposes.
 */
final class DiverseInputs {
  private static final double SMALLEST = 0.9;

  private DiverseInputs() {}

  /**
   * The maps of one draw.
   *
   * @param rows {@code [N, H, H]}
   * @param columns {@code [N, W, W]}
   */
  record Maps(Tensor rows, Tensor columns) {
    /** The images {@code [N, H, W, C]} resized and padded. */
    Tensor apply(Tensor x) {
      return turned(turned(x, rows), columns);
    }

    /** The gradient of the images, from that of what {@link #apply} made. */
    Tensor back(Tensor gradient) {
      Tensor r = rows.transpose(1, 2);
      Tensor c = columns.transpose(1, 2);
      return turned(turned(gradient, r), c);
    }

    /** The product over the rows, with rows and columns exchanged: twice is once for each. */
    private static Tensor turned(Tensor x, Tensor map) {
      int n = x.shape().dim(0);
      int h = x.shape().dim(1);
      int w = x.shape().dim(2);
      int c = x.shape().dim(3);
      // [N, H, W, C] -> [N, H, W C] -> [N, H, W, C] -> [N, W, H, C]
      return map.matmul(x.reshape(n, h, w * c)).reshape(n, h, w, c).permute(0, 2, 1, 3);
    }
  }

  /** Draws a size and a place for each image, or leaves it as it is. */
  static Maps draw(Shape image, double probability, SampleRandom random) {
    int n = random.size();
    int h = image.dim(0);
    int w = image.dim(1);
    float[] rows = new float[n * h * h];
    float[] columns = new float[n * w * w];
    for (int i = 0; i < n; i++) {
      float[] u = random.peek(i, 4);
      double scale = u[0] < probability ? SMALLEST + (1 - SMALLEST) * u[1] : 1;
      resize(rows, i * h * h, h, scale, u[2]);
      resize(columns, i * w * w, w, scale, u[3]);
    }
    random.advance(4);
    return new Maps(Tensor.of(rows, n, h, h), Tensor.of(columns, n, w, w));
  }

  /** Bilinear, pixel centres at halves, zeros around. */
  private static void resize(float[] map, int at, int size, double scale, double place) {
    int small = (int) Math.round(size * scale);
    int before = (int) (place * (size - small + 1));
    for (int i = 0; i < small; i++) {
      double from = (i + 0.5) * size / small - 0.5;
      int low = Math.max(0, (int) Math.floor(from));
      int high = Math.min(size - 1, low + 1);
      double part = Math.max(0, from - low);
      map[at + (before + i) * size + low] += (float) (1 - part);
      map[at + (before + i) * size + high] += (float) part;
    }
  }
}
