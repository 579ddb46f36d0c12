package dev.teak.engine;

import dev.teak.engine.backend.IndexGeometry;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Gather;
import dev.teak.engine.op.MatMul;
import java.util.List;

/**
 * Images {@code [N, H, W, C]} sampled at the places of a grid (Jaderberg et al., NeurIPS 2015):
 * {@code grid_sample} and {@code affine_grid} of {@code torch.nn.functional}. Which pixels a place
 * lies between is found on the host, for it is constant where it does not jump; what varies is
 * recorded as ops.
 */
public final class SpatialTransform {
  /** A place so far before the image that the next one is outside too. */
  private static final int OUTSIDE = -2;

  private final Shape image;
  private final boolean bilinear;
  private final String paddingMode;
  private final boolean alignCorners;
  private final int points; // of an image
  private final int[] index; // [N, corners, points]
  private final double[] inside; // the same: 1, or 0 for a corner outside the image
  private final double[][] fraction; // of the height and of the width: [N, points]
  private final double[][] slope; // of the fraction in the grid's coordinate

  private SpatialTransform(
      Shape image, Shape grid, boolean bilinear, String paddingMode, boolean alignCorners) {
    this.image = image;
    this.bilinear = bilinear;
    this.paddingMode = paddingMode;
    this.alignCorners = alignCorners;
    points = grid.dim(1) * grid.dim(2);
    int all = grid.dim(0) * points;
    index = new int[Shape.extent("grid_sample", (long) corners() * all)];
    inside = new double[index.length];
    fraction = new double[2][all];
    slope = new double[2][all];
  }

  /** {@link #gridSample(Tensor, Tensor, String, String, boolean)} with PyTorch's defaults. */
  public static Tensor gridSample(Tensor x, Tensor grid) {
    return gridSample(x, grid, "bilinear", "zeros", false);
  }

  /**
   * Pixels picked at the places of a grid; differentiable in both, in the grid with {@code
   * "bilinear"} alone. Waits for the grid. A place that is NaN or infinite gives NaN with {@code
   * "bilinear"} among zeros, 0 with {@code "nearest"} among them, and else a pixel of the border.
   *
   * @param x {@code [N, H, W, C]}, at least one pixel
   * @param grid {@code [N, P, Q, 2]}: of each output pixel the column, then the row, from -1 at one
   *     end of the image to 1 at the other
   * @param mode {@code "bilinear"}, or {@code "nearest"}, of two equally near the even one
   * @param paddingMode what is outside the image: {@code "zeros"}, {@code "border"} (the nearest
   *     pixel of the border) or {@code "reflection"} (the image mirrored at its ends)
   * @param alignCorners whether -1 and 1 are the middles of the pixels at the ends, instead of
   *     their outer edges
   * @return {@code [N, P, Q, C]}
   * @throws ShapeException if the shapes do not fit
   * @throws IllegalArgumentException if there is no such mode
   */
  public static Tensor gridSample(
      Tensor x, Tensor grid, String mode, String paddingMode, boolean alignCorners) {
    Images.requireImages("grid_sample", x);
    grid.requireFloat("grid_sample");
    x.requireSameDevice("grid_sample", grid);
    Shape s = x.shape();
    Shape g = grid.shape();
    if (g.rank() != 4 || g.dim(0) != s.dim(0) || g.dim(3) != 2 || s.dim(1) == 0 || s.dim(2) == 0) {
      throw new ShapeException(
          "grid_sample: input "
              + s
              + " and grid "
              + g
              + ": expects [N, H, W, C] with pixels, and [N, P, Q, 2]");
    }
    requireOneOf("mode", mode, "bilinear", "nearest");
    requireOneOf("padding mode", paddingMode, "zeros", "border", "reflection");
    boolean bilinear = mode.equals("bilinear");
    return new SpatialTransform(s, g, bilinear, paddingMode, alignCorners).apply(x, grid);
  }

  private static void requireOneOf(String what, String found, String... known) {
    if (!List.of(known).contains(found)) {
      throw new IllegalArgumentException(
          "grid_sample: " + what + " \"" + found + "\": expects one of " + List.of(known));
    }
  }

  /**
   * The places that an affine map of the output's plane gives, for {@link #gridSample}.
   *
   * @param theta {@code [N, 2, 3]}: (column, row) is theta times (column, row, 1) of the output
   * @param size of the output, {@code [N, P, Q, C]}
   * @param alignCorners as of {@link #gridSample}
   * @return {@code [N, P, Q, 2]}
   * @throws ShapeException if the shapes do not fit
   */
  public static Tensor affineGrid(Tensor theta, Shape size, boolean alignCorners) {
    theta.requireFloat("affine_grid");
    if (size.rank() != 4 || !theta.shape().equals(Shape.of(size.dim(0), 2, 3))) {
      throw new ShapeException(
          "affine_grid: theta "
              + theta.shape()
              + " for images "
              + size
              + ": expects [N, 2, 3] and [N, P, Q, C]");
    }
    int p = size.dim(1);
    int q = size.dim(2);
    double[] base = new double[Shape.of(p, q, 3).size()];
    for (int i = 0; i < p * q; i++) {
      base[3 * i] = betweenEnds(i % q, q, alignCorners);
      base[3 * i + 1] = betweenEnds(i / q, p, alignCorners);
      base[3 * i + 2] = 1;
    }
    try (Devices.Use use = Devices.use(theta.device())) {
      // [P Q, 3] [N, 3, 2] -> [N, P Q, 2]
      Tensor places = MatMul.apply(Tensor.of(base, p * q, 3), theta, false, true);
      return places.reshape(size.dim(0), p, q, 2);
    }
  }

