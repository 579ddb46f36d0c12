package dev.teak.engine.backend;

import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;

/**
 * Everything a 2-d pooling needs to know of its shapes: input {@code [N, H, W, C]}, output {@code
 * [N, P, Q, C]}.
 *
 * @param n images
 * @param h input height
 * @param w input width
 * @param c channels
 * @param window side of the square window, at most 16, so that a winner's place fits a byte
 * @param stride step of the window
 * @param padding ring around the image: never wins a maximum, counts as zeros in an average
 */
public record PoolGeometry(int n, int h, int w, int c, int window, int stride, int padding) {

  /** Output height. */
  public int p() {
    return (int) (Math.floorDiv(h + 2L * padding - window, stride) + 1);
  }

  /** Output width. */
  public int q() {
    return (int) (Math.floorDiv(w + 2L * padding - window, stride) + 1);
  }

  /** Shape of the input, {@code [N, H, W, C]}. */
  public Shape input() {
    return Shape.of(n, h, w, c);
  }

  /** Shape of the output, {@code [N, P, Q, C]}. */
  public Shape output() {
    return Shape.of(n, p(), q(), c);
  }

  /**
   * The geometry of {@code op} on an input.
   *
   * @throws ShapeException naming the op and the shape where the window does not fit
   */
  public static PoolGeometry of(String op, Shape x, int window, int stride, int padding) {
    if (x.rank() != 4) {
      throw new ShapeException(op + ": input " + x + ": expects [N, H, W, C]");
    }
    if (window < 1 || window > 16 || stride < 1 || padding < 0 || padding > window / 2) {
      throw new ShapeException(
          op
              + ": window "
              + window
              + ", stride "
              + stride
              + ", padding "
              + padding
              + ": window must be 1..16, stride 1 or more, padding at most half the window");
    }
    // A longer step than the image changes nothing.
    int step = (int) Math.min(stride, Math.max(x.dim(1), x.dim(2)) + 2L * padding + 1);
    PoolGeometry g =
        new PoolGeometry(x.dim(0), x.dim(1), x.dim(2), x.dim(3), window, step, padding);
    if (g.p() < 1 || g.q() < 1 || x.dim(1) < 1 || x.dim(2) < 1) {
      throw new ShapeException(
          op + ": window " + window + " with padding " + padding + " does not fit into input " + x);
    }
    return g;
  }
}
