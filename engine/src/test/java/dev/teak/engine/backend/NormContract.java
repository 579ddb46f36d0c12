package dev.teak.engine.backend;

import dev.teak.engine.DType;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The part of {@link BackendContract} about batch normalisation. */
public interface NormContract extends OnBackend {
  private static Buffer stats(Side s, float[] x, int rows, int channels, boolean variance) {
    Buffer mean = s.out(channels);
    Buffer v = s.out(channels);
    s.backend.channelStats(s.floats(x), rows, channels, mean, v);
    return variance ? v : mean;
  }

  /**
   * Values of at most 2: a mean of such is off by rows u 2 at most, if summed one by one, and a
   * variance by twice that times 4; blocks make long sums better.
   */
  private void checkStats(int rows, int channels, Random random) {
    float[] x = Values.bounded(random, rows * channels);
    double n = Math.min(rows, Tolerance.LONGEST_CHAIN) + Tolerance.SOME;
    Comparison c = Comparison.of(backend(), "channelStats", rows, "x", channels);
    c.within(Tolerance.roundings(n, 2), s -> stats(s, x, rows, channels, false));
    c.within(Tolerance.roundings(3 * n, 4), s -> stats(s, x, rows, channels, true));
  }

  @Property(tries = 100)
  default void statisticsAgree(
      @ForAll @IntRange(min = 1, max = 60) int rows,
      @ForAll @IntRange(min = 1, max = 70) int channels,
      @ForAll Random random) {
    checkStats(rows, channels, random);
  }

  @Example
  default void statisticsOfManyRowsAgree() {
    checkStats(9000, 33, new Random(51));
    checkStats(70_001, 1, new Random(52));
  }

  /** Few channels have many rows; a mean that is off shows as a shift of all that is normalised. */
  @Example
  default void statisticsOfFewChannelsAreRightToTheLastFewBits() {
    for (int channels = 1; channels <= 17; channels++) {
      int rows = 65_536;
      int wide = channels;
      float[] x = new float[rows * channels];
      for (int i = 0; i < x.length; i++) {
        x[i] = 1000 + i / wide % 1024 / 1024f;
      }
      Comparison c = Comparison.of(backend(), "channelStats of a ramp", channels);
      c.within(Tolerance.ulps(1), s -> stats(s, x, rows, wide, false));
      c.within(Tolerance.ulps(8), s -> stats(s, x, rows, wide, true));
    }
  }

  @Example
  default void aConstantChannelHasItsValueForAMeanAndNoVariance() {
    for (int channels : new int[] {1, 3, 8, 33}) {
      float[] x = new float[21_845 * channels];
      Arrays.fill(x, 200.3f);
      Comparison c = Comparison.of(backend(), "channelStats of a constant", channels);
      c.exact(s -> stats(s, x, 21_845, channels, false));
      c.within((i, y) -> 0x1p-24, s -> stats(s, x, 21_845, channels, true));
    }
  }

  @Example
  default void sumsOfManyGradientsAreRightToTheLastFewBits() {
    for (int channels : new int[] {1, 3, 16, 20}) {
      int rows = 100_003;
      float[] g = new float[rows * channels];
      Arrays.fill(g, 0.1f);
      float[] x = new float[rows * channels];
      Arrays.fill(x, 1.7f);
      float[] mean = new float[channels];
      // In double precision it is the reference that adds one by one.
      boolean single = backend().floatType() == DType.FLOAT32;
      Tolerance close = single ? Tolerance.ulps(4) : (i, y) -> rows * Math.abs(y);
      Comparison c = Comparison.of(backend(), "normalizeSums", channels);
      c.within(close, s -> grads(s, g, null, x, mean, rows, 0));
      c.within(close, s -> grads(s, g, x, x, mean, rows, 1));
    }
  }

  /** A variance must not drown in a mean a thousand times the deviation. */
  @Example
  default void aVarianceFarFromZeroIsKept() {
    Random random = new Random(53);
    float[] x = Values.bounded(random, 5000 * 17);
    for (int i = 0; i < x.length; i++) {
      x[i] += 2000;
    }
    Comparison.of(backend(), "channelStats")
        .within((i, y) -> 1e-3 / 0x1p-24 * y, s -> stats(s, x, 5000, 17, true));
  }

  private static Buffer normalized(
      Side s, float[] x, float[] perChannel, float[] residual, int rows, boolean relu) {
    int channels = perChannel.length;
    Buffer out = s.out(x.length);
    Buffer p = s.floats(perChannel);
    Buffer r = residual == null ? null : s.floats(residual);
    s.backend.normalize(s.floats(x), rows, channels, p, p, p, r, relu, out);
    return out;
  }

  @Property(tries = 100)
  default void normalizingAgrees(
      @ForAll @IntRange(min = 1, max = 30) int rows,
      @ForAll @IntRange(min = 1, max = 70) int channels,
      @ForAll boolean withResidual,
      @ForAll boolean relu,
      @ForAll Random random) {
    float[] x = Values.bounded(random, rows * channels);
    float[] p = Values.bounded(random, channels);
    float[] r = withResidual ? Values.bounded(random, rows * channels) : null;
    Comparison.of(backend(), "normalize", rows, "x", channels)
        .within(Tolerance.roundings(5, 12), s -> normalized(s, x, p, r, rows, relu));
  }

  private static Buffer grads(
      Side s, float[] g, float[] y, float[] x, float[] mean, int rows, int which) {
    int channels = mean.length;
    Buffer sum = s.out(channels);
    Buffer products = s.out(channels);
    Buffer out = s.out(g.length);
    Buffer h = which == 4 ? null : s.out(g.length);
    Buffer m = s.floats(mean);
    Buffer of = y == null ? null : s.floats(y);
    Buffer grad = s.floats(g);
    s.backend.normalizeSums(grad, of, s.floats(x), rows, channels, m, sum, products);
    s.backend.normalizeGrad(grad, of, s.floats(x), rows, channels, m, m, m, m, out, h);
    return switch (which) {
      case 0 -> sum;
      case 1 -> products;
      case 3 -> h;
      default -> out;
    };
  }

  @Property(tries = 100)
  default void gradientsOfNormalizingAgree(
      @ForAll @IntRange(min = 1, max = 60) int rows,
      @ForAll @IntRange(min = 1, max = 70) int channels,
      @ForAll boolean relu,
      @ForAll Random random) {
    float[] g = Values.bounded(random, rows * channels);
    float[] y = relu ? Values.bounded(random, rows * channels) : null;
    float[] x = Values.bounded(random, rows * channels);
    float[] mean = Values.bounded(random, channels);
    Comparison c = Comparison.of(backend(), "normalize gradients", rows, "x", channels);
    double n = rows + Tolerance.SOME;
    c.within(Tolerance.roundings(n * rows, 2), s -> grads(s, g, y, x, mean, rows, 0));
    c.within(Tolerance.roundings(n * rows, 8), s -> grads(s, g, y, x, mean, rows, 1));
    c.within(Tolerance.roundings(6, 14), s -> grads(s, g, y, x, mean, rows, 2));
    c.exact(s -> grads(s, g, y, x, mean, rows, 3));
    c.within(Tolerance.roundings(6, 14), s -> grads(s, g, y, x, mean, rows, 4));
  }
}
