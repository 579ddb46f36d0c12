package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.Shape;
import dev.teak.engine.Sliding;
import dev.teak.engine.backend.FusedOptimizer.Adam;
import dev.teak.engine.backend.FusedOptimizer.RmsProp;
import dev.teak.engine.backend.FusedOptimizer.Sgd;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple;

/** The part of {@link BackendContract} about convolution and its two gradients. */
public interface ConvContract extends ConvEdgeContract {
  /** Convolutions of all forms, none of more than two million products. */
  final class Convolutions implements ArbitrarySupplier<ConvGeometry> {
    private static final Integer[] CHANNELS = {1, 3, 8, 16, 17, 32, 33};

    @Override
    public Arbitrary<ConvGeometry> get() {
      Arbitrary<int[]> image =
          Combinators.combine(
                  Arbitraries.frequency(
                      Tuple.of(1, 0), Tuple.of(6, 1), Tuple.of(3, 2), Tuple.of(2, 3)),
                  Arbitraries.integers().between(1, 14),
                  Arbitraries.integers().between(1, 14))
              .as((n, h, w) -> new int[] {n, h, w});
      Arbitrary<Integer> taps = Arbitraries.integers().between(1, 4);
      Arbitrary<Window> window =
          Arbitraries.frequencyOf(
              Tuple.of(2, Arbitraries.just(new Window(3, 3, Sliding.of(1, 1, 1)))),
              Tuple.of(1, Arbitraries.just(new Window(1, 1, Sliding.of()))),
              Tuple.of(1, Arbitraries.just(new Window(5, 5, Sliding.of(1, 2, 1)))),
              Tuple.of(1, Arbitraries.just(new Window(7, 7, Sliding.of(2, 3, 1)))),
              Tuple.of(2, Slidings.padded(3).map(s -> new Window(3, 3, s))),
              Tuple.of(5, Combinators.combine(taps, taps, Slidings.any(2)).as(Window::new)));
      return Combinators.combine(image, window, channels())
          .filter((i, v, c) -> v.fits(i[1], i[2]))
          .as(
              (i, v, c) ->
                  ConvGeometry.of(
                      "conv2d",
                      Shape.of(i[0], i[1], i[2], c[0]),
                      Shape.of(c[1], v.r, v.s, c[0] / c[2]),
                      v.sliding,
                      c[2]))
          .filter(g -> products(g) < 2_000_000);
    }

    private record Window(int r, int s, Sliding sliding) {
      boolean fits(int h, int w) {
        return h + sliding.top() + sliding.bottom() > sliding.dilationH() * (r - 1)
            && w + sliding.left() + sliding.right() > sliding.dilationW() * (s - 1);
      }
    }

    private static long products(ConvGeometry g) {
      return (long) g.output().size() * g.r() * g.s() * g.cGroup();
    }

    /** Input channels, output channels, groups: one group, two, or one a channel. */
    private static Arbitrary<int[]> channels() {
      Arbitrary<Integer> any = Arbitraries.of(CHANNELS);
      Arbitrary<Integer> few = Arbitraries.of(1, 2, 5);
      return Arbitraries.frequencyOf(
          Tuple.of(6, Combinators.combine(any, any).as((c, k) -> new int[] {c, k, 1})),
          Tuple.of(2, Combinators.combine(any, any).as((c, k) -> new int[] {2 * c, 2 * k, 2})),
          Tuple.of(1, any.map(c -> new int[] {c, c, c})),
          Tuple.of(2, Combinators.combine(any, few).as((c, k) -> new int[] {c, c * k, c})));
    }
  }

  /** Whether a backend may go by transformed tiles. */
  private static boolean mayTransform(ConvGeometry g) {
    return g.r() == 3
        && g.s() == 3
        && g.rows().isDense()
        && g.columns().isDense()
        && g.groups() == 1;
  }

