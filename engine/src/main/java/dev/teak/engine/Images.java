package dev.teak.engine;

import dev.teak.engine.backend.SparseMatrix;
import dev.teak.engine.op.Resample;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/**
 * What is done to images {@code [N, H, W, C]}: the functions of {@code torch.nn.functional} and of
 * torchvision under the same names, each differentiable to any order. Where two numbers stand for
 * the two axes of an image, that of its height comes first. {@link SpatialTransform} samples at any
 * places.
 */
public final class Images {
  private Images() {}

  // --- resizing ---

  /** {@link #interpolate(Tensor, int[], String, boolean, boolean)} with PyTorch's defaults. */
  public static Tensor interpolate(Tensor x, int[] size, String mode) {
    return interpolate(x, size, mode, false, false);
  }

  /**
   * Images resized.
   *
   * <ul>
   *   <li>{@code "nearest"}: pixel floor(i H / P), as PyTorch has it, in single precision
   *   <li>{@code "nearest-exact"}: pixel floor((i + 0.5) H / P), the one that is nearest indeed
   *   <li>{@code "bilinear"}, {@code "bicubic"}: between 2 or 4 neighbours along each axis
   *   <li>{@code "area"}: {@link #adaptiveAvgPool2d}
   * </ul>
   *
   * <p>A pixel with no weight has no part in the result, even if it is NaN or infinite.
   *
   * @param x {@code [N, H, W, C]}
   * @param size {@code {P, Q}}
   * @param alignCorners whether the middles of the corner pixels stay in the corners, instead of
   *     the corners of the image; for {@code "bilinear"} and {@code "bicubic"} alone
   * @param antialias whether an image that shrinks is averaged over what becomes one pixel; for
   *     {@code "bilinear"} and {@code "bicubic"} alone
   * @return {@code [N, P, Q, C]}
   * @throws ShapeException if x is no batch of images, or an extent is below 1
   * @throws IllegalArgumentException if there is no such mode, or it does not go with a flag
   */
  public static Tensor interpolate(
      Tensor x, int[] size, String mode, boolean alignCorners, boolean antialias) {
    requireImages("interpolate", x);
    requirePair("interpolate", "size", size.length);
    return resized(x, size, new double[2], mode, alignCorners, antialias);
  }

  /**
   * As above, to floor(H scale) by floor(W scale).
   *
   * @param scaleFactor {@code {of the height, of the width}}
   * @param recomputeScaleFactor whether coordinates follow from the extents, as in the method
   *     above, instead of from the factors; that differs where the products are not whole
   */
  public static Tensor interpolate(
      Tensor x,
      double[] scaleFactor,
      String mode,
      boolean alignCorners,
      boolean recomputeScaleFactor,
      boolean antialias) {
    requireImages("interpolate", x);
    requirePair("interpolate", "scale factor", scaleFactor.length);
    int[] size = new int[2];
    for (int i = 0; i < 2; i++) {
      if (!(scaleFactor[i] > 0)) {
        throw new IllegalArgumentException(
            "interpolate: scale factor " + scaleFactor[i] + " must be above 0");
      }
      size[i] = Shape.extent("interpolate", (long) (x.shape().dim(1 + i) * scaleFactor[i]));
    }
    double[] factors = recomputeScaleFactor ? new double[2] : scaleFactor;
    return resized(x, size, factors, mode, alignCorners, antialias);
  }

  private static Tensor resized(
      Tensor x,
      int[] size,
      double[] factors,
      String mode,
      boolean alignCorners,
      boolean antialias) {
    boolean smooth = mode.equals("bilinear") || mode.equals("bicubic");
    if ((alignCorners || antialias) && !smooth) {
      throw new IllegalArgumentException(
          "interpolate: mode \""
              + mode
              + "\" does not take "
              + (alignCorners ? "alignCorners" : "antialias")
              + "; \"bilinear\" and \"bicubic\" do");
    }
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    requireExtents("interpolate", x, size[0], size[1]);
    return both(
        x,
        axis(h, size[0], factors[0], mode, alignCorners, antialias),
        axis(w, size[1], factors[1], mode, alignCorners, antialias));
  }

  /** The rule for one axis; a factor of 0 stands for that of the extents. */
  private static SparseMatrix axis(
      int in, int out, double factor, String mode, boolean alignCorners, boolean antialias) {
    if (in == out && (antialias || mode.equals("bilinear"))) {
      return Resampling.nearest(in, out, i -> i); // even if a factor is not quite 1
    }
    IntToDoubleFunction corners = Resampling.alignCorners(in, out);
    double ofExtents = alignCorners ? corners.applyAsDouble(1) : (double) in / out;
    double scale = factor > 0 && !alignCorners ? 1 / factor : ofExtents;
    IntToDoubleFunction at =
        alignCorners && !antialias ? corners : Resampling.halfPixel(scale); // as PyTorch has it
    return switch (mode) {
      case "nearest" -> Resampling.nearest(in, out, nearest(in, out, (float) scale));
      case "nearest-exact" ->
          Resampling.nearest(in, out, i -> (int) (float) ((i + 0.5) * (float) scale));
      case "area" -> Resampling.adaptiveMean(in, out);
      case "bilinear" ->
          antialias ? Resampling.smoothLinear(in, out, scale, at) : Resampling.linear(in, out, at);
      case "bicubic" ->
          antialias
              ? Resampling.smoothCubic(in, out, scale, at)
              : Resampling.cubic(in, out, at, -0.75);
      default ->
          throw new IllegalArgumentException(
              "interpolate: mode \""
                  + mode
                  + "\": expects \"nearest\", \"nearest-exact\", \"bilinear\", \"bicubic\" or"
                  + " \"area\"");
    };
  }

