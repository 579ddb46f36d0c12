package dev.teak.engine.backend;

import dev.teak.engine.PoolWindow;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Sliding;

/**
 * Everything a 2-d pooling needs to know of its shapes: input {@code [N, H, W, C]}, output {@code
 * [N, P, Q, C]}.
 *
 * @param n images
 * @param c channels
 * @param rows how the window moves down
 * @param columns how it moves across
 * @param countIncludePad whether an average counts the padding that its window sees
 * @param divisorOverride what an average divides by instead; 0 for none
 */
public record PoolGeometry(
    int n,
    int c,
    WindowAxis rows,
    WindowAxis columns,
    boolean countIncludePad,
    int divisorOverride) {

  /** Places of a window whose winner's number fits a byte. */
  public static final int MOST_PLACES = 256;

  /** Input height. */
  public int h() {
    return rows.in();
  }

  /** Input width. */
  public int w() {
    return columns.in();
  }

  /** Output height. */
  public int p() {
    return rows.out();
  }

  /** Output width. */
  public int q() {
    return columns.out();
  }

  /** Places of a window: place {@code row * width + column}. */
  public int places() {
    return rows.taps() * columns.taps();
  }

  /** What the average of output pixel (p, q) divides by. */
  public int divisor(int p, int q) {
    if (divisorOverride > 0) {
      return divisorOverride;
    }
    return countIncludePad
        ? rows.insidePadded(p) * columns.insidePadded(q)
        : rows.inside(p) * columns.inside(q);
  }

  /** What all averages divide by, or 0 where they differ. */
  public int commonDivisor() {
    boolean whole =
        countIncludePad
            && rows.insidePadded(p() - 1) == rows.taps()
            && columns.insidePadded(q() - 1) == columns.taps();
    return divisorOverride == 0 && whole ? places() : divisorOverride;
  }

  /** Whether windows meet without overlap, and none hangs over the border. */
  public boolean isTiled() {
    return rows.isTiled() && columns.isTiled();
  }

  /** Shape of the input, {@code [N, H, W, C]}. */
  public Shape input() {
    return Shape.of(n, h(), w(), c);
  }

  /** Shape of the output, {@code [N, P, Q, C]}. */
  public Shape output() {
    return Shape.of(n, p(), q(), c);
  }

  /** As PyTorch's numbers say it: the same both ways and on all sides. */
  public static PoolGeometry square(
      int n, int h, int w, int c, int window, int stride, int padding) {
    PoolWindow how = PoolWindow.of(window).stride(stride).padding(padding);
    return of("pool2d", Shape.of(n, h, w, c), how);
  }

  /**
   * The geometry of {@code op} on an input.
   *
   * @throws ShapeException naming the op and the shape where the window does not fit
   */
  public static PoolGeometry of(String op, Shape x, PoolWindow window) {
    if (x.rank() != 4 || x.dim(1) < 1 || x.dim(2) < 1) {
      throw new ShapeException(op + ": input " + x + ": expects [N, H, W, C] of one pixel or more");
    }
    Sliding s = window.sliding();
    boolean ceil = window.ceilMode();
    try {
      WindowAxis rows =
          WindowAxis.of(
              x.dim(1), window.height(), s.strideH(), s.dilationH(), s.top(), s.bottom(), ceil);
      WindowAxis columns =
          WindowAxis.of(
              x.dim(2), window.width(), s.strideW(), s.dilationW(), s.left(), s.right(), ceil);
      requireSeeing(rows);
      requireSeeing(columns);
      return new PoolGeometry(
          x.dim(0), x.dim(3), rows, columns, window.countIncludePad(), window.divisorOverride());
    } catch (ShapeException e) {
      throw new ShapeException(op + ": input " + x + ": " + e.getMessage());
    }
  }

  /** A dilated window may have its places on both sides of a small image, and none in it. */
  private static void requireSeeing(WindowAxis a) {
    for (int o = 0; a.dilation() > 1 && o < a.out(); o++) {
      if (a.inside(o) == 0) {
        throw new ShapeException(
            "a window of "
                + a.taps()
                + " with dilation "
                + a.dilation()
                + " sees nothing of "
                + a.in());
      }
    }
  }
}