  /** Largest product of two of {@link Values#bounded}. */
  private static double largest() {
    return 4;
  }

  private void check(
      Comparison comparison, ConvGeometry g, long terms, long chain, Comparison.Work work) {
    if (mayTransform(g)) {
      comparison.within(Tolerance.transformed(terms, chain, largest()), work);
    } else {
      comparison.withinSum(terms, work);
    }
  }

  private void checkForward(ConvGeometry g, boolean withBias, Random random) {
    float[] x = Values.bounded(random, g.input().size());
    float[] w = Values.bounded(random, g.weight().size());
    float[] bias = Values.bounded(random, g.k());
    check(
        Comparison.of(backend(), "conv2d", g, withBias ? "with bias" : "without bias"),
        g,
        (long) g.r() * g.s() * g.cGroup(),
        g.cGroup(),
        s -> convolved(s, g, x, w, withBias ? bias : null));
  }

  private static Buffer convolved(Side s, ConvGeometry g, float[] x, float[] w, float[] bias) {
    Buffer out = s.out(g.output().size());
    s.backend.conv2d(g, s.floats(x), s.floats(w), bias == null ? null : s.floats(bias), out);
    return out;
  }

  private void checkInputGrad(ConvGeometry g, Random random) {
    float[] grad = Values.bounded(random, g.output().size());
    float[] w = Values.bounded(random, g.weight().size());
    check(
        Comparison.of(backend(), "conv2dInputGrad", g),
        g,
        (long) g.r() * g.s() * g.kGroup(),
        g.kGroup(),
        s -> inputGrad(s, g, grad, w));
  }

  private static Buffer inputGrad(Side s, ConvGeometry g, float[] grad, float[] w) {
    Buffer out = s.out(g.input().size());
    s.backend.conv2dInputGrad(g, s.floats(grad), s.floats(w), out);
    return out;
  }

  private void checkWeightGrad(ConvGeometry g, Random random) {
    float[] x = Values.bounded(random, g.input().size());
    float[] grad = Values.bounded(random, g.output().size());
    // At least one transformed tile of 4 x 4 places, be they zeros.
    long places = Math.max((long) g.n() * g.p() * g.q(), mayTransform(g) ? 16 : 0);
    check(
        Comparison.of(backend(), "conv2dWeightGrad", g),
        g,
        places,
        places / 16,
        s -> weightGrad(s, g, x, grad));
  }

  private static Buffer weightGrad(Side s, ConvGeometry g, float[] x, float[] grad) {
    Buffer out = s.out(g.weight().size());
    s.backend.conv2dWeightGrad(g, s.floats(x), s.floats(grad), out);
    return out;
  }

  @Property(tries = 150)
  default void convolutionsAgree(
      @ForAll(supplier = Convolutions.class) ConvGeometry g,
      @ForAll boolean bias,
      @ForAll Random random) {
    checkForward(g, bias, random);
  }

  @Property(tries = 150)
  default void inputGradientsAgree(
      @ForAll(supplier = Convolutions.class) ConvGeometry g, @ForAll Random random) {
    checkInputGrad(g, random);
  }

  @Property(tries = 150)
  default void weightGradientsAgree(
      @ForAll(supplier = Convolutions.class) ConvGeometry g, @ForAll Random random) {
    checkWeightGrad(g, random);
  }