  /** PyTorch's choice, which single precision decides, but for whole factors. */
  private static IntUnaryOperator nearest(int in, int out, float scale) {
    if (out == in) {
      return i -> i;
    }
    return out == 2L * in ? i -> i / 2 : i -> (int) (i * scale);
  }

  /**
   * Means of windows that cover the image evenly: rows floor(i H / P) to ceil((i + 1) H / P), and
   * columns likewise. Enlarges too.
   *
   * @param x {@code [N, H, W, C]}
   * @return {@code [N, height, width, C]}
   * @throws ShapeException if x is no batch of images, or an extent is below 1
   */
  public static Tensor adaptiveAvgPool2d(Tensor x, int height, int width) {
    String op = "adaptive_avg_pool2d";
    requireImages(op, x);
    requireExtents(op, x, height, width);
    return both(
        x,
        Resampling.adaptiveMean(x.shape().dim(1), height),
        Resampling.adaptiveMean(x.shape().dim(2), width));
  }

  /** Rows and columns made anew; first what leaves less to do for the other. */
  private static Tensor both(Tensor x, SparseMatrix rows, SparseMatrix columns) {
    return rows.rows() < rows.columns()
        ? along(along(x, rows, 1), columns, 2)
        : along(along(x, columns, 2), rows, 1);
  }

  private static Tensor along(Tensor x, SparseMatrix m, int axis) {
    return m.isIdentity() ? x : Resample.apply(m, x, axis);
  }

  // --- padding ---

  /**
   * Images with more around them. The numbers are in PyTorch's order, which begins at the last of
   * an image's axes; negative ones cut. {@link Tensor#pad} takes any constant and any axes.
   *
   * @param x {@code [N, H, W, C]}
   * @param mode {@code "constant"} (zeros), {@code "reflect"} (mirrored at the border pixels, which
   *     are not repeated), {@code "replicate"} (the border pixels again and again) or {@code
   *     "circular"} (from the other side)
   * @return {@code [N, top + H + bottom, left + W + right, C]}
   * @throws ShapeException if nothing is left, if reflect is asked for as many pixels as there are,
   *     or circular for more
   */
  public static Tensor pad(Tensor x, int left, int right, int top, int bottom, String mode) {
    requireImages("pad", x);
    long h = (long) x.shape().dim(1) + top + bottom;
    long w = (long) x.shape().dim(2) + left + right;
    requireSize("pad", x, Math.max(0, h), Math.max(0, w)); // what is less is told by its axis
    SparseMatrix rows = padding(x.shape().dim(1), top, bottom, mode);
    return along(along(x, rows, 1), padding(x.shape().dim(2), left, right, mode), 2);
  }

  private static SparseMatrix padding(int in, int before, int after, String mode) {
    return switch (mode) {
      case "constant" -> Resampling.zeros(in, before, after);
      case "reflect" -> Resampling.reflect(in, before, after);
      case "replicate" -> Resampling.replicate(in, before, after);
      case "circular" -> Resampling.circular(in, before, after);
      default ->
          throw new IllegalArgumentException(
              "pad: mode \""
                  + mode
                  + "\": expects \"constant\", \"reflect\", \"replicate\" or \"circular\"");
    };
  }

  // --- blurring ---

  /** {@link #gaussianBlur(Tensor, int, double)} with sigma 0.3 ((kernelSize - 1) / 2 - 1) + 0.8. */
  public static Tensor gaussianBlur(Tensor x, int kernelSize) {
    return gaussianBlur(x, kernelSize, 0.3 * ((kernelSize - 1) * 0.5 - 1) + 0.8);
  }

  /**
   * Each channel blurred by a Gaussian along both axes, the image being reflected at its border:
   * torchvision's {@code gaussian_blur}.
   *
   * @param x {@code [N, H, W, C]}
   * @param kernelSize pixels of the kernel along each axis, odd and at most twice the image's less
   *     1
   * @param sigma standard deviation in pixels, above 0
   * @throws ShapeException where the image is too small for the kernel
   */
  public static Tensor gaussianBlur(Tensor x, int kernelSize, double sigma) {
    requireImages("gaussian_blur", x);
    if (kernelSize < 1 || kernelSize % 2 == 0 || !(sigma > 0)) {
      throw new IllegalArgumentException(
          "gaussian_blur: kernel size "
              + kernelSize
              + " and sigma "
              + sigma
              + ": the one must be odd, 1 or more, the other above 0");
    }
    int half = kernelSize / 2;
    if (half >= Math.min(x.shape().dim(1), x.shape().dim(2))) {
      throw new ShapeException(
          "gaussian_blur: kernel size "
              + kernelSize
              + " for images "
              + x.shape()
              + ": half of it must be less than height and width");
    }
    double[] kernel = Resampling.gaussian(kernelSize, sigma);
    return both(x, blur(x.shape().dim(1), kernel), blur(x.shape().dim(2), kernel));
  }

