package dev.teak.engine;

/**
 * The window of a pooling and how it slides. To be read aloud: {@code
 * PoolWindow.of(3).stride(2).padding(1).ceilMode(true)}.
 *
 * @param height rows of the window, 1 or more
 * @param width columns of the window, 1 or more
 * @param sliding how it slides; padding never wins a maximum
 * @param ceilMode whether a last window may hang over the far border, if it begins before it
 * @param countIncludePad whether an average divides by all places of the window within the padded
 *     image; else by those within the image
 * @param divisorOverride what an average divides by instead; 0 for none
 */
public record PoolWindow(
    int height,
    int width,
    Sliding sliding,
    boolean ceilMode,
    boolean countIncludePad,
    int divisorOverride) {

  /**
   * Checked.
   *
   * @throws ShapeException if the window is empty or a padding is more than half of its span
   */
  public PoolWindow {
    if (height < 1 || width < 1) {
      throw new ShapeException(
          "pooling: a window of " + height + " x " + width + ": must be 1 x 1 or more");
    }
    boolean fits =
        Math.max(sliding.top(), sliding.bottom()) <= span(height, sliding.dilationH()) / 2
            && Math.max(sliding.left(), sliding.right()) <= span(width, sliding.dilationW()) / 2;
    if (!fits) {
      throw new ShapeException(
          "pooling: padding of "
              + sliding
              + " must be at most half of the window of "
              + height
              + " x "
              + width);
    }
    if (divisorOverride < 0) {
      throw new ShapeException(
          "pooling: divisor " + divisorOverride + " must be 1 or more, or 0 for none");
    }
  }

  private static long span(int places, int dilation) {
    return dilation * (places - 1L) + 1;
  }

  /** A square window; its stride is its size, as in PyTorch. */
  public static PoolWindow of(int size) {
    return of(size, size);
  }

  /** An oblong window; its strides are its extents. */
  public static PoolWindow of(int height, int width) {
    Sliding apart = Sliding.of().stride(Math.max(1, height), Math.max(1, width));
    return new PoolWindow(height, width, apart, false, true, 0);
  }

  /** With another stride, both ways. */
  public PoolWindow stride(int both) {
    return sliding(sliding.stride(both));
  }

  /** With so much padding on all sides. */
  public PoolWindow padding(int all) {
    return sliding(sliding.padding(all));
  }

  /** With this distance between its places, both ways. */
  public PoolWindow dilation(int both) {
    return sliding(sliding.dilation(both));
  }

  /** Sliding so: for steps and paddings of each axis and side. */
  public PoolWindow sliding(Sliding how) {
    return new PoolWindow(height, width, how, ceilMode, countIncludePad, divisorOverride);
  }

  /** Whether a last window may hang over the far border. */
  public PoolWindow ceilMode(boolean on) {
    return new PoolWindow(height, width, sliding, on, countIncludePad, divisorOverride);
  }

  /** Whether an average counts the padding. */
  public PoolWindow countIncludePad(boolean on) {
    return new PoolWindow(height, width, sliding, ceilMode, on, divisorOverride);
  }

  /** What an average divides by, whatever its window sees. */
  public PoolWindow divisorOverride(int divisor) {
    return new PoolWindow(height, width, sliding, ceilMode, countIncludePad, divisor);
  }
}