  /** In one pass as in two: what the activation is applied to is the convolution, to the bit. */
  @Property(tries = 100)
  default void activationsOfConvolutionsAreThoseOfTheirResults(
      @ForAll(supplier = Convolutions.class) ConvGeometry g,
      @ForAll boolean kept,
      @ForAll Random random) {
    UnaryFunction f = random.nextBoolean() ? UnaryFunction.TANH : UnaryFunction.ABS;
    float[] x = Values.bounded(random, g.input().size());
    float[] w = Values.bounded(random, g.weight().size());
    float[] bias = Values.bounded(random, g.k());
    try (Side s = Side.of(backend())) {
      float[] convolved = read(s, convolved(s, g, x, w, bias));
      Buffer before = kept ? s.out(g.output().size()) : null;
      Buffer out = s.out(g.output().size());
      s.backend.conv2dActivation(f, g, s.floats(x), s.floats(w), s.floats(bias), before, out);
      if (kept) {
        assertArrayEquals(convolved, read(s, before), g.toString());
      }
      float[] y = read(s, out);
      for (int i = 0; i < y.length; i++) {
        double expected = f.apply(convolved[i]);
        assertEquals(expected, y[i], 4e-7 * Math.abs(expected), g + " element " + i);
      }
    }
  }

  private static float[] read(Side s, Buffer b) {
    float[] host = new float[b.size()];
    s.backend.read(b, host);
    return host;
  }

  @Example
  default void convolutionsLargerThanATileAgree() {
    for (ConvGeometry g :
        new ConvGeometry[] {
          ConvGeometry.square(2, 32, 29, 32, 33, 3, 3, 1, 1, 1, 1), // many transformed tiles
          ConvGeometry.square(5, 28, 28, 1, 32, 3, 3, 1, 0, 1, 1), // an MNIST network's first layer
          ConvGeometry.square(3, 14, 14, 64, 64, 3, 3, 1, 1, 1, 1),
          ConvGeometry.square(3, 13, 13, 16, 64, 3, 3, 2, 1, 1, 1), // a residual network's steps
          ConvGeometry.square(3, 16, 16, 40, 70, 1, 1, 2, 0, 1, 1),
          ConvGeometry.square(
              2, 31, 33, 3, 16, 7, 7, 2, 3, 1, 1), // an ImageNet network's first layer
          ConvGeometry.square(2, 35, 31, 3, 16, 11, 11, 4, 2, 1, 1), // AlexNet's
          ConvGeometry.square(2, 20, 20, 64, 64, 3, 3, 1, 1, 1, 64),
          ConvGeometry.square(2, 12, 12, 24, 36, 5, 5, 1, 2, 1, 1),
          ConvGeometry.square(70, 1, 1, 130, 20, 1, 1, 1, 0, 1, 1), // a linear layer in disguise
          ConvGeometry.square(3, 9, 8, 4, 6, 9, 8, 1, 0, 1, 1) // a window as large as the image
        }) {
      checkForward(g, true, new Random(25));
      checkInputGrad(g, new Random(26));
      checkWeightGrad(g, new Random(27));
    }
  }

  @Example
  default void inputsThatNoWindowReachesHaveZeroGradient() {
    // Stride 3 with a 2 x 2 window leaves every third row and column untouched.
    checkInputGrad(ConvGeometry.square(2, 10, 11, 3, 5, 2, 2, 3, 0, 1, 1), new Random(28));
    checkInputGrad(ConvGeometry.square(2, 10, 11, 3, 5, 1, 1, 2, 0, 1, 1), new Random(29));
    checkInputGrad(ConvGeometry.square(2, 10, 11, 3, 5, 3, 3, 3, 0, 2, 1), new Random(30));
  }

  @Example
  default void anEmptyBatchHasAnEmptyOutputAndAZeroWeightGradient() {
    ConvGeometry g = ConvGeometry.square(0, 8, 8, 16, 16, 3, 3, 1, 1, 1, 1);
    checkForward(g, true, new Random(31));
    checkInputGrad(g, new Random(32));
    checkWeightGrad(g, new Random(33));
  }

