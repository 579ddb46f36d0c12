package dev.teak.attacks;

import dev.teak.engine.Tensor;
import java.util.Arrays;

/** Work on one image at a time on the host, for what no tensor op says: whatever sorts. */
public final class PerImage {
  private PerImage() {}

  /** Changes the pixels of one image in place; the radius is 0 where there is none. */
  public interface Change {
    void apply(double[] image, double radius);
  }

  /**
   * A function applied to each image; waits for them.
   *
   * @param x {@code [N, ...]}
   * @param radius a number for each image or one for all; null for none
   */
  public static Tensor map(Tensor x, Tensor radius, Change change) {
    int n = x.shape().dim(0);
    double[] all = x.toDoubles();
    double[] radii = radius == null ? new double[1] : radius.toDoubles();
    int size = all.length / n;
    for (int i = 0; i < n; i++) {
      double[] image = Arrays.copyOfRange(all, i * size, (i + 1) * size);
      change.apply(image, radii.length == 1 ? radii[0] : radii[i]);
      System.arraycopy(image, 0, all, i * size, size);
    }
    return Tensor.of(all, x.shape().dims());
  }
}
