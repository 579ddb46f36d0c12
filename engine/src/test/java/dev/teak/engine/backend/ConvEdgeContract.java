package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import net.jqwik.api.Example;

/**
 * The part of {@link BackendContract} about what a convolution owes whatever its method: a value
 * reaches those outputs only that see it, and outputs that see the same are the same.
 */
interface ConvEdgeContract extends OnBackend {
  float[] WILD = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e37f, -1e25f, 1e12f
  };

  /** The result of a convolution, or with {@code grad} the gradient of its input. */
  private static Buffer run(Side s, ConvGeometry g, boolean grad, float[] x, float[] w) {
    Buffer out = s.out((grad ? g.input() : g.output()).size());
    if (grad) {
      s.backend.conv2dInputGrad(g, s.floats(x), s.floats(w), out);
    } else {
      s.backend.conv2d(g, s.floats(x), s.floats(w), null, out);
    }
    return out;
  }

  @Example
  default void aValueReachesOnlyWhatSeesIt() {
    for (int channels : new int[] {16, 32}) {
      ConvGeometry g = ConvGeometry.square(3, 16, 14, channels, 32, 3, 3, 1, 1, 1, 1);
      for (boolean grad : new boolean[] {false, true}) {
        for (float wild : WILD) {
          int size = (grad ? g.output() : g.input()).size();
          float[] x = Values.bounded(new Random(51), size);
          float[] w = Values.bounded(new Random(52), g.weight().size());
          x[size / 3 + size / 7] = wild; // within the second image
          Comparison.Work work = s -> run(s, g, grad, x, w);
          double[] magnitudes = Comparison.magnitudes(work);
          long terms = 9L * (grad ? g.k() : g.c());
          Tolerance calm = Tolerance.transformed(terms, terms / 9, 4);
          Tolerance wherever = Tolerance.sum(terms, magnitudes);
          Comparison.of(backend(), "conv2d", g, grad ? "input gradient" : "", wild)
              .within((i, y) -> Math.max(calm.roundoffs(i, y), wherever.roundoffs(i, y)), work);
        }
      }
    }
  }

  @Example
  default void aValueReachesOnlyThePooledWindowsThatSeeIt() {
    ConvGeometry g = ConvGeometry.square(2, 16, 16, 32, 32, 3, 3, 1, 1, 1, 1);
    PoolGeometry pool = PoolGeometry.square(2, 16, 16, 32, 2, 2, 0);
    for (float wild : WILD) {
      float[] x = Values.bounded(new Random(53), g.input().size());
      float[] w = Values.bounded(new Random(54), g.weight().size());
      x[(3 * 16 + 4) * 32] = wild;
      double[] expected = Comparison.reference(s -> pooled(s, g, pool, x, w, false));
      double[] actual = Comparison.of(backend(), g).tested(s -> pooled(s, g, pool, x, w, false));
      for (int i = 0; i < expected.length; i++) {
        double error = Math.abs(actual[i] - expected[i]);
        double scale = Math.max(100, Math.abs(expected[i]));
        boolean right = Double.compare(actual[i], expected[i]) == 0 || error <= 1e-4 * scale;
        assertEquals(true, right, wild + " at " + i + ": " + actual[i] + " for " + expected[i]);
      }
    }
  }

  private static Buffer pooled(
      Side s, ConvGeometry g, PoolGeometry pool, float[] x, float[] w, boolean winners) {
    Buffer out = s.out(pool.output().size());
    Buffer places = s.outBytes(pool.output().size());
    Buffer bias = s.floats(Values.bounded(new Random(55), g.k()));
    s.backend.conv2dReluMaxPool2d(g, pool, s.floats(x), s.floats(w), bias, out, places);
    return winners ? places : out;
  }

  private static Buffer pooledApart(
      Side s, ConvGeometry g, PoolGeometry pool, float[] x, float[] w, boolean winners) {
    Buffer pixels = s.out(g.output().size());
    Buffer out = s.out(pool.output().size());
    Buffer places = s.outBytes(pool.output().size());
    Buffer bias = s.floats(Values.bounded(new Random(55), g.k()));
    s.backend.conv2d(g, s.floats(x), s.floats(w), bias, pixels);
    s.backend.unary(UnaryFunction.RELU, pixels, pixels);
    s.backend.maxPool2d(pool, pixels, out, places);
    return winners ? places : out;
  }

  /** An image whose pixels are all alike but for some rectangles, of noise or of one color. */
  private static float[] flat(ConvGeometry g, Random random) {
    float[] x = new float[g.input().size()];
    float[] color = Values.bounded(random, g.c());
    for (int i = 0; i < x.length; i++) {
      x[i] = color[i % g.c()];
    }
    for (int patch = 0; patch < 3 * g.n(); patch++) {
      float[] other = Values.bounded(random, g.c());
      boolean noise = random.nextBoolean();
      int h = random.nextInt(g.h());
      int w = random.nextInt(g.w());
      for (int row = h; row < Math.min(g.h(), h + 4); row++) {
        for (int column = w; column < Math.min(g.w(), w + 5); column++) {
          float[] pixel = noise ? Values.bounded(random, g.c()) : other;
          int at = ((patch % g.n() * g.h() + row) * g.w() + column) * g.c();
          System.arraycopy(pixel, 0, x, at, g.c());
        }
      }
    }
    return x;
  }

  /** Where an image is flat, rounding must not choose the winner of a pooling. */
  @Example
  default void theFirstOfEqualPatchesWinsAPooling() {
    for (int size : new int[] {8, 14, 17}) {
      for (int padding = 0; padding <= 1; padding++) {
        ConvGeometry g = ConvGeometry.square(4, size, size + 1, 32, 32, 3, 3, 1, padding, 1, 1);
        PoolGeometry pool = PoolGeometry.square(4, g.p(), g.q(), 32, 2, 2, 0);
        float[] x = flat(g, new Random(56 + size));
        float[] w = Values.bounded(new Random(57), g.weight().size());
        double[] y = Comparison.reference(s -> pooled(s, g, pool, x, w, false));
        double[] expected = Comparison.reference(s -> pooled(s, g, pool, x, w, true));
        Comparison comparison = Comparison.of(backend(), g);
        double[] fused = comparison.tested(s -> pooled(s, g, pool, x, w, true));
        double[] apart = comparison.tested(s -> pooledApart(s, g, pool, x, w, true));
        for (int i = 0; i < y.length; i++) {
          if (y[i] > 0) {
            assertEquals(expected[i], fused[i], g + ", pooled in one pass, at " + i);
            assertEquals(expected[i], apart[i], g + ", pooled apart, at " + i);
          }
        }
      }
    }
  }
}
