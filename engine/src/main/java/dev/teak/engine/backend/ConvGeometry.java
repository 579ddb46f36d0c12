package dev.teak.engine.backend;

import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Sliding;
import java.util.List;

/**
 * Everything a 2-d convolution needs to know of its shapes. Images are {@code [N, H, W, C]},
 * weights {@code [K, R, S, C / groups]}, outputs {@code [N, P, Q, K]}.
 *
 * @param n images
 * @param c input channels
 * @param k output channels
 * @param groups channel groups that do not see each other
 * @param rows how the window moves down
 * @param columns how it moves across
 */
public record ConvGeometry(int n, int c, int k, int groups, WindowAxis rows, WindowAxis columns) {

  /** Elements of the largest padded image. */
  private static final long MOST = 1L << 29;

  /** Input height. */
  public int h() {
    return rows.in();
  }

  /** Input width. */
  public int w() {
    return columns.in();
  }

  /** Kernel height. */
  public int r() {
    return rows.taps();
  }

  /** Kernel width. */
  public int s() {
    return columns.taps();
  }

  /** Output height. */
  public int p() {
    return rows.out();
  }

  /** Output width. */
  public int q() {
    return columns.out();
  }

  /** Input channels a group. */
  public int cGroup() {
    return c / groups;
  }

  /** Output channels a group. */
  public int kGroup() {
    return k / groups;
  }

  /** Whether every channel is a group of its own, with one output. */
  public boolean isDepthwise() {
    return groups == c && c == k && groups > 1;
  }

  /** Whether there is a {@link #turned} one: a stride of 1, no groups, no window in the padding. */
  public boolean hasTurned() {
    return groups == 1 && rows.hasTurned() && columns.hasTurned();
  }

  /**
   * The convolution the other way round, from this one's output to its input. With the weight
   * turned by half a turn and its channels exchanged, that one's gradients are this one's results:
   * its input's gradient the output, its weight's the weight's.
   */
  public ConvGeometry turned() {
    return new ConvGeometry(n, k, c, groups, rows.turned(), columns.turned());
  }

  /** Shape of the input, {@code [N, H, W, C]}. */
  public Shape input() {
    return Shape.of(n, h(), w(), c);
  }

  /** Shape of the weight, {@code [K, R, S, C / groups]}. */
  public Shape weight() {
    return Shape.of(k, r(), s(), cGroup());
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
  public static ConvGeometry of(String op, Shape x, Shape w, Sliding how, int groups) {
    if (x.rank() != 4 || w.rank() != 4) {
      throw new ShapeException(
          op
              + ": input "
              + x
              + ", weight "
              + w
              + ": expects input [N, H, W, C] and weight [K, R, S, C / groups]");
    }
    requireChannels(op, x, w, groups);
    WindowAxis rows;
    WindowAxis columns;
    try {
      rows =
          WindowAxis.of(
              x.dim(1), w.dim(1), how.strideH(), how.dilationH(), how.top(), how.bottom(), false);
      columns =
          WindowAxis.of(
              x.dim(2), w.dim(2), how.strideW(), how.dilationW(), how.left(), how.right(), false);
    } catch (ShapeException e) {
      throw new ShapeException(op + ": input " + x + ", weight " + w + ": " + e.getMessage());
    }
    requireSmall(op, x, rows, columns);
    return new ConvGeometry(x.dim(0), x.dim(3), w.dim(0), groups, rows, columns);
  }

  /** As PyTorch's numbers say it: the same both ways and on all sides. */
  public static ConvGeometry square(
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
    Shape weight = Shape.of(k, r, s, c / groups);
    Sliding how = Sliding.of(stride, padding, dilation);
    return of("conv2d", Shape.of(n, h, w, c), weight, how, groups);
  }

  /**
   * The geometry of the convolution that a transposed one is the gradient of: its output is what
   * the transposed one is given, x {@code [N, P, Q, K]}, its input what that gives.
   *
   * @param moreRows rows added at the far side, less than the stride or the dilation
   * @param moreColumns columns added at the far side
   * @throws ShapeException naming the op and the shapes where they do not fit
   */
  public static ConvGeometry transposed(
      String op, Shape x, Shape w, Sliding how, int moreRows, int moreColumns, int groups) {
    boolean fits = x.rank() == 4 && w.rank() == 4 && x.dim(3) == w.dim(0);
    if (!fits) {
      throw new ShapeException(
          op
              + ": input "
              + x
              + ", weight "
              + w
              + ": expects input [N, P, Q, K], weight [K, R, S, C / groups]");
    }
    WindowAxis rows =
        WindowAxis.transposed(
            op,
            x.dim(1),
            w.dim(1),
            how.strideH(),
            how.dilationH(),
            how.top(),
            how.bottom(),
            moreRows);
    WindowAxis columns =
        WindowAxis.transposed(
            op,
            x.dim(2),
            w.dim(2),
            how.strideW(),
            how.dilationW(),
            how.left(),
            how.right(),
            moreColumns);
    int channels = Shape.extent(op, (long) w.dim(3) * groups);
    Shape image = Shape.of(x.dim(0), rows.in(), columns.in(), channels);
    requireChannels(op, image, w, groups);
    requireSmall(op, image, rows, columns);
    return new ConvGeometry(x.dim(0), channels, w.dim(0), groups, rows, columns);
  }

  private static void requireChannels(String op, Shape x, Shape w, int groups) {
    if (groups < 1) {
      throw new ShapeException(op + ": " + groups + " groups: must be 1 or more");
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
  }

  /** Padded images, which a backend may make and space out up to four times, must be arrays. */
  private static void requireSmall(String op, Shape x, WindowAxis rows, WindowAxis columns) {
    long height = (long) rows.in() + rows.before() + rows.after();
    long width = (long) columns.in() + columns.before() + columns.after();
    long most = Math.min(MOST, Integer.MAX_VALUE / Math.max(1, x.dim(0))) / Math.max(1, x.dim(3));
    if (height > most || width > most || height * width > most) {
      throw new ShapeException(
          op
              + ": input "
              + x
              + " with padding "
              + List.of(rows.before(), columns.before(), rows.after(), columns.after())
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