  /** Where pixel i of n lies between -1 and 1; one alone is in the middle. */
  private static double betweenEnds(int i, int n, boolean alignCorners) {
    if (alignCorners) {
      return n == 1 ? 0 : 2.0 * i / (n - 1) - 1;
    }
    return (2.0 * i + 1) / n - 1;
  }

  private int corners() {
    return bilinear ? 4 : 1;
  }

  private Tensor apply(Tensor x, Tensor grid) {
    double[] at = grid.toDoubles();
    for (int i = 0; i < at.length / 2; i++) {
      place(i, at[2 * i + 1], at[2 * i]);
    }
    int n = image.dim(0);
    int pixels = image.dim(1) * image.dim(2);
    int c = image.dim(3);
    int count = corners() * points;
    try (Devices.Use use = Devices.use(x.device())) {
      IndexGeometry lines = new IndexGeometry(n, pixels, c, count, false, true);
      Tensor places = Tensor.ofInts(index, n, count, 1);
      // [N, H, W, C] -> [N, H W, C] -> [N, corners points, C]
      Tensor picked = Gather.apply(lines, x.reshape(n, pixels, c), places, Shape.of(n, count, c));
      // Masked, not multiplied: what has no weight has no part, even if it is NaN.
      Tensor values = Binary.MASKED_MUL.apply(Tensor.of(inside, n, count, 1), picked);
      Tensor y = bilinear ? blended(values, grid) : values;
      return y.reshape(n, grid.shape().dim(1), grid.shape().dim(2), c);
    }
  }

  private Tensor blended(Tensor values, Tensor grid) {
    int n = image.dim(0);
    int c = image.dim(3);
    Tensor rows = shares(grid, 0).reshape(n, 2, 1, points);
    Tensor columns = shares(grid, 1).reshape(n, 1, 2, points);
    Tensor weights = rows.mul(columns).reshape(n, 4 * points, 1);
    return Binary.MASKED_MUL.apply(weights, values).reshape(n, 4, points, c).sum(1);
  }

  /**
   * What the pixel before a place and that behind it have of it, along an axis: {@code [N, 2,
   * points]}.
   */
  private Tensor shares(Tensor grid, int axis) {
    Shape one = grid.shape().with(3, 1);
    Tensor at = grid.slice(new int[] {0, 0, 0, 1 - axis}, one);
    // A change of 0, with a gradient: the fraction is that of the host and varies as the grid does.
    Tensor pace = Tensor.of(slope[axis], one.dims());
    Tensor change = Binary.MASKED_MUL.apply(pace, at.sub(at.detach()));
    Tensor behind = Tensor.of(fraction[axis], one.dims()).add(change);
    behind = behind.reshape(image.dim(0), 1, points);
    return Tensor.concat(1, List.of(behind.neg().add(1), behind));
  }

  /** Finds the corners around a place. */
  private void place(int point, double v, double u) {
    int row = along(point, 0, v);
    int column = along(point, 1, u);
    int first = point / points * corners() * points + point % points;
    for (int corner = 0; corner < corners(); corner++) {
      int r = row + corner / 2;
      int s = column + corner % 2;
      if (r >= 0 && r < image.dim(1) && s >= 0 && s < image.dim(2)) {
        index[first + corner * points] = r * image.dim(2) + s;
        inside[first + corner * points] = 1;
      }
    }
  }

  /** The pixel at a place along an axis, or before it; notes how far behind that it lies. */
  private int along(int point, int axis, double coordinate) {
    int size = image.dim(1 + axis);
    double at =
        alignCorners
            ? (coordinate + 1) / 2 * (size - 1)
            : ((coordinate + 1) * size - 1) / 2; // rounded as PyTorch rounds, for ties
    double pace = (alignCorners ? size - 1 : size) / 2.0;
    if (paddingMode.equals("reflection")) {
      double low = alignCorners ? 0 : -0.5;
      double span = alignCorners ? size - 1 : size;
      double far = Math.abs(at - low);
      boolean back = Math.floor(far / span) % 2 != 0;
      pace = back == at < low ? pace : -pace;
      at = back ? low + span - far % span : low + far % span; // NaN where there is no span
    }
    if (!paddingMode.equals("zeros")) {
      pace = at > 0 && at < size - 1 ? pace : 0; // beyond, it is held at the border
      at = at > 0 ? Math.min(at, size - 1.0) : 0; // for NaN too
    }
    double pixel = bilinear ? Math.floor(at) : Math.rint(at);
    if (!(at > -1 && at < size)) {
      fraction[axis][point] = Double.isFinite(at) ? 0 : Double.NaN;
      return OUTSIDE;
    }
    fraction[axis][point] = at - pixel;
    slope[axis][point] = pace;
    return (int) pixel;
  }
}
