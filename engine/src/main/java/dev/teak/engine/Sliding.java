package dev.teak.engine;

/**
 * How the window of a convolution or a pooling slides over images: its step, the padding on each
 * side, and the distance between its taps, for rows and columns by themselves. To be read aloud:
 * {@code Sliding.of().stride(2).padding(1)}.
 *
 * @param strideH step down, 1 or more
 * @param strideW step across, 1 or more
 * @param top padding above, 0 or more
 * @param left padding on the left
 * @param bottom padding below
 * @param right padding on the right
 * @param dilationH distance between rows of taps, 1 or more
 * @param dilationW distance between columns of taps
 */
public record Sliding(
    int strideH,
    int strideW,
    int top,
    int left,
    int bottom,
    int right,
    int dilationH,
    int dilationW) {

  private static final Sliding PLAIN = new Sliding(1, 1, 0, 0, 0, 0, 1, 1);

  /**
   * Checked.
   *
   * @throws ShapeException if a stride or dilation is below 1 or a padding below 0
   */
  public Sliding {
    if (strideH < 1 || strideW < 1 || dilationH < 1 || dilationW < 1) {
      throw new ShapeException(
          "stride ["
              + strideH
              + ", "
              + strideW
              + "] and dilation ["
              + dilationH
              + ", "
              + dilationW
              + "] must be 1 or more");
    }
    if (top < 0 || left < 0 || bottom < 0 || right < 0) {
      throw new ShapeException(
          "padding ["
              + top
              + ", "
              + left
              + ", "
              + bottom
              + ", "
              + right
              + "] (top, left, bottom, right) must be 0 or more");
    }
  }

  /** PyTorch's defaults: stride 1, no padding, dilation 1. */
  public static Sliding of() {
    return PLAIN;
  }

  /** PyTorch's three numbers, the same both ways and on all sides. */
  public static Sliding of(int stride, int padding, int dilation) {
    return new Sliding(stride, stride, padding, padding, padding, padding, dilation, dilation);
  }

  /** With this step both ways. */
  public Sliding stride(int both) {
    return stride(both, both);
  }

  /** With these steps. */
  public Sliding stride(int down, int across) {
    return new Sliding(down, across, top, left, bottom, right, dilationH, dilationW);
  }

  /** With so much padding on all sides. */
  public Sliding padding(int all) {
    return padding(all, all, all, all);
  }

  /** With so much padding above and below, and on the left and right: PyTorch's pair. */
  public Sliding padding(int height, int width) {
    return padding(height, width, height, width);
  }

  /** With a padding for each side, in ONNX's order. */
  public Sliding padding(int above, int onLeft, int below, int onRight) {
    return new Sliding(strideH, strideW, above, onLeft, below, onRight, dilationH, dilationW);
  }

  /**
   * With the padding that keeps the extents of images at a stride of 1, PyTorch's {@code "same"}:
   * {@code dilation (kernel - 1)} an axis, the smaller half of it in front. The dilation has to be
   * set before.
   */
  public Sliding samePadding(int kernelH, int kernelW) {
    int height = dilationH * (kernelH - 1);
    int width = dilationW * (kernelW - 1);
    return padding(height / 2, width / 2, height - height / 2, width - width / 2);
  }

  /** With this distance between taps both ways. */
  public Sliding dilation(int both) {
    return dilation(both, both);
  }

  /** With these distances between taps. */
  public Sliding dilation(int down, int across) {
    return new Sliding(strideH, strideW, top, left, bottom, right, down, across);
  }
}
