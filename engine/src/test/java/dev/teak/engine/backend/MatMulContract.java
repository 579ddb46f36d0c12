package dev.teak.engine.backend;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple;

/** The part of {@link BackendContract} about matrix products. */
public interface MatMulContract extends OnBackend {
  /** Products of all forms. */
  final class Products implements ArbitrarySupplier<MatMulGeometry> {
    @Override
    public Arbitrary<MatMulGeometry> get() {
      Arbitrary<Integer> extent =
          Arbitraries.frequencyOf(
              Tuple.of(6, Arbitraries.integers().between(0, 20)),
              Tuple.of(2, Arbitraries.integers().between(21, 70)),
              Tuple.of(1, Arbitraries.of(64, 96, 97, 127, 128, 130)));
      Arbitrary<Integer> batch =
          Arbitraries.frequency(Tuple.of(6, 1), Tuple.of(2, 2), Tuple.of(2, 3), Tuple.of(1, 0));
      Arbitrary<Boolean> flag = Arbitraries.of(false, true);
      return Combinators.combine(batch, extent, extent, extent, flag, flag, flag, flag)
          .as(MatMulGeometry::new);
    }
  }

  private static float[] a(MatMulGeometry g, Random random) {
    return Values.wide(random, (g.sharedA() ? 1 : g.batch()) * g.m() * g.k());
  }

  private static float[] b(MatMulGeometry g, Random random) {
    return Values.wide(random, (g.sharedB() ? 1 : g.batch()) * g.k() * g.n());
  }

  private static Buffer product(Side s, MatMulGeometry g, float[] a, float[] b) {
    Buffer out = s.out(g.batch() * g.m() * g.n());
    s.backend.matmul(g, s.floats(a), s.floats(b), out);
    return out;
  }

  private void check(MatMulGeometry g, Random random) {
    float[] a = a(g, random);
    float[] b = b(g, random);
    Comparison.of(backend(), g).withinSum(g.k(), s -> product(s, g, a, b));
  }

  @Property(tries = 300)
  default void productsAgree(
      @ForAll(supplier = Products.class) MatMulGeometry g, @ForAll Random random) {
    check(g, random);
  }

  @Property
  default void productsLargerThanATileAgree(
      @ForAll boolean transposeA, @ForAll boolean transposeB) {
    check(
        new MatMulGeometry(1, 257, 300, 129, transposeA, transposeB, false, false), new Random(15));
    check(
        new MatMulGeometry(1, 3, 517, 1031, transposeA, transposeB, false, false), new Random(16));
    check(
        new MatMulGeometry(1, 517, 10, 600, transposeA, transposeB, false, false), new Random(17));
    check(new MatMulGeometry(5, 33, 65, 129, transposeA, transposeB, false, true), new Random(18));
    check(new MatMulGeometry(5, 65, 33, 17, transposeA, transposeB, true, false), new Random(19));
  }

  @Property
  default void vectorsAreThinMatrices(@ForAll boolean transposeA, @ForAll boolean transposeB) {
    for (int[] mnk : new int[][] {{1, 1, 1000}, {1, 300, 200}, {300, 1, 200}, {70, 80, 1}}) {
      check(
          new MatMulGeometry(1, mnk[0], mnk[1], mnk[2], transposeA, transposeB, false, false),
          new Random(20));
    }
  }

  @Property
  default void notANumberAndInfinityReachTheirRowAndColumnOnly(
      @ForAll boolean transposeA, @ForAll boolean transposeB) {
    MatMulGeometry g = new MatMulGeometry(1, 37, 45, 19, transposeA, transposeB, false, false);
    float[] a = a(g, new Random(21));
    float[] b = b(g, new Random(22));
    a[100] = Float.NaN;
    a[300] = Float.POSITIVE_INFINITY;
    b[400] = Float.NEGATIVE_INFINITY;
    b[500] = 0;
    Comparison.of(backend(), g).withinSum(g.k(), s -> product(s, g, a, b));
  }

  @Example
  default void productsRepeatToTheBit() {
    MatMulGeometry g = new MatMulGeometry(2, 130, 70, 513, false, true, false, false);
    float[] a = a(g, new Random(23));
    float[] b = b(g, new Random(24));
    Comparison.of(backend(), g).repeats(s -> product(s, g, a, b));
  }
}
