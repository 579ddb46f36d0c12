package dev.teak.attacks.minimum;

import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Tensor;
import java.util.Arrays;

/**
 * The nearest point within the pixel range to an image on the plane where a linear function of it
 * is 0 (Croce and Hein, "Minimally distorted adversarial examples with a fast adaptive boundary
 * attack", ICML 2020, section 2.2). One image at a time, on the host, in double precision.
 */
final class Hyperplane {
  private static final int STEPS = 50;

  private Hyperplane() {}

  /**
   * For each image the smallest change that leads onto its plane and stays within the range; where
   * none does, the one that comes nearest.
   *
   * @param x {@code [N, H, W, C]}
   * @param height the function's value at x, {@code [N]}
   * @param w its gradient, {@code [N, H, W, C]}
   */
  static Tensor project(ThreatModel threat, Tensor x, Tensor height, Tensor w) {
    double[] pixels = x.toDoubles();
    double[] slopes = w.toDoubles();
    double[] heights = height.toDoubles();
    double[] change = new double[pixels.length];
    int size = pixels.length / heights.length;
    for (int i = 0; i < heights.length; i++) {
      Plane plane = new Plane(threat, pixels, slopes, i * size, size, heights[i]);
      if (threat.norm() == Norm.L1) {
        plane.steepestFirst(change);
      } else {
        plane.together(change, threat.norm() == Norm.LINF);
      }
    }
    return Tensor.of(change, x.shape().dims());
  }

  /** One image, from element {@code from} of the arrays. */
  private record Plane(
      ThreatModel threat, double[] x, double[] w, int from, int size, double height) {

    /** The slope towards the plane. */
    double slope(int i) {
      return height >= 0 ? w[from + i] : -w[from + i];
    }

    /** How far pixel i can go down the slope. */
    double room(int i) {
      double pixel = x[from + i];
      return slope(i) > 0 ? pixel - threat.low() : threat.high() - pixel;
    }

    /**
     * In L2 pixel i goes t |w_i|, in L-infinity t, as far as there is room. What that descends is
     * concave and piecewise linear in t, so that Newton's method from 0 comes to the t that
     * descends all the height from below, in finitely many steps.
     */
    void together(double[] change, boolean evenly) {
      double t = 0;
      for (int step = 0; step < STEPS; step++) {
        double descended = 0;
        double rate = 0;
        for (int i = 0; i < size; i++) {
          double s = Math.abs(slope(i));
          double speed = evenly ? 1 : s;
          double way = t * speed;
          double room = room(i);
          descended += s * Math.min(way, room);
          rate += way < room ? s * speed : 0;
        }
        double left = Math.abs(height) - descended;
        if (!(left > 1e-12 * Math.abs(height)) || !(rate > 0)) {
          break;
        }
        t += left / rate;
      }
      for (int i = 0; i < size; i++) {
        double way = t * (evenly ? 1 : Math.abs(slope(i)));
        change[from + i] = -Math.signum(slope(i)) * Math.min(way, room(i));
      }
    }

    /** In L1 the pixels of the largest slope go first, each as far as there is room. */
    void steepestFirst(double[] change) {
      long[] order = new long[size];
      for (int i = 0; i < size; i++) {
        // A float's bits grow with it, so they sort with the place beside them.
        order[i] = (long) Float.floatToIntBits((float) Math.abs(slope(i))) << 32 | i;
      }
      Arrays.sort(order);
      double left = Math.abs(height);
      for (int k = size - 1; k >= 0 && left > 0; k--) {
        int i = (int) order[k];
        double s = Math.abs(slope(i));
        if (s == 0) {
          return;
        }
        double way = Math.min(room(i), left / s);
        change[from + i] = -Math.signum(slope(i)) * way;
        left -= way * s;
      }
    }
  }
}
