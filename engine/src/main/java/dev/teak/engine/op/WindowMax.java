package dev.teak.engine.op;

import dev.teak.engine.Devices;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.IndexGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.backend.WindowAxis;
import java.util.Arrays;

/**
 * Max-pooling over windows of any size, also of unlike ones: of columns first, then of rows. Of
 * equals the first in reading order wins either way. The windows of an axis are laid out one behind
 * the other, which takes as much memory more as they overlap; where their places fit a byte, {@link
 * Pool2d.Max} takes none.
 */
public final class WindowMax {
  private WindowMax() {}

  /** Where the windows of one axis lie: the places of each, all within the image. */
  private interface Windows {
    int[] of(int output);
  }

  /** x {@code [N, H, W, C]} pooled to {@code [N, P, Q, C]}. */
  static Tensor apply(PoolGeometry g, Tensor x) {
    Tensor rows = along(x, 2, g.q(), o -> inside(g.columns(), o));
    return along(rows, 1, g.p(), o -> inside(g.rows(), o));
  }

  private static int[] inside(WindowAxis a, int output) {
    int[] places = new int[a.inside(output)];
    int first = a.first(output);
    while (first < 0) {
      first += a.dilation();
    }
    for (int i = 0; i < places.length; i++) {
      places[i] = first + i * a.dilation();
    }
    return places;
  }

  /**
   * Pooled to {@code [N, height, width, C]}, output i of an extent seeing the pixels from floor(i
   * in / out) to ceil((i + 1) in / out): PyTorch's adaptive windows, which overlap where the one
   * does not divide the other, and repeat pixels where they enlarge.
   *
   * @throws ShapeException if the image is empty, or the result is to be
   */
  public static Tensor adaptive(Tensor x, int height, int width) {
    Shape s = x.shape();
    x.requireFloat("adaptive_max_pool2d");
    if (s.rank() != 4 || height < 1 || width < 1 || s.dim(1) < 1 || s.dim(2) < 1) {
      throw new ShapeException(
          "adaptive_max_pool2d: input "
              + s
              + " to "
              + height
              + " x "
              + width
              + ": expects [N, H, W, C] of one pixel or more, and to one or more");
    }
    Tensor rows = along(x, 2, width, o -> share(s.dim(2), width, o));
    return along(rows, 1, height, o -> share(s.dim(1), height, o));
  }

  private static int[] share(int in, int out, int output) {
    int first = (int) ((long) output * in / out);
    int end = (int) (((output + 1L) * in + out - 1) / out);
    int[] places = new int[end - first];
    Arrays.setAll(places, i -> first + i);
    return places;
  }

  private static Tensor along(Tensor x, int axis, int outputs, Windows windows) {
    int longest = 0;
    for (int o = 0; o < outputs; o++) {
      longest = Math.max(longest, windows.of(o).length);
    }
    Tensor laidOut = laidOut(x, axis, outputs, longest, windows);
    int outer = laidOut.shape().dim(0);
    int inner = laidOut.shape().dim(2);
    Tensor winners = Order.argMax(laidOut.detach(), 1);
    IndexGeometry pick = new IndexGeometry(outer, longest, inner, 1, false, false);
    return Gather.apply(pick, laidOut, winners, x.shape().with(axis, outputs));
  }

  /**
   * The windows as {@code [lines x outputs, longest, inner]}; short ones repeat their last place.
   */
  private static Tensor laidOut(Tensor x, int axis, int outputs, int longest, Windows windows) {
    int[] index = new int[Shape.extent("max_pool2d", (long) outputs * longest)];
    for (int o = 0; o < outputs; o++) {
      int[] places = windows.of(o);
      for (int i = 0; i < longest; i++) {
        index[o * longest + i] = places[Math.min(i, places.length - 1)];
      }
    }
    IndexGeometry g = Indices.geometry(x.shape(), axis, index.length, true);
    int lines = Shape.extent("max_pool2d", (long) g.outer() * outputs);
    Shape shape = Shape.of(lines, longest, g.inner());
    try (Devices.Use use = Devices.use(x.device())) {
      return Gather.apply(g, x, Tensor.ofInts(index, index.length), shape);
    }
  }
}
