package dev.teak.attacks.minimum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class HyperplaneProperties {
  private static float[] uniform(long seed, String what, int n, double low, double high) {
    return new RandomStream(seed, what).uniform(Shape.of(n), low, high).toFloats();
  }

  private static float norm(Norm norm, float... change) {
    return (float) norm.of(new float[change.length], change, 0, change.length);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Property(tries = 200)
  void theChangeLeadsOntoThePlaneWithinTheRangeAndNoneIsSmaller(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int pixels,
      @ForAll @DoubleRange(min = -2, max = 2) double height) {
    try (Devices.Use use = Devices.use("reference");
        Scope scope = Scope.open()) {
      float[] x = uniform(seed, "x", pixels, 0, 1);
      float[] w = uniform(seed, "w", pixels, -1, 1);
      x[0] = 0; // a pixel at the end of the range
      for (Norm norm : new Norm[] {Norm.L1, Norm.L2, Norm.LINF}) {
        float[] change =
            Hyperplane.project(
                    ThreatModel.unbounded(norm),
                    Tensor.of(x, 1, 1, pixels, 1),
                    Tensor.of(new double[] {height}, 1),
                    Tensor.of(w, 1, 1, pixels, 1))
                .toFloats();
        for (int i = 0; i < pixels; i++) {
          assertTrue(x[i] + change[i] >= -1e-6 && x[i] + change[i] <= 1 + 1e-6);
        }
        double left = height + dot(w, change);
        double most = 0; // what all pixels at the ends of the range descend
        for (int i = 0; i < pixels; i++) {
          boolean down = w[i] * height > 0;
          most += Math.abs(w[i]) * (down ? x[i] : 1 - x[i]);
        }
        assertEquals(Math.max(0, Math.abs(height) - most), Math.abs(left), 1e-5, norm.toString());
        if (Math.abs(height) < most) {
          noneIsSmaller(norm, x, w, height, change, seed);
        }
      }
    }
  }

  /** Points on the plane: a random one in the box, and the way from it to the change found. */
  private static void noneIsSmaller(
      Norm norm, float[] x, float[] w, double height, float[] change, long seed) {
    float size = norm(norm, change);
    for (int k = 0; k < 20; k++) {
      float[] other = uniform(seed + k, "other", x.length, 0, 1);
      for (int i = 0; i < x.length; i++) {
        other[i] -= x[i];
      }
      double there = height + dot(w, other);
      // Only a point beyond the plane has one on the plane between it and the image.
      if (there * height < 0) {
        float share = (float) (height / (height - there));
        float[] on = Arrays.copyOf(other, other.length);
        for (int i = 0; i < on.length; i++) {
          on[i] *= share;
        }
        assertTrue(norm(norm, on) >= size - 1e-5, norm + ": " + norm(norm, on) + " < " + size);
      }
    }
  }

  @Property(tries = 20)
  void aFlatFunctionMovesNothing(@ForAll long seed) {
    try (Scope scope = Scope.open()) {
      for (Norm norm : new Norm[] {Norm.L1, Norm.L2, Norm.LINF}) {
        float[] change =
            Hyperplane.project(
                    ThreatModel.unbounded(norm),
                    Tensor.of(uniform(seed, "x", 4, 0, 1), 1, 1, 4, 1),
                    Tensor.of(new double[] {1}, 1),
                    Tensor.zeros(1, 1, 4, 1))
                .toFloats();
        assertEquals(0, norm(Norm.LINF, change));
      }
    }
  }
}
