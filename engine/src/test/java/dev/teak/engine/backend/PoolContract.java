package dev.teak.engine.backend;

import dev.teak.engine.PoolWindow;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Sliding;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple;

/** The part of {@link BackendContract} about pooling. */
public interface PoolContract extends OnBackend {
  /** Poolings of all forms: apart, touching, overlapping, dilated, oblong, hanging over. */
  final class Poolings implements ArbitrarySupplier<PoolGeometry> {
    @Override
    public Arbitrary<PoolGeometry> get() {
      Arbitrary<Shape> image =
          Combinators.combine(
                  Arbitraries.frequency(Tuple.of(1, 0), Tuple.of(5, 1), Tuple.of(4, 3)),
                  Arbitraries.integers().between(1, 15),
                  Arbitraries.integers().between(1, 15),
                  Arbitraries.of(1, 2, 3, 8, 16, 17, 32, 33))
              .as(Shape::of);
      return Combinators.combine(
              image, Arbitraries.frequencyOf(Tuple.of(1, plain()), Tuple.of(1, any())))
          .as(Poolings::fitting)
          .filter(g -> g != null);
    }

    private static Arbitrary<Integer> sizes() {
      return Arbitraries.frequency(
          Tuple.of(2, 1), Tuple.of(6, 2), Tuple.of(5, 3), Tuple.of(2, 4), Tuple.of(1, 7));
    }

    private static Arbitrary<PoolWindow> plain() {
      return Combinators.combine(
              sizes(), Arbitraries.integers().between(1, 4), Arbitraries.integers().between(0, 3))
          .as((n, stride, pad) -> PoolWindow.of(n).stride(stride).padding(Math.min(pad, n / 2)));
    }

    private static Arbitrary<PoolWindow> any() {
      return Combinators.combine(
              sizes(),
              sizes(),
              Slidings.any(3),
              Arbitraries.of(true, false),
              Arbitraries.of(true, false),
              Arbitraries.of(0, 0, 5))
          .as(
              (h, w, how, ceil, counted, divisor) ->
                  new PoolWindow(h, w, clamped(how, h, w), ceil, counted, divisor));
    }

    private static Sliding clamped(Sliding s, int h, int w) {
      return s.padding(
          Math.min(s.top(), h / 2),
          Math.min(s.left(), w / 2),
          Math.min(s.bottom(), h / 2),
          Math.min(s.right(), w / 2));
    }

    private static PoolGeometry fitting(Shape x, PoolWindow window) {
      try {
        return PoolGeometry.of("pool2d", x, window);
      } catch (ShapeException e) {
        return null; // does not fit
      }
    }
  }

  private static Buffer max(Side s, PoolGeometry g, float[] x, boolean winners) {
    Buffer out = s.out(g.output().size());
    Buffer places = s.outBytes(g.output().size());
    s.backend.maxPool2d(g, s.floats(x), out, places);
    return winners ? places : out;
  }

  private void checkMax(PoolGeometry g, float[] x) {
    Comparison.of(backend(), "maxPool2d", g).exact(s -> max(s, g, x, false));
    Comparison.of(backend(), "maxPool2d winners", g).exact(s -> max(s, g, x, true));
  }

  @Property(tries = 200)
  default void maximaAndTheirPlacesAgree(
      @ForAll(supplier = Poolings.class) PoolGeometry g, @ForAll Random random) {
    checkMax(g, Values.wide(random, g.input().size()));
  }

  @Property(tries = 100)
  default void theFirstOfEqualsWins(
      @ForAll(supplier = Poolings.class) PoolGeometry g, @ForAll Random random) {
    checkMax(g, Values.tied(random, g.input().size()));
    checkMax(g, new float[g.input().size()]);
  }

  @Property(tries = 100)
  default void paddingNeverWins(
      @ForAll(supplier = Poolings.class) PoolGeometry g, @ForAll Random random) {
    float[] x = new float[g.input().size()];
    Arrays.fill(x, Float.NEGATIVE_INFINITY);
    checkMax(g, x);
    for (int i = 0; i < x.length; i++) {
      x[i] = -1 - random.nextInt(3);
    }
    checkMax(g, x);
  }

