package dev.teak.engine.backend;

import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;

/**
 * Everything a 2-d convolution needs to know of its shapes. Images are {@code [N, H, W, C]},
 * weights {@code [K, R, S, C / groups]}, outputs {@code [N, P, Q, K]}.
 *
 * @param n images
 * @param h input height
 * @param w input width
 * @param c input channels
 * @param k output channels
 * @param r kernel height
 * @param s kernel width
 * @param stride step of the window, both ways
 * @param padding zeros around the image, both ways
 * @param dilation distance between the kernel's taps, both ways
 * @param groups channel groups that do not see each other
 */
public record ConvGeometry(
    int n,
    int h,
    int w,
    int c,
    int k,
    int r,
    int s,
    int stride,
    int padding,
    int dilation,
    int groups) {

  /** Elements of the largest padded image. */
  private static final long MOST = 1L << 29;

  /** Output height. */
  public int p() {
    return extent(h, r);
  }

  /** Output width. */
  public int q() {
    return extent(w, s);
  }

  private int extent(int in, int kernel) {
    return (int) extent(in, kernel, stride, padding, dilation);
  }

  private static long extent(int in, int kernel, int stride, int padding, int dilation) {
    return Math.floorDiv(in + 2L * padding - dilation * (kernel - 1L) - 1, stride) + 1;
  }

  /** Input channels a group. */
  public int cGroup() {
    return c / groups;
  }

  /** Output channels a group. */
  public int kGroup() {
    return k / groups;
  }

  /** Shape of the input, {@code [N, H, W, C]}. */
  public Shape input() {
    return Shape.of(n, h, w, c);
  }

  /** Shape of the weight, {@code [K, R, S, C / groups]}. */
  public Shape weight() {
    return Shape.of(k, r, s, cGroup());
  }

  /** Shape of the output, {@code [N, P, Q, K]}. */
  public Shape output() {
    return Shape.of(n, p(), q(), k);
  }

  /**
   * The geometry of {@code op} on an input and a weight.
   *
   * @throws ShapeException naming the op and the shapes where they do not fit
   */
  public static ConvGeometry of(
      String op, Shape x, Shape w, int stride, int padding, int dilation, int groups) {
    if (x.rank() != 4 || w.rank() != 4) {
      throw new ShapeException(
          op
              + ": input "
              + x
              + ", weight "
              + w
              + ": expects input [N, H, W, C] and weight [K, R, S, C / groups]");
    }
    if (stride < 1 || dilation < 1 || groups < 1 || padding < 0) {
      throw new ShapeException(
          op
              + ": stride "
              + stride
              + ", dilation "
              + dilation
              + ", groups "
              + groups
              + ", padding "
              + padding
              + ": the first three must be 1 or more, padding 0 or more");
    }
    if (x.dim(3) != (long) w.dim(3) * groups) {
      throw new ShapeException(
          op
              + ": input "
              + x
              + " has "
              + channels(x.dim(3))
              + ", weight "
              + w
              + " expects "
              + (long) w.dim(3) * groups
              + (groups == 1 ? "" : " in " + groups + " groups"));
    }
    if (w.dim(0) % groups != 0) {
      throw new ShapeException(
          op
              + ": weight "
              + w
              + " has "
              + w.dim(0)
              + " output channels, not a multiple of "
              + groups
              + " groups");
    }
    long p = extent(x.dim(1), w.dim(1), stride, padding, dilation);
    long q = extent(x.dim(2), w.dim(2), stride, padding, dilation);
    if (p < 1 || q < 1 || w.dim(1) < 1 || w.dim(2) < 1) {
      throw new ShapeException(
          op
              + ": weight "
              + w
              + " with dilation "
              + dilation
              + " and padding "
              + padding
              + " does not fit into input "
              + x);
    }
    requireSmall(op, x, padding);
    // A longer step than the image changes nothing, but gradients have stride^2 phases.
    int step = Math.min(stride, Math.max(x.dim(1), x.dim(2)) + 2 * padding);
    return new ConvGeometry(
        x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(0), w.dim(1), w.dim(2), step, padding,
        dilation, groups);
  }

  /** Padded images, which a backend may make and space out up to four times, must be arrays. */
  private static void requireSmall(String op, Shape x, int padding) {
    long height = x.dim(1) + 2L * padding;
    long width = x.dim(2) + 2L * padding;
    long most = Math.min(MOST, Integer.MAX_VALUE / Math.max(1, x.dim(0))) / Math.max(1, x.dim(3));
    if (height > most || width > most || height * width > most) {
      throw new ShapeException(
          op
              + ": input "
              + x
              + " with padding "
              + padding
              + " has images of "
              + height
              + " x "
              + width
              + " x "
              + x.dim(3)
              + "; 2^29 elements in one and 2^31 - 1 in all are the most");
    }
  }

  private static String channels(int n) {
    return n + (n == 1 ? " channel" : " channels");
  }
}
