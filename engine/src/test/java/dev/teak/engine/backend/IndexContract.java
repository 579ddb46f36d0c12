package dev.teak.engine.backend;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The part of {@link BackendContract} about indices, orders and running sums. */
public interface IndexContract extends OnBackend {
  /** Lines that have an index of their own, or share one along either axis or both. */
  final class Lines implements ArbitrarySupplier<IndexGeometry> {
    @Override
    public Arbitrary<IndexGeometry> get() {
      Arbitrary<Boolean> flag = Arbitraries.of(false, true);
      Arbitrary<Integer> count = Arbitraries.integers().between(0, 40);
      return Combinators.combine(new Shapes.Reductions().get(), count, flag, flag)
          .as(
              (a, n, outer, inner) ->
                  new IndexGeometry(
                      a.outer(), Math.max(1, a.extent()), a.inner(), n, outer, inner));
    }
  }

  private static int[] index(IndexGeometry g, Random random) {
    return random.ints(g.indexSize(), 0, g.extent()).toArray();
  }

  private static Buffer gathered(Side s, IndexGeometry g, Buffer x, int[] index, Buffer out) {
    s.backend.gather(g, x, s.ints(index), out);
    return out;
  }

  private static Buffer scattered(Side s, IndexGeometry g, float[] src, int[] index) {
    Buffer out = s.out((int) g.lineSize());
    s.backend.scatterAdd(g, s.floats(src), s.ints(index), out);
    return out;
  }

  @Property(tries = 150)
  default void gatherPicksElementsOfAnyType(
      @ForAll(supplier = Lines.class) IndexGeometry g, @ForAll Random random) {
    int[] index = index(g, random);
    float[] x = Values.wide(random, (int) g.lineSize());
    int[] ints = random.ints(g.lineSize()).toArray();
    int n = (int) g.size();
    Comparison c = Comparison.of(backend(), g);
    c.exact(s -> gathered(s, g, s.floats(x), index, s.out(n)));
    c.exact(s -> gathered(s, g, s.ints(ints), index, s.outInts(n)));
  }

  @Example
  default void gatherPicksBytes() {
    IndexGeometry g = new IndexGeometry(2, 3, 2, 4, true, false);
    Comparison.of(backend(), "bytes")
        .exact(
            s -> {
              Buffer x = s.outBytes(12);
              for (int i = 0; i < 12; i++) {
                Buffer one = s.outBytes(1);
                s.backend.fill(one, 20 * i + 3);
                StridedCopy to = new StridedCopy(new int[0], 0, new int[0], i, new int[0]);
                s.backend.copy(one, x, to);
              }
              return gathered(s, g, x, new int[] {2, 1, 0, 2, 2, 2, 1, 0}, s.outBytes(16));
            });
  }

  @Property(tries = 150)
  default void scatterAddSumsWhatComesToAPlace(
      @ForAll(supplier = Lines.class) IndexGeometry g, @ForAll Random random) {
    int[] index = index(g, random);
    float[] src = Values.wide(random, (int) g.size());
    Comparison.of(backend(), g).withinSum(g.count(), s -> scattered(s, g, src, index));
  }

  @Example
  default void scatterAddRepeatsToTheBit() {
    IndexGeometry g = new IndexGeometry(3, 5, 700, 300, false, true);
    Random random = new Random(31);
    int[] index = index(g, random);
    float[] src = Values.wide(random, (int) g.size());
    Comparison.of(backend(), g).repeats(s -> scattered(s, g, src, index));
  }

  private static Buffer sorted(Side s, float[] x, Shapes.Axes a, int k, boolean descending) {
    Buffer out = s.outInts(a.outer() * k * a.inner());
    s.backend.argSort(s.floats(x), a.outer(), a.extent(), a.inner(), k, descending, out);
    return out;
  }

  @Property(tries = 60)
  default void equalsKeepTheirOrderAndNotANumberIsLargest(
      @ForAll(supplier = Shapes.Reductions.class) Shapes.Axes any,
      @ForAll boolean descending,
      @ForAll Random random) {
    Shapes.Axes a =
        new Shapes.Axes(Math.min(any.outer(), 5), any.extent(), Math.min(any.inner(), 5));
    float[] x = Values.tied(random, a.size());
    for (int i = 0; i < x.length; i++) {
      if (random.nextInt(4) == 0) {
        x[i] = Values.SPECIAL[random.nextInt(Values.SPECIAL.length - 1)]; // all but the subnormal
      }
    }
    int k = random.nextInt(a.extent() + 1);
    Comparison c = Comparison.of(backend(), "argSort", k, "of", a);
    c.exact(s -> sorted(s, x, a, k, descending));
    c.exact(s -> sorted(s, x, a, a.extent(), descending));
  }

  private static Buffer runningSums(Side s, float[] x, Shapes.Axes a) {
    Buffer out = s.out(a.size());
    s.backend.cumSum(s.floats(x), a.outer(), a.extent(), a.inner(), out);
    return out;
  }

  @Property(tries = 100)
  default void runningSumsAgree(
      @ForAll(supplier = Shapes.Reductions.class) Shapes.Axes a, @ForAll Random random) {
    float[] x = Values.wide(random, a.size());
    Comparison.of(backend(), "cumSum", a).withinSum(a.extent(), s -> runningSums(s, x, a));
  }

  @Example
  default void longRunningSumsAreRightToTheLastFewBits() {
    float[] tenths = new float[200_000];
    Arrays.fill(tenths, 0.1f);
    Shapes.Axes all = new Shapes.Axes(1, tenths.length, 1);
    Comparison.of(backend(), "cumSum", all)
        .within(Tolerance.ulps(3), s -> runningSums(s, tenths, all));
  }

  @Example
  default void aRunningSumStaysInfiniteOrNotANumber() {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {1, inf, 2, -inf, 3, Float.NaN, 4, 5, 1, 2, -inf, 7};
    Shapes.Axes a = new Shapes.Axes(3, 4, 1);
    Comparison.of(backend(), "cumSum").exact(s -> runningSums(s, x, a));
  }
}