  @Property(tries = 100)
  default void notANumberWins(
      @ForAll(supplier = Poolings.class) PoolGeometry g, @ForAll Random random) {
    float[] x = Values.tied(random, g.input().size());
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(9) == 0 ? Float.NaN : x[i];
    }
    checkMax(g, x);
  }

  @Example
  default void theLargestWindowsPlacesFitAByte() {
    PoolGeometry g = PoolGeometry.square(2, 16, 16, 3, 16, 1, 0);
    float[] x = new float[g.input().size()];
    Arrays.fill(x, x.length - 3, x.length, 1); // the last place of the second image, 255
    checkMax(g, x);
    checkMaxGrad(g, x, new Random(39));
    checkPick(g, x, new Random(39));
    PoolGeometry padded = PoolGeometry.square(1, 23, 21, 5, 16, 3, 8);
    float[] wide = Values.wide(new Random(39), padded.input().size());
    checkMax(padded, wide);
    checkMaxGrad(padded, wide, new Random(39));
    checkPick(padded, wide, new Random(39));
  }

  @Property(tries = 150)
  default void maximaGiveTheirGradientToTheirWinners(
      @ForAll(supplier = Poolings.class) PoolGeometry g, @ForAll Random random) {
    checkMaxGrad(g, Values.tied(random, g.input().size()), random);
  }

  private void checkMaxGrad(PoolGeometry g, float[] x, Random random) {
    float[] grad = Values.wide(random, g.output().size());
    // The winners must be those of x itself, so the magnitudes are taken of the gradient alone.
    double[] magnitudes = Comparison.reference(s -> maxGrad(s, g, x, magnitudes(grad)));
    Comparison.of(backend(), "maxPool2dGrad", g)
        .within(Tolerance.sum((long) g.places(), magnitudes), s -> maxGrad(s, g, x, grad));
  }

  private static float[] magnitudes(float[] x) {
    float[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.abs(y[i]);
    }
    return y;
  }

  private static Buffer maxGrad(Side s, PoolGeometry g, float[] x, float[] grad) {
    Buffer out = s.out(g.input().size());
    s.backend.maxPool2dGrad(g, s.floats(grad), max(s, g, x, true), out);
    return out;
  }

  @Property(tries = 100)
  default void winnersArePickedFromAnotherImage(
      @ForAll(supplier = Poolings.class) PoolGeometry g, @ForAll Random random) {
    checkPick(g, Values.tied(random, g.input().size()), random);
  }

  private void checkPick(PoolGeometry g, float[] x, Random random) {
    float[] other = Values.wide(random, g.input().size());
    Comparison.of(backend(), "maxPool2dPick", g)
        .exact(
            s -> {
              Buffer out = s.out(g.output().size());
              s.backend.maxPool2dPick(g, s.floats(other), max(s, g, x, true), out);
              return out;
            });
  }

  private void checkAverage(PoolGeometry g, Random random) {
    float[] x = Values.wide(random, g.input().size());
    float[] grad = Values.wide(random, g.output().size());
    long area = (long) g.places();
    Comparison.of(backend(), "avgPool2d", g)
        .withinSum(
            area,
            s -> {
              Buffer out = s.out(g.output().size());
              s.backend.avgPool2d(g, s.floats(x), out);
              return out;
            });
    Comparison.of(backend(), "avgPool2dGrad", g)
        .withinSum(
            area,
            s -> {
              Buffer out = s.out(g.input().size());
              s.backend.avgPool2dGrad(g, s.floats(grad), out);
              return out;
            });
  }

  @Property(tries = 150)
  default void meansAndTheirGradientsAgree(
      @ForAll(supplier = Poolings.class) PoolGeometry g, @ForAll Random random) {
    checkAverage(g, random);
  }

  @Example
  default void poolingsOfWholeImagesAndOfManyChannelsAgree() {
    for (PoolGeometry g :
        new PoolGeometry[] {
          PoolGeometry.square(5, 8, 8, 130, 8, 1, 0), // global pooling
          PoolGeometry.square(3, 26, 26, 32, 2, 2, 0),
          PoolGeometry.square(2, 33, 31, 64, 3, 2, 1)
        }) {
      checkAverage(g, new Random(40));
      checkMax(g, Values.tied(new Random(41), g.input().size()));
    }
  }
}
