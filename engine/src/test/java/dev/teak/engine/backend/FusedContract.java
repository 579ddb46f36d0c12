package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The part of {@link BackendContract} about fused methods, against their defaults. */
public interface FusedContract extends OnBackend {
  @Property(tries = 100)
  default void clipKeepsToTheRange(
      @ForAll(supplier = Shapes.Sizes.class) int size, @ForAll Random random) {
    float[] x = Values.wide(random, size);
    Comparison c = Comparison.of(backend(), "clip", size);
    c.exact(s -> clipped(s, s.floats(x), s.out(size), -0.5, 0.75));
    c.exact(s -> clipped(s, s.floats(x), s.out(size), 1, 1));
    c.exact(s -> clipped(s, s.floats(x), s.out(size), 0, Double.POSITIVE_INFINITY));
    c.exact(
        s -> {
          Buffer y = s.floats(x);
          return clipped(s, y, y, 0, 1);
        });
  }

  private static Buffer clipped(Side s, Buffer x, Buffer out, double low, double high) {
    s.backend.clip(x, low, high, out);
    return out;
  }

  @Example
  default void clipLeavesNotANumberAndBringsInfinitiesBack() {
    Comparison.of(backend(), "clip special values")
        .exact(s -> clipped(s, s.floats(Values.SPECIAL), s.out(Values.SPECIAL.length), -0.5, 1.5));
  }

  private static Buffer softmax(Side s, float[] x, int rows, int columns, boolean log) {
    Buffer out = s.out(rows * columns);
    if (log) {
      s.backend.logSoftmax(s.floats(x), rows, columns, out);
    } else {
      s.backend.softmax(s.floats(x), rows, columns, out);
    }
    return out;
  }

  /**
   * With z = x - max, rounded once, exp(z) is off by |z| u relative to itself, hence by at most u /
   * e, and their sum, which is 1 or more, by 2 columns u. So a logarithm is off by about 2 columns
   * u (1 + |y|), and a probability y by (2 columns + |log y|) u y.
   */
  private void checkSoftmax(float[] x, int rows, int columns) {
    double n = 2 * columns + 16;
    Comparison.of(backend(), "softmax", rows, "x", columns)
        .within(
            (i, y) -> y == 0 ? Double.MIN_VALUE : (n - 4 * Math.log(y)) * y,
            s -> softmax(s, x, rows, columns, false));
    Comparison.of(backend(), "logSoftmax", rows, "x", columns)
        .within((i, y) -> n * (1 + Math.abs(y)), s -> softmax(s, x, rows, columns, true));
  }

  @Property(tries = 100)
  default void softmaxAgrees(
      @ForAll @IntRange(max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 70) int columns,
      @ForAll Random random) {
    checkSoftmax(Values.wide(random, rows * columns), rows, columns);
  }

