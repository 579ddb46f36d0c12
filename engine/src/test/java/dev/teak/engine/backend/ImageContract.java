package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** The part of {@link BackendContract} about images. */
public interface ImageContract extends OnBackend {
  /**
   * A matrix and what it is multiplied with.
   *
   * @param m rows of 0 to a few entries, in no order
   * @param outer extents before the axis, multiplied
   * @param inner extents behind it, multiplied
   */
  record Product(SparseMatrix m, int outer, int inner) {
    @Override
    public String toString() {
      return m.rows() + " x " + m.columns() + ", outer " + outer + ", inner " + inner;
    }

    private int inputs() {
      return outer * m.columns() * inner;
    }

    private int outputs() {
      return outer * m.rows() * inner;
    }

    private int mostEntries() {
      int most = 0;
      for (int r = 0; r < m.rows(); r++) {
        most = Math.max(most, m.starts()[r + 1] - m.starts()[r]);
      }
      return most;
    }
  }

  /** Products of all kinds: no entries, one, two and many; no channels, few, and many. */
  final class Products implements ArbitrarySupplier<Product> {
    @Override
    public Arbitrary<Product> get() {
      Arbitrary<Integer> extent =
          Arbitraries.frequency(Tuple.of(1, 0), Tuple.of(3, 1), Tuple.of(5, 7), Tuple.of(3, 20));
      return Combinators.combine(
              extent,
              Arbitraries.integers().between(1, 20),
              Arbitraries.of(0, 1, 2, 5),
              Arbitraries.of(0, 1, 2, 3, 4, 15, 16, 33, 130),
              Arbitraries.integers().between(0, 5),
              Arbitraries.longs())
          .as(
              (rows, columns, outer, inner, entries, seed) ->
                  new Product(drawn(rows, columns, entries, new Random(seed)), outer, inner));
    }

    private static SparseMatrix drawn(int rows, int columns, int entries, Random random) {
      SparseMatrix.Builder m = new SparseMatrix.Builder(rows, columns);
      for (int r = 0; r < rows; r++) {
        int count = random.nextInt(4) == 0 ? random.nextInt(3) : entries;
        for (int e = 0; e < count; e++) {
          m.add(random.nextInt(columns), random.nextInt(5) == 0 ? 1 : random.nextGaussian());
        }
        m.endRow();
      }
      return m.build();
    }
  }

  private static Buffer product(Side s, Product p, SparseMatrix m, float[] x) {
    Buffer out = s.out(p.outer * m.rows() * p.inner);
    s.backend.resample(m, s.floats(x), p.outer, p.inner, out);
    return out;
  }

  private static SparseMatrix magnitudes(SparseMatrix m) {
    double[] weights = Arrays.stream(m.weights()).map(Math::abs).toArray();
    return new SparseMatrix(m.rows(), m.columns(), m.starts(), m.places(), weights);
  }

  @Property(tries = 200)
  default void resamplingAddsWeightedElements(
      @ForAll(supplier = Products.class) Product p, @ForAll Random random) {
    float[] x = Values.wide(random, p.inputs());
    double[] sizes = Comparison.magnitudes(s -> product(s, p, magnitudes(p.m), x));
    Comparison.of(backend(), p)
        .within(Tolerance.sum(p.mostEntries(), sizes), s -> product(s, p, p.m, x));
  }

  /** By plain loops, for on the reference backend it is a composition too. */
  @Property(tries = 50)
  default void resamplingIsAProductWithTheMatrix(
      @ForAll(supplier = Products.class) Product p, @ForAll Random random) {
    float[] x = Values.wide(random, p.inputs());
    double[] expected = new double[p.outputs()];
    double[] sizes = new double[p.outputs()];
    for (int o = 0; o < p.outer; o++) {
      for (int r = 0; r < p.m.rows(); r++) {
        for (int e = p.m.starts()[r]; e < p.m.starts()[r + 1]; e++) {
          for (int i = 0; i < p.inner; i++) {
            int to = (o * p.m.rows() + r) * p.inner + i;
            double part = p.m.weights()[e] * x[(o * p.m.columns() + p.m.places()[e]) * p.inner + i];
            expected[to] += part;
            sizes[to] += Math.abs(part);
          }
        }
      }
    }
    Comparison c = Comparison.of(backend(), p);
    c.check(Tolerance.sum(p.mostEntries(), sizes), c.tested(s -> product(s, p, p.m, x)), expected);
  }

  /** A NaN reaches the rows that name its place, and no others. */
  @Property(tries = 100)
  default void whatIsNotNamedHasNoPart(
      @ForAll(supplier = Products.class) Product p, @ForAll Random random) {
    float[] x = Values.wide(random, p.inputs());
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(4) == 0 ? Values.SPECIAL[random.nextInt(3)] : x[i];
    }
    double[] expected = Comparison.reference(s -> product(s, p, p.m, x));
    double[] actual = Comparison.of(backend(), p).tested(s -> product(s, p, p.m, x));
    for (int i = 0; i < expected.length; i++) {
      if (!Double.isFinite(expected[i]) || !Double.isFinite(actual[i])) {
        assertEquals(expected[i], actual[i], p + " at " + i);
      }
    }
  }

  @Example
  default void resamplingOfLargeImagesAgreesAndRepeats() {
    SparseMatrix.Builder m = new SparseMatrix.Builder(90, 300);
    for (int r = 0; r < 90; r++) {
      for (int k = 0; k < 9; k++) {
        m.add(3 * r + k, 0.1 * k + 0.01).add(r, -0.3);
      }
      m.endRow();
    }
    Random random = new Random(61);
    for (int inner : new int[] {1, 3, 700}) {
      Product p = new Product(m.build(), 7, inner);
      float[] x = Values.wide(random, p.inputs());
      double[] sizes = Comparison.magnitudes(s -> product(s, p, magnitudes(p.m), x));
      Comparison c = Comparison.of(backend(), p);
      c.within(Tolerance.sum(p.mostEntries(), sizes), s -> product(s, p, p.m, x));
      c.repeats(s -> product(s, p, p.m, x));
    }
  }
}
