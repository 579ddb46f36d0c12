package dev.teak.bench;

/**
 * The shape of a 3x3 convolution with padding 1 and stride 1: [n, h, w, c] -> [n, h, w, k].
 *
 * @param n images in the batch
 * @param h rows
 * @param w columns
 * @param c channels in
 * @param k channels out
 */
public record ConvShape(int n, int h, int w, int c, int k) {
  /** Rejects a shape with no element. */
  public ConvShape {
    if (n < 1 || h < 1 || w < 1 || c < 1 || k < 1) {
      throw new IllegalArgumentException(
          "conv shape: n %d, h %d, w %d, c %d, k %d; all must be at least 1"
              .formatted(n, h, w, c, k));
    }
  }

  /** A square image: {@code h} is rows and columns. */
  public static ConvShape square(int n, int h, int c, int k) {
    return new ConvShape(n, h, h, c, k);
  }

  /** Additions and multiplications of the forward pass, done directly. */
  public double flops() {
    return 2.0 * n * h * w * c * k * 9;
  }

  @Override
  public String toString() {
    return "n%d h%d w%d c%d k%d".formatted(n, h, w, c, k);
  }
}