  @Property(tries = 50)
  default void softmaxOfLargeLogitsNeitherOverflowsNorLosesTheirDifferences(
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 1, max = 40) int columns,
      @ForAll Random random) {
    float[] x = Values.bounded(random, rows * columns);
    for (int i = 0; i < x.length; i++) {
      // Whole numbers around +-1e4 and up to 1e6: differences are exact, and must stay so.
      x[i] = Math.round(x[i] * 50) + (i / columns % 2 == 0 ? 1e4f : -1e6f);
    }
    checkSoftmax(x, rows, columns);
  }

  @Example
  default void softmaxOfManyColumnsAgrees() {
    checkSoftmax(Values.wide(new Random(42), 3 * 1000), 3, 1000);
    checkSoftmax(Values.wide(new Random(43), 1025 * 10), 1025, 10);
    checkSoftmax(new float[7 * 5], 7, 5);
  }

  @Example
  default void softmaxTreatsMaskedLogitsAsImpossibleAndNotANumberAsContagious() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {
      0, -inf, 1, -inf, //
      -inf, -inf, -inf, -inf, //
      1, Float.NaN, 2, 3, //
      1, inf, 2, 3, //
      3e38f, -3e38f, 0, 1, //
      1, 2, 3, 4
    };
    checkSoftmax(x, 6, 4);
  }

  private static Buffer crossEntropy(Side s, float[] x, int[] labels, float[] grad, String wanted) {
    int rows = labels.length;
    int classes = rows == 0 ? 1 : x.length / rows;
    Buffer p = s.out(rows * classes);
    Buffer loss = s.out(rows);
    s.backend.crossEntropy(s.floats(x), s.ints(labels), rows, classes, p, loss);
    if (wanted.equals("loss")) {
      return loss;
    }
    Buffer out = s.out(rows * classes);
    s.backend.crossEntropyGrad(p, s.ints(labels), s.floats(grad), rows, classes, out);
    return wanted.equals("probabilities") ? p : out;
  }

  /**
   * Of the sizes of {@link #checkSoftmax}; a gradient is a probability, less 1, times {@code g}.
   */
  private void checkCrossEntropy(float[] x, int[] labels, float[] grad) {
    int rows = labels.length;
    int classes = rows == 0 ? 1 : x.length / rows;
    double n = 2 * classes + 16;
    Comparison c = Comparison.of(backend(), "crossEntropy", rows, "x", classes);
    c.within((i, y) -> n * (1 + Math.abs(y)), s -> crossEntropy(s, x, labels, grad, "loss"));
    c.within(
        (i, y) -> y == 0 ? Double.MIN_VALUE : (n - 4 * Math.log(y)) * y,
        s -> crossEntropy(s, x, labels, grad, "probabilities"));
    c.within(
        (i, y) -> n * Math.abs(grad[i / classes]),
        s -> crossEntropy(s, x, labels, grad, "gradient"));
  }

  @Property(tries = 100)
  default void crossEntropyAndItsGradientAgree(
      @ForAll @IntRange(max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 70) int classes,
      @ForAll Random random) {
    int[] labels = random.ints(rows, 0, classes).toArray();
    float[] x = Values.wide(random, rows * classes);
    checkCrossEntropy(x, labels, Values.bounded(random, rows));
  }

  @Example
  default void crossEntropyOfImpossibleClassesAndLargeLogitsIsExact() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {
      0, -inf, 1, 1e4f, 1e4f, -1e6f, -inf, 2, -inf, 1, Float.NaN, 2,
    };
    checkCrossEntropy(x, new int[] {0, 1, 1, 0}, new float[] {1, -2, 0.5f, 1});
    checkCrossEntropy(x, new int[] {2, 2, 1, 2}, new float[] {0, 1, 1, 1});
  }

  /** The gradient of a label is as small as its rivals' probabilities, and has as many digits. */
  @Example
  default void theGradientOfASureModelIsNotLost() {
    float[] x = {20, 0, -1, 0, 30, 1, 3, 2, 60};
    double n = 2 * 3 + 16; // as of the probabilities that it is the sum of
    Comparison.of(backend(), "crossEntropyGrad of a sure model")
        .within(
            (i, y) -> (n - 4 * Math.log(Math.abs(y))) * Math.abs(y),
            s -> crossEntropy(s, x, new int[] {0, 1, 2}, new float[] {1, -1, 1}, "gradient"));
  }

  @Property(tries = 60)
  default void aStepOfAnAttackIsTheFourOneByOne(
      @ForAll(supplier = Shapes.Sizes.class) int size, @ForAll Random random) {
    float[] clean = Values.bounded(random, size);
    float[] x = Values.bounded(random, size);
    float[] grad = Values.bounded(random, size);
    for (int i = 0; i < size; i += 5) {
      grad[i] = i % 2 == 0 ? 0f : -0f;
    }
    for (double radius : new double[] {0, 0.03, 0.5}) {
      // The same roundings in the same order: four of quantities up to 4.
      Comparison.of(backend(), "linfStep", radius, size)
          .within(Tolerance.roundings(4, 4), s -> linfStep(s, x, grad, clean, radius, false));
      Comparison.of(backend(), "linfStep in place", radius, size)
          .within(Tolerance.roundings(4, 4), s -> linfStep(s, x, grad, clean, radius, true));
    }
  }

  @Example
  default void aStepAlongNotANumberMovesNothingAndAlongInfinityAsAlongItsSign() {
    float nan = Float.NaN;
    float inf = Float.POSITIVE_INFINITY;
    // Long enough that vectors and what is left over both see each kind.
    float[] grad = new float[75];
    float[] expected = new float[grad.length];
    float[] kinds = {1, nan, -1, -inf, 0, inf};
    float[] moves = {0.25f, 0, -0.25f, -0.25f, 0, 0.25f};
    for (int i = 0; i < grad.length; i++) {
      grad[i] = kinds[i % kinds.length];
      expected[i] = moves[i % kinds.length];
    }
    float[] x = new float[grad.length];
    try (Side s = Side.of(backend())) {
      float[] moved = new float[x.length];
      s.backend.read(linfStep(s, x, grad, x, 0.5, false), moved);
      assertArrayEquals(expected, moved);
    }
  }

  private static Buffer linfStep(
      Side s, float[] x, float[] grad, float[] clean, double radius, boolean inPlace) {
    Buffer from = s.floats(x);
    Buffer out = inPlace ? from : s.out(x.length);
    s.backend.linfStep(from, s.floats(grad), s.floats(clean), 0.25, radius, -1, 0.75, out);
    return out;
  }

  private static Buffer convRelu(Side s, ConvGeometry g, float[] x, float[] w, float[] bias) {
    Buffer out = s.out(g.output().size());
    s.backend.conv2dRelu(g, s.floats(x), s.floats(w), bias == null ? null : s.floats(bias), out);
    return out;
  }

  /** The pooled convolution, or what lies at the winners' places of the one that is not pooled. */
  private static Buffer pooled(
      Side s, ConvGeometry g, int window, float[] x, float[] w, float[] bias, boolean picked) {
    PoolGeometry pool = PoolGeometry.square(g.n(), g.p(), g.q(), g.k(), window, window, 0);
    Buffer out = s.out(pool.output().size());
    Buffer winners = s.outBytes(pool.output().size());
    Buffer b = bias == null ? null : s.floats(bias);
    s.backend.conv2dReluMaxPool2d(g, pool, s.floats(x), s.floats(w), b, out, winners);
    if (picked) {
      s.backend.maxPool2dPick(pool, convRelu(s, g, x, w, bias), winners, out);
    }
    return out;
  }

  /** The gradient of the input, or of the weight, from one of the pooled (or not) output. */
  private static Buffer convReluGrad(
      Side s, ConvGeometry g, int window, float[] x, float[] w, float[] grad, boolean ofInput) {
    PoolGeometry pool =
        window == 0 ? null : PoolGeometry.square(g.n(), g.p(), g.q(), g.k(), window, window, 0);
    int size = pool == null ? g.output().size() : pool.output().size();
    // What the forward pass gave, made of exact ops, so that no near tie is decided otherwise.
    Buffer pixels = s.floats(Arrays.copyOf(grad, g.output().size()));
    s.backend.unary(UnaryFunction.RELU, pixels, pixels);
    Buffer y = pool == null ? pixels : s.out(size);
    Buffer winners = pool == null ? null : s.outBytes(size);
    if (pool != null) {
      s.backend.maxPool2d(pool, pixels, y, winners);
    }
    Buffer gradients = s.floats(Arrays.copyOfRange(grad, grad.length - size, grad.length));
    Buffer out = s.out((ofInput ? g.input() : g.weight()).size());
    if (ofInput) {
      s.backend.conv2dReluInputGrad(g, pool, gradients, y, winners, s.floats(w), out);
    } else {
      s.backend.conv2dReluWeightGrad(g, pool, s.floats(x), gradients, y, winners, out);
    }
    return out;
  }

  @Property(tries = 150)
  default void gradientsThroughReluAndPoolingAreThoseOfTheThreeOneByOne(
      @ForAll(supplier = ConvContract.Convolutions.class) ConvGeometry g,
      @ForAll @IntRange(max = 4) int window,
      @ForAll Random random) {
    if (g.n() == 0 || g.p() < window || g.q() < window) {
      return;
    }
    float[] x = Values.bounded(random, g.input().size());
    float[] w = Values.bounded(random, g.weight().size());
    float[] grad = Values.bounded(random, g.output().size());
    long taps = (long) g.r() * g.s() * g.kGroup();
    long places = Math.max(16, (long) g.n() * g.p() * g.q());
    Comparison.of(backend(), "conv2dReluInputGrad", g, window)
        .within(
            Tolerance.transformed(taps, g.kGroup(), 4),
            s -> convReluGrad(s, g, window, x, w, grad, true));
    Comparison.of(backend(), "conv2dReluWeightGrad", g, window)
        .within(
            Tolerance.transformed(places, places / 16, 4),
            s -> convReluGrad(s, g, window, x, w, grad, false));
  }

  @Property(tries = 150)
  default void aConvolutionWithItsReluAndPoolingIsTheThreeOneByOne(
      @ForAll(supplier = ConvContract.Convolutions.class) ConvGeometry g,
      @ForAll @IntRange(min = 1, max = 4) int window,
      @ForAll boolean withBias,
      @ForAll Random random) {
    float[] x = Values.bounded(random, g.input().size());
    float[] w = Values.bounded(random, g.weight().size());
    float[] bias = withBias ? Values.bounded(random, g.k()) : null;
    Tolerance close = Tolerance.transformed((long) g.r() * g.s() * g.cGroup(), g.cGroup(), 4);
    Comparison.of(backend(), "conv2dRelu", g).within(close, s -> convRelu(s, g, x, w, bias));
    if (g.p() >= window && g.q() >= window) {
      Comparison c = Comparison.of(backend(), "conv2dReluMaxPool2d", g, window);
      c.within(close, s -> pooled(s, g, window, x, w, bias, false));
      c.within(close, s -> pooled(s, g, window, x, w, bias, true));
    }
  }

  @Example
  default void aFusedConvolutionLargerThanATileIsTheThreeOneByOneAndSoAreItsGradients() {
    for (ConvGeometry g :
        new ConvGeometry[] {
          ConvGeometry.square(5, 28, 28, 1, 32, 3, 3, 1, 1, 1, 1),
          ConvGeometry.square(3, 15, 14, 32, 64, 3, 3, 1, 1, 1, 1),
          ConvGeometry.square(3, 14, 14, 32, 64, 3, 3, 1, 1, 1, 1), // a tile's part lies outside
          ConvGeometry.square(9, 6, 6, 16, 32, 3, 3, 1, 1, 1, 1),
          ConvGeometry.square(18, 9, 33, 70, 5, 3, 3, 1, 2, 1, 1), // slices, the last one thin
          ConvGeometry.square(2, 12, 12, 64, 8, 3, 3, 1, 0, 1, 1),
          ConvGeometry.square(2, 12, 18, 5, 96, 5, 5, 1, 2, 1, 1) // panels of a product
        }) {
      Random random = new Random(41);
      float[] x = Values.bounded(random, g.input().size());
      float[] w = Values.bounded(random, g.weight().size());
      float[] bias = Values.bounded(random, g.k());
      float[] grad = Values.bounded(random, g.output().size());
      Tolerance close = Tolerance.transformed(9L * g.c(), g.c(), 4);
      Tolerance ofInput = Tolerance.transformed(9L * g.k(), g.k(), 4);
      long places = (long) g.n() * g.p() * g.q();
      Tolerance ofWeight = Tolerance.transformed(places, places / 16, 4);
      for (int window = 2; window < 4; window++) {
        int size = window;
        Comparison c = Comparison.of(backend(), "conv2dReluMaxPool2d", g, window);
        c.within(close, s -> pooled(s, g, size, x, w, bias, false));
        c.within(close, s -> pooled(s, g, size, x, w, bias, true));
        c.within(ofInput, s -> convReluGrad(s, g, size, x, w, grad, true));
        c.within(ofWeight, s -> convReluGrad(s, g, size, x, w, grad, false));
      }
    }
  }
}
