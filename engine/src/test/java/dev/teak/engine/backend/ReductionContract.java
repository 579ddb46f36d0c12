package dev.teak.engine.backend;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The part of {@link BackendContract} about sums, maxima and their places. */
public interface ReductionContract extends OnBackend {
  private static Buffer reduced(Side s, ReduceFunction f, float[] x, Shapes.Axes a) {
    Buffer out = s.out(a.outer() * a.inner());
    s.backend.reduce(f, s.floats(x), a.outer(), a.extent(), a.inner(), out);
    return out;
  }

  private static Buffer argMax(Side s, float[] x, Shapes.Axes a) {
    Buffer out = s.outInts(a.outer() * a.inner());
    s.backend.argMax(s.floats(x), a.outer(), a.extent(), a.inner(), out);
    return out;
  }

  @Property(tries = 300)
  default void sumsAgree(
      @ForAll(supplier = Shapes.Reductions.class) Shapes.Axes axes, @ForAll Random random) {
    float[] x = Values.wide(random, axes.size());
    Comparison.of(backend(), "sum", axes)
        .withinSum(axes.extent(), s -> reduced(s, ReduceFunction.SUM, x, axes));
  }

  @Property(tries = 200)
  default void maximaAgree(
      @ForAll(supplier = Shapes.Reductions.class) Shapes.Axes axes, @ForAll Random random) {
    float[] x = Values.wide(random, axes.size());
    Comparison.of(backend(), "max", axes).exact(s -> reduced(s, ReduceFunction.MAX, x, axes));
    for (int i = 0; i < x.length; i++) {
      x[i] = -1 - Math.abs(x[i]); // 0 must not be taken for the largest
    }
    Comparison.of(backend(), "max of negatives", axes)
        .exact(s -> reduced(s, ReduceFunction.MAX, x, axes));
  }

  @Property(tries = 300)
  default void argMaxTakesTheFirstOfEquals(
      @ForAll(supplier = Shapes.Reductions.class) Shapes.Axes axes, @ForAll Random random) {
    Shapes.Axes a = new Shapes.Axes(axes.outer(), Math.max(axes.extent(), 1), axes.inner());
    float[] tied = Values.tied(random, a.size());
    Comparison.of(backend(), "argMax", a).exact(s -> argMax(s, tied, a));
    float[] wide = Values.wide(random, a.size());
    Comparison.of(backend(), "argMax", a).exact(s -> argMax(s, wide, a));
  }

  @Example
  default void nothingSumsToZeroAndHasNoMaximum() {
    Shapes.Axes axes = new Shapes.Axes(3, 0, 5);
    Comparison.of(backend(), "sum of nothing")
        .exact(s -> reduced(s, ReduceFunction.SUM, new float[0], axes));
    Comparison.of(backend(), "max of nothing")
        .exact(s -> reduced(s, ReduceFunction.MAX, new float[0], axes));
  }

  @Property(tries = 150)
  default void notANumberAndInfinitiesPropagateWhereverTheyStand(
      @ForAll(supplier = Shapes.Reductions.class) Shapes.Axes axes, @ForAll Random random) {
    Shapes.Axes a = new Shapes.Axes(axes.outer(), Math.max(axes.extent(), 1), axes.inner());
    float[] odd = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    float[] x = Values.wide(random, a.size());
    for (int i = 0; i < x.length; i++) {
      if (random.nextInt(a.extent()) == 0) {
        x[i] = odd[random.nextInt(odd.length)];
      }
    }
    Comparison.of(backend(), "sum", a)
        .withinSum(a.extent(), s -> reduced(s, ReduceFunction.SUM, x, a));
    Comparison.of(backend(), "max", a).exact(s -> reduced(s, ReduceFunction.MAX, x, a));
    Comparison.of(backend(), "argMax", a).exact(s -> argMax(s, x, a));
  }

