package dev.teak.engine;

import dev.teak.engine.backend.SparseMatrix;
import dev.teak.engine.op.Resample;

/** How near images {@code [N, H, W, C]} are to others: one number an image, differentiable. */
public final class ImageQuality {
  private static final int WINDOW = 11;
  private static final double SIGMA = 1.5;
  private static final double K1 = 0.01;
  private static final double K2 = 0.03;

  private ImageQuality() {}

  /**
   * The peak signal-to-noise ratio, 10 log10(dataRange^2 / mean (x - y)^2) in decibel; infinite,
   * and without a gradient (NaN), where two images are equal.
   *
   * @param x {@code [N, H, W, C]}
   * @param y of the same shape
   * @param dataRange largest less smallest value that a pixel may have
   * @return {@code [N]}
   */
  public static Tensor psnr(Tensor x, Tensor y, double dataRange) {
    requireAlike("psnr", x, y, dataRange);
    double decibel = 10 / Math.log(10);
    return x.sub(y).square().mean(1, 2, 3).log().mul(-decibel).add(20 * Math.log10(dataRange));
  }

  /**
   * The structural similarity (Wang et al., "Image quality assessment", IEEE TIP 2004, equation
   * 13): local means, variances and covariance under a Gaussian window of 11 x 11 pixels with sigma
   * 1.5 that lies wholly inside the image, weights summing to 1 (so variances are biased), K1 =
   * 0.01, K2 = 0.03; the mean over all windows and channels. skimage's {@code
   * structural_similarity} with {@code gaussian_weights=True, use_sample_covariance=False}.
   *
   * @param x {@code [N, H, W, C]}, H and W 11 or more
   * @param y of the same shape
   * @param dataRange largest less smallest value that a pixel may have
   * @return {@code [N]}, at most 1, which is that of equal images
   * @throws ShapeException if the shapes differ or the images are smaller than the window
   */
  public static Tensor ssim(Tensor x, Tensor y, double dataRange) {
    requireAlike("ssim", x, y, dataRange);
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    if (h < WINDOW || w < WINDOW) {
      throw new ShapeException(
          "ssim: images "
              + x.shape()
              + ": the window takes "
              + WINDOW
              + " x "
              + WINDOW
              + " pixels");
    }
    double[] kernel = Resampling.gaussian(WINDOW, SIGMA);
    SparseMatrix rows = Resampling.filter(h, kernel);
    SparseMatrix columns = Resampling.filter(w, kernel);
    Tensor mx = local(x, rows, columns);
    Tensor my = local(y, rows, columns);
    Tensor products = mx.mul(my);
    Tensor squares = mx.square().add(my.square());
    Tensor covariance = local(x.mul(y), rows, columns).sub(products);
    Tensor variances = local(x.square().add(y.square()), rows, columns).sub(squares);
    double c1 = K1 * dataRange * K1 * dataRange;
    double c2 = K2 * dataRange * K2 * dataRange;
    Tensor means = products.mul(2).add(c1).div(squares.add(c1));
    return means.mul(covariance.mul(2).add(c2).div(variances.add(c2))).mean(1, 2, 3);
  }

  private static Tensor local(Tensor x, SparseMatrix rows, SparseMatrix columns) {
    return Resample.apply(columns, Resample.apply(rows, x, 1), 2);
  }

  private static void requireAlike(String op, Tensor x, Tensor y, double dataRange) {
    Images.requireImages(op, x);
    Images.requireImages(op, y);
    if (!x.shape().equals(y.shape())) {
      throw new ShapeException(op + ": images " + x.shape() + " and " + y.shape() + " must agree");
    }
    if (!(dataRange > 0)) {
      throw new IllegalArgumentException(op + ": data range " + dataRange + " must be above 0");
    }
  }
}
