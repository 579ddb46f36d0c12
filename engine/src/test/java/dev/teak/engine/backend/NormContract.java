package dev.teak.engine.backend;

import dev.teak.engine.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The part of {@link BackendContract} about normalizations. */
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

  private static Buffer groupNorm(Side s, NormGeometry g, float[][] in, int which) {
    Buffer y = s.out(in[0].length);
    Buffer mean = s.out(g.statistics());
    Buffer rstd = s.out(g.statistics());
    Buffer x = s.floats(in[0]);
    Buffer weight = s.floats(in[1]);
    s.backend.groupNorm(g, x, weight, s.floats(in[2]), 1e-2, y, mean, rstd);
    if (which < 3) {
      return List.of(y, mean, rstd).get(which);
    }
    Buffer ofX = s.out(in[0].length);
    Buffer ofWeight = s.out(g.channels());
    Buffer ofBias = s.out(g.channels());
    Buffer dy = s.floats(in[3]);
    s.backend.groupNormGrad(g, dy, x, mean, rstd, weight, ofX, ofWeight, ofBias);
    return List.of(ofX, ofWeight, ofBias).get(which - 3);
  }

  /**
   * Values of at most 2 and a deviation of 0.1 or more. A mean of n is off by n u 2 at most and a
   * variance v by 2 n u 4 about it, hence 1 / sqrt(v) by that times 1 / (2 v sqrt(v)), at most 500;
   * what is made of them is at most 40, and of the gradient's sums 80 times that.
   */
  private void checkGroupNorm(NormGeometry g, Random random) {
    float[][] in = {
      Values.bounded(random, g.full().size()),
      Values.bounded(random, g.channels()),
      Values.bounded(random, g.channels()),
      Values.bounded(random, g.full().size())
    };
    double n = g.count() + Tolerance.SOME;
    Comparison c = Comparison.of(backend(), g);
    c.within(Tolerance.roundings(n, 2), s -> groupNorm(s, g, in, 1));
    c.within(Tolerance.roundings(n, 2 * 4 * 500), s -> groupNorm(s, g, in, 2));
    c.within(Tolerance.roundings(n, 2 * 4 * 500 * 8), s -> groupNorm(s, g, in, 0));
    c.within(Tolerance.roundings(n, 2 * 4 * 500 * 80), s -> groupNorm(s, g, in, 3));
    double places = (double) g.outer() * g.extent();
    c.within(Tolerance.roundings(n * places, 2 * 4 * 500 * 8), s -> groupNorm(s, g, in, 4));
    c.within(Tolerance.roundings(places + Tolerance.SOME, places * 2), s -> groupNorm(s, g, in, 5));
  }

  @Property(tries = 60)
  default void normalizationsOfSamplesAgree(
      @ForAll @IntRange(min = 1, max = 9) int outer,
      @ForAll @IntRange(min = 1, max = 20) int extent,
      @ForAll @IntRange(min = 1, max = 5) int groups,
      @ForAll @IntRange(min = 1, max = 20) int inner,
      @ForAll Random random) {
    checkGroupNorm(new NormGeometry(outer, extent, groups, inner), random);
    checkGroupNorm(new NormGeometry(outer, 1, 1, extent * inner), random);
  }

  @Example
  default void normalizationsOfLongSamplesAgree() {
    checkGroupNorm(new NormGeometry(3, 1, 1, 70_001), new Random(61));
    checkGroupNorm(new NormGeometry(700, 1, 1, 768), new Random(62));
    checkGroupNorm(new NormGeometry(2, 900, 32, 2), new Random(63));
    checkGroupNorm(new NormGeometry(2, 900, 33, 1), new Random(64));
  }

  /** By E[x^2] - E[x]^2, nothing but rounding would be left of such a variance. */
  @Example
  default void aSampleFarFromZeroKeepsItsVariance() {
    for (NormGeometry g : List.of(new NormGeometry(2, 1, 1, 1024), new NormGeometry(2, 64, 2, 8))) {
      float[] x = new float[g.full().size()];
      for (int i = 0; i < x.length; i++) {
        x[i] = 1000 + i % 1024 / 1024f;
      }
      float[][] in = {x, new float[g.channels()], new float[g.channels()], x};
      Comparison c = Comparison.of(backend(), "far from zero", g);
      c.within(Tolerance.ulps(1), s -> groupNorm(s, g, in, 1));
      c.within(Tolerance.ulps(8), s -> groupNorm(s, g, in, 2));
    }
  }
}
