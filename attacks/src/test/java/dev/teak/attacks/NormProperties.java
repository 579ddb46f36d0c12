package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** What holds of every norm, for images of any size. */
class NormProperties {
  private static final int TRIES = 50;

  private static Tensor deltas(long seed, int n, int pixels) {
    return new RandomStream(seed, "delta").uniform(Shape.of(n, 1, pixels, 1), -1, 1);
  }

  private static double size(Norm norm, float[] delta, int i, int pixels) {
    return norm.of(new float[delta.length], delta, i * pixels, (i + 1) * pixels);
  }

  @Property(tries = TRIES)
  void aProjectionLiesInTheBallAndLeavesWhatIsInside(
      @ForAll Norm norm,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int n,
      @ForAll @IntRange(min = 1, max = 60) int pixels,
      @ForAll @DoubleRange(min = 0, max = 3) double radius) {
    try (Scope scope = Scope.open()) {
      Tensor delta = deltas(seed, n, pixels);
      Tensor projected =
          norm.project(delta, Tensor.full(delta.device(), Shape.of(1, 1, 1, 1), radius));
      float[] before = delta.toFloats();
      float[] after = projected.toFloats();
      for (int i = 0; i < n; i++) {
        double was = size(norm, before, i, pixels);
        double is = size(norm, after, i, pixels);
        // Sums of 60 floats: a relative error of 60 half-units in the last place.
        assertTrue(is <= radius * (1 + 60 * 0x1p-24) + 1e-7, norm + " " + was + " to " + is);
        if (was <= radius * (1 - 1e-5)) {
          for (int p = i * pixels; p < (i + 1) * pixels; p++) {
            assertEquals(before[p], after[p], 1e-7f);
          }
        }
      }
    }
  }

  @Property(tries = TRIES)
  void noPointOfTheBallIsNearerThanTheProjection(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20) int pixels,
      @ForAll @DoubleRange(min = 0.01, max = 2) double radius) {
    try (Scope scope = Scope.open()) {
      for (Norm norm : new Norm[] {Norm.L1, Norm.L2, Norm.LINF}) {
        Tensor delta = deltas(seed, 1, pixels);
        Tensor one = Tensor.full(delta.device(), Shape.of(1, 1, 1, 1), radius);
        float[] outside = delta.toFloats();
        double best = Norm.L2.of(outside, norm.project(delta, one).toFloats(), 0, pixels);
        for (int k = 0; k < 20; k++) {
          Tensor other = norm.project(deltas(seed + 1 + k, 1, pixels), one);
          double distance = Norm.L2.of(outside, other.toFloats(), 0, pixels);
          assertTrue(distance >= best - 1e-5, norm + ": " + distance + " < " + best);
        }
      }
    }
  }

  @Property(tries = TRIES)
  void theSteepestDirectionHasUnitSizeAndTheDualSlope(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int pixels) {
    try (Scope scope = Scope.open()) {
      Tensor g = deltas(seed, 2, pixels);
      for (Norm norm : new Norm[] {Norm.L1, Norm.L2, Norm.LINF}) {
        Tensor up = norm.steepest(g);
        float[] sizes = norm.size(up).toFloats();
        float[] slopes = up.mul(g).sum(1, 2, 3).toFloats();
        float[] dual = norm.dual(g).toFloats();
        for (int i = 0; i < 2; i++) {
          assertEquals(1, sizes[i], 1e-5);
          assertEquals(dual[i], slopes[i], 1e-4 * dual[i], norm.toString());
        }
      }
    }
  }

  @Property(tries = TRIES)
  void randomPointsLieInTheBallAndDifferByImage(
      @ForAll Norm norm, @ForAll long seed, @ForAll @IntRange(min = 4, max = 60) int pixels) {
    try (Scope scope = Scope.open()) {
      float[] clean = new float[2 * pixels];
      java.util.Arrays.fill(clean, 0.5f);
      clean[0] = 0.25f; // the images differ, and so must their numbers
      ThreatModel threat = new ThreatModel(norm, norm == Norm.L0 ? 3 : 0.3, 0, 1);
      long[] ids = SampleRandom.identities(clean, 2);
      Tensor x = Tensor.of(clean, 2, 1, pixels, 1);
      float[] moved = threat.random(x, SampleRandom.of(ids, seed, "test")).toFloats();
      float[] again = threat.random(x, SampleRandom.of(ids, seed, "test")).toFloats();
      assertArrayEquals(moved, again);
      for (int i = 0; i < 2; i++) {
        assertTrue(norm.of(clean, moved, i * pixels, (i + 1) * pixels) <= threat.epsilon());
      }
    }
  }

  @Property(tries = TRIES)
  void aZeroGradientHasNoDirection(@ForAll Norm norm) {
    try (Scope scope = Scope.open()) {
      for (float p : norm.steepest(Tensor.zeros(1, 2, 2, 1)).toFloats()) {
        assertEquals(0, p);
      }
    }
  }
}