  @Example
  default void argMaxOfNothingButMinusInfinityIsTheFirst() {
    float[] x = new float[40];
    Arrays.fill(x, Float.NEGATIVE_INFINITY);
    Comparison.of(backend(), "argMax").exact(s -> argMax(s, x, new Shapes.Axes(1, 40, 1)));
    Comparison.of(backend(), "argMax").exact(s -> argMax(s, x, new Shapes.Axes(2, 4, 5)));
  }

  @Example
  default void longSumsKeepTheirDigits() {
    // A single chain of a million additions of 0.1 in float32 is off by 1%: blocks are needed.
    float[] tenths = new float[1_000_000];
    Arrays.fill(tenths, 0.1f);
    Shapes.Axes all = new Shapes.Axes(1, tenths.length, 1);
    Comparison.of(backend(), "sum of a million tenths")
        .withinSum(tenths.length, s -> reduced(s, ReduceFunction.SUM, tenths, all));

    float[] mixed = Values.wide(new Random(12), 1_000_003);
    Shapes.Axes odd = new Shapes.Axes(1, mixed.length, 1);
    Comparison.of(backend(), "sum of a million")
        .withinSum(mixed.length, s -> reduced(s, ReduceFunction.SUM, mixed, odd));
    Comparison.of(backend(), "max of a million")
        .exact(s -> reduced(s, ReduceFunction.MAX, mixed, odd));
    Comparison.of(backend(), "argMax of a million").exact(s -> argMax(s, mixed, odd));
  }

  @Example
  default void longSumsOverRowsKeepTheirDigits() {
    Random random = new Random(13);
    float[] x = new float[100_003 * 7];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    for (Shapes.Axes a :
        new Shapes.Axes[] {new Shapes.Axes(1, 100_003, 7), new Shapes.Axes(7, 100_003, 1)}) {
      Comparison.of(backend(), "sum", a)
          .withinSum(a.extent(), s -> reduced(s, ReduceFunction.SUM, x, a));
    }
  }

  /** A sum is the nearest float or one of the few beside it, whatever its length. */
  private void checkClose(float[] x, Shapes.Axes a) {
    Comparison.of(backend(), "sum", a)
        .within(Tolerance.ulps(3), s -> reduced(s, ReduceFunction.SUM, x, a));
  }

  @Example
  default void longSumsAreRightToTheLastFewBits() {
    float[] tenths = new float[10_000_000];
    Arrays.fill(tenths, 0.1f);
    checkClose(tenths, new Shapes.Axes(1, tenths.length, 1));
    checkClose(tenths, new Shapes.Axes(1, 1_000_000, 10));
    checkClose(tenths, new Shapes.Axes(10, 1_000_000, 1));
    checkClose(tenths, new Shapes.Axes(2, 50_000, 100));
    checkClose(tenths, new Shapes.Axes(2, 1000, 5000)); // rows that are wide
    checkClose(tenths, new Shapes.Axes(1, 10_000, 1000));
    float[] ramp = new float[65_536 * 17];
    for (int channels = 1; channels <= 17; channels++) {
      for (int i = 0; i < 65_536 * channels; i++) {
        ramp[i] = 1000 + i / channels % 1024 / 1024f;
      }
      float[] x = Arrays.copyOf(ramp, 65_536 * channels);
      checkClose(x, new Shapes.Axes(1, 65_536, channels));
    }
  }

  @Example
  default void onesAreCountedExactly() {
    float[] ones = new float[1 << 25];
    Arrays.fill(ones, 1);
    Comparison c = Comparison.of(backend(), "sum of ones");
    c.exact(s -> reduced(s, ReduceFunction.SUM, ones, new Shapes.Axes(1, 1 << 25, 1)));
    c.exact(s -> reduced(s, ReduceFunction.SUM, ones, new Shapes.Axes(1, 1 << 24, 2)));
  }

  @Example
  default void sumsRepeatToTheBit() {
    float[] x = Values.wide(new Random(14), 300_007);
    Comparison.of(backend(), "sum")
        .repeats(s -> reduced(s, ReduceFunction.SUM, x, new Shapes.Axes(1, x.length, 1)));
  }
}