  /** What a backend made of a weight must not outlive the weight's contents. */
  @Example
  default void aWeightWrittenBetweenTwoUsesIsSeen() {
    ConvGeometry g = ConvGeometry.square(1, 9, 9, 16, 16, 3, 3, 1, 1, 1, 1);
    int size = g.weight().size();
    Shape flat = Shape.of(size);
    float[] x = Values.bounded(new Random(36), g.input().size());
    float[] w = Values.bounded(new Random(37), size);
    float[] other = Values.bounded(new Random(38), size);
    double[] wide = new double[size];
    Arrays.setAll(wide, i -> other[i]);
    StridedCopy all = new StridedCopy(new int[] {size}, 0, new int[] {1}, 0, new int[] {1});
    Map<String, BiConsumer<Side, Buffer>> writers = new LinkedHashMap<>();
    writers.put("floats", (s, b) -> s.backend.write(b, other, 0));
    writers.put("doubles", (s, b) -> s.backend.write(b, wide));
    writers.put("fill", (s, b) -> s.backend.fill(b, 0.5));
    writers.put("copy", (s, b) -> s.backend.copy(s.floats(other), b, all));
    writers.put("unary", (s, b) -> s.backend.unary(UnaryFunction.NEG, b, b));
    writers.put("scalar", (s, b) -> s.backend.binary(BinaryFunction.ADD, b, 0.5, b));
    writers.put(
        "binary",
        (s, b) -> s.backend.binary(BinaryFunction.ADD, b, flat, s.floats(other), flat, b, flat));
    writers.put("where", (s, b) -> s.backend.where(s.floats(w), s.floats(other), b, b));
    writers.put("clip", (s, b) -> s.backend.clip(b, -0.1, 0.1, b));
    Sgd sgd = new Sgd(0.5, 0, 0, 0, false);
    Adam adam = new Adam(0.1, 0.9, 0.99, 1e-8, 0, false, 1);
    RmsProp rmsProp = new RmsProp(0.1, 0.9, 1e-8, 0, 0);
    writers.put("sgd", (s, b) -> s.backend.sgdStep(sgd, b, s.floats(other), null));
    writers.put(
        "adam",
        (s, b) -> s.backend.adamStep(adam, b, s.floats(other), s.zeros(size), s.zeros(size), null));
    writers.put(
        "rmsprop",
        (s, b) -> s.backend.rmsPropStep(rmsProp, b, s.floats(other), s.zeros(size), null, null));
    writers.forEach(
        (name, writer) -> {
          for (boolean back : new boolean[] {false, true}) {
            Comparison.of(backend(), g, "after " + name)
                .within(Tolerance.transformed(144, 16, 2), s -> changed(s, g, x, w, back, writer));
          }
        });
  }

  /** What comes of a weight that was used three times and then written. */
  private static Buffer changed(
      Side s, ConvGeometry g, float[] x, float[] w, boolean back, BiConsumer<Side, Buffer> writer) {
    Buffer input = s.floats(x);
    Buffer weight = s.floats(w);
    Buffer out = s.out(g.output().size());
    for (int use = 0; use < 4; use++) {
      if (use == 3) {
        writer.accept(s, weight);
      }
      if (back) {
        s.backend.conv2dInputGrad(g, input, weight, out);
      } else {
        s.backend.conv2d(g, input, weight, null, out);
      }
    }
    return out;
  }

  @Example
  default void convolutionsRepeatToTheBit() {
    for (ConvGeometry g :
        new ConvGeometry[] {
          ConvGeometry.square(4, 17, 19, 32, 32, 3, 3, 1, 1, 1, 1),
          ConvGeometry.square(4, 17, 19, 17, 32, 4, 4, 2, 1, 1, 1)
        }) {
      float[] x = Values.bounded(new Random(36), g.input().size());
      float[] w = Values.bounded(new Random(37), g.weight().size());
      float[] grad = Values.bounded(new Random(38), g.output().size());
      Comparison.of(backend(), "conv2d", g).repeats(s -> convolved(s, g, x, w, null));
      Comparison.of(backend(), "conv2dInputGrad", g).repeats(s -> inputGrad(s, g, grad, w));
      Comparison.of(backend(), "conv2dWeightGrad", g).repeats(s -> weightGrad(s, g, x, grad));
    }
  }
}