  private static SparseMatrix blur(int in, double... kernel) {
    int half = kernel.length / 2;
    return Resampling.filter(in + 2 * half, kernel).times(Resampling.reflect(in, half, half));
  }

  // --- channels and space ---

  /**
   * Channels laid out as squares of r x r pixels (Shi et al., CVPR 2016): pixel (h r + i, w r + j)
   * of channel c is channel c r^2 + i r + j of pixel (h, w). ONNX's DepthToSpace in its CRD mode.
   *
   * @param x {@code [N, H, W, C r^2]}
   * @return {@code [N, H r, W r, C]}
   */
  public static Tensor pixelShuffle(Tensor x, int r) {
    int c = channels("pixel_shuffle", x, r);
    return spread(x, r, c, new int[] {c, r, r}, 0, 1, 4, 2, 5, 3);
  }

  /** The inverse of {@link #pixelShuffle}: {@code [N, H r, W r, C]} to {@code [N, H, W, C r^2]}. */
  public static Tensor pixelUnshuffle(Tensor x, int r) {
    return gathered("pixel_unshuffle", x, r, 0, 1, 3, 5, 2, 4);
  }

  /**
   * As {@link #pixelShuffle}, from channel (i r + j) C + c: TensorFlow's order, and ONNX's
   * DepthToSpace in its DCR mode.
   *
   * @param x {@code [N, H, W, r^2 C]}
   * @return {@code [N, H r, W r, C]}
   */
  public static Tensor depthToSpace(Tensor x, int r) {
    int c = channels("depth_to_space", x, r);
    return spread(x, r, c, new int[] {r, r, c}, 0, 1, 3, 2, 4, 5);
  }

  /** The inverse of {@link #depthToSpace}: {@code [N, H r, W r, C]} to {@code [N, H, W, r^2 C]}. */
  public static Tensor spaceToDepth(Tensor x, int r) {
    return gathered("space_to_depth", x, r, 0, 1, 3, 2, 4, 5);
  }

  private static Tensor spread(Tensor x, int r, int c, int[] split, int... order) {
    Shape s = x.shape();
    Tensor parts = x.reshape(s.dim(0), s.dim(1), s.dim(2), split[0], split[1], split[2]);
    int h = Shape.extent("pixel_shuffle", (long) s.dim(1) * r);
    int w = Shape.extent("pixel_shuffle", (long) s.dim(2) * r);
    return parts.permute(order).reshape(s.dim(0), h, w, c);
  }

  private static Tensor gathered(String op, Tensor x, int r, int... order) {
    requireImages(op, x);
    Shape s = x.shape();
    if (r < 1 || s.dim(1) % r != 0 || s.dim(2) % r != 0) {
      throw new ShapeException(
          op + ": input " + s + ": height and width must be multiples of the factor " + r);
    }
    int h = s.dim(1) / r;
    int w = s.dim(2) / r;
    Tensor parts = x.reshape(s.dim(0), h, r, w, r, s.dim(3));
    int deep = Shape.extent(op, (long) s.dim(3) * r * r);
    return parts.permute(order).reshape(s.dim(0), h, w, deep);
  }

  private static int channels(String op, Tensor x, int r) {
    requireImages(op, x);
    int deep = x.shape().dim(3);
    if (r < 1 || deep % ((long) r * r) != 0) {
      throw new ShapeException(
          op + ": input " + x.shape() + ": channels must be a multiple of " + r + " squared");
    }
    return (int) (deep / ((long) r * r));
  }

  // --- what all check ---

  static void requireImages(String op, Tensor x) {
    if (x.shape().rank() != 4) {
      throw new ShapeException(op + ": input " + x.shape() + ": expects [N, H, W, C]");
    }
    x.requireFloat(op);
  }

  private static void requirePair(String op, String what, int length) {
    if (length != 2) {
      throw new IllegalArgumentException(
          op + ": " + what + " of " + length + " numbers: expects 2, for height and width");
    }
  }

  private static void requireExtents(String op, Tensor x, int height, int width) {
    Shape s = x.shape();
    if (s.dim(1) < 1 || s.dim(2) < 1 || height < 1 || width < 1) {
      throw new ShapeException(
          op + ": " + s + " to " + height + " x " + width + " pixels: there must be some in both");
    }
    requireSize(op, x, height, width);
  }

  /** Throws where no tensor could have the result, before there is a table of that size. */
  private static void requireSize(String op, Tensor x, long height, long width) {
    x.shape().with(1, Shape.extent(op, height)).with(2, Shape.extent(op, width));
  }
}
