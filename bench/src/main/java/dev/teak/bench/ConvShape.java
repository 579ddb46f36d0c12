package dev.teak.bench;

import java.util.Locale;

/**
 * The shape of a convolution with a square kernel, padded by half of it: [n, h, h, c] -> [n, p, p,
 * k].
 *
 * @param n images in the batch
 * @param h rows and columns of an image
 * @param c channels in
 * @param k channels out
 * @param kernel rows and columns of the kernel
 * @param stride pixels between the places of neighbouring outputs
 * @param groups groups of channels that see nothing of each other
 */
public record ConvShape(int n, int h, int c, int k, int kernel, int stride, int groups) {
  /** Rejects a shape with no element. */
  public ConvShape {
    if (n < 1 || h < 1 || c < 1 || k < 1 || kernel < 1 || stride < 1 || groups < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "conv shape: n %d, h %d, c %d, k %d, kernel %d, stride %d, groups %d; all must be at least 1",
              n,
              h,
              c,
              k,
              kernel,
              stride,
              groups));
    }
  }

  /** A 3x3 convolution of stride 1. */
  public static ConvShape of(int n, int h, int c, int k) {
    return new ConvShape(n, h, c, k, 3, 1, 1);
  }

  /** A 3x3 convolution of each channel by itself. */
  public static ConvShape depthwise(int n, int h, int c, int stride) {
    return new ConvShape(n, h, c, c, 3, stride, c);
  }

  /** Rows and columns of the kernel that lie beyond the image, each side. */
  public int padding() {
    return kernel / 2;
  }

  /** Rows and columns of the result. */
  public int p() {
    return (h + 2 * padding() - kernel) / stride + 1;
  }

  /** Additions and multiplications of the forward pass, done directly. */
  public double flops() {
    return 2.0 * n * p() * p() * c / groups * k * kernel * kernel;
  }

  @Override
  public String toString() {
    String strided = stride == 1 ? "" : " s" + stride;
    return String.format(Locale.ROOT, "n%d h%d c%d k%d%s", n, h, c, k, strided);
  }
}
