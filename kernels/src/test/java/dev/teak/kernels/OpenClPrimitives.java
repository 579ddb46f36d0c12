package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.Philox;
import dev.teak.engine.Shape;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.MatMulGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.backend.ReduceFunction;
import dev.teak.engine.backend.StridedCopy;
import dev.teak.engine.backend.UnaryFunction;
import dev.teak.kernels.OpenClPair.Both;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every primitive against the reference backend at sizes around the edges of vectors, blocks and
 * tiles; run for each form that the kernels take.
 */
abstract class OpenClPrimitives {
  /** A few units in the last place of float32: what OpenCL allows its elementary functions. */
  private static final double ELEMENTARY = 16 * 0x1p-24;

  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double[] SPECIAL = {
    NAN, INF, -INF, 0, -0.0, 1, -1, 0.5, -0.5, 2.5, 3, -7.25
  };

  private OpenClPair pair;

  abstract OpenClBackend backend();

  @BeforeEach
  void open() {
    pair = new OpenClPair(backend());
  }

  @AfterEach
  void close() {
    if (pair != null) {
      pair.close();
    }
  }

  /**
   * For sums of terms between -4 and 4. Both the partial sums and the accumulated roundings grow as
   * the root of the number of terms, so the error grows as the number itself, up to the length of a
   * block; eight standard deviations and a little.
   */
  private static double sumTolerance(int terms) {
    return 8 * 0x1p-24 * (16 + Math.min(terms, 1024));
  }

  @Test
  void unaryFunctionsFollowTheirDefinitions() {
    for (UnaryFunction f : UnaryFunction.values()) {
      for (Both x : new Both[] {pair.floats(SPECIAL), pair.random(1), pair.random(5003)}) {
        Both out = pair.empty(x.device().size());
        pair.run(b -> b.unary(f, x.on(b), out.on(b)));
        pair.assertSame(f.name(), out, ELEMENTARY);
      }
    }
  }

  @Test
  void binaryFunctionsFollowTheirDefinitionsOnSpecialValues() {
    int n = SPECIAL.length;
    double[] left = new double[n * n];
    double[] right = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      left[i] = SPECIAL[i / n];
      right[i] = SPECIAL[i % n];
    }
    Both a = pair.floats(left);
    Both b = pair.floats(right);
    Both column = pair.floats(SPECIAL);
    Shape flat = Shape.of(n * n);
    Shape square = Shape.of(n, n);
    for (BinaryFunction f : BinaryFunction.values()) {
      Both out = pair.empty(n * n);
      pair.run(d -> d.binary(f, a.on(d), flat, b.on(d), flat, out.on(d), flat));
      pair.assertSame(f + " flat", out, ELEMENTARY);
      Both wide = pair.empty(n * n);
      pair.run(
          d ->
              d.binary(
                  f, column.on(d), Shape.of(n, 1), column.on(d), Shape.of(n), wide.on(d), square));
      pair.assertSame(f + " broadcast", wide, ELEMENTARY);
      for (double value : SPECIAL) {
        Both scalar = pair.empty(n);
        pair.run(d -> d.binary(f, column.on(d), value, scalar.on(d)));
        pair.assertSame(f + " with " + value, scalar, ELEMENTARY);
      }
    }
  }

  @Test
  void broadcastingFollowsNumpy() {
    Shape[][] cases = {
      {Shape.of(7, 33), Shape.of(33), Shape.of(7, 33)},
      {Shape.of(7, 33), Shape.of(7, 1), Shape.of(7, 33)},
      {Shape.of(1, 5), Shape.of(4, 1), Shape.of(4, 5)},
      {Shape.SCALAR, Shape.of(3, 100), Shape.of(3, 100)},
      {Shape.of(2, 1, 4, 1), Shape.of(3, 1, 40), Shape.of(2, 3, 4, 40)},
      {Shape.of(1), Shape.of(1), Shape.of(2, 3)},
      {Shape.of(64, 28, 28, 3), Shape.of(3), Shape.of(64, 28, 28, 3)},
      {
        Shape.of(2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2),
        Shape.of(1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1),
        Shape.of(2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2)
      },
      {Shape.of(0, 3), Shape.of(3), Shape.of(0, 3)},
    };
    for (Shape[] c : cases) {
      Both a = pair.random(c[0].size());
      Both b = pair.random(c[1].size());
      Both out = pair.empty(c[2].size());
      pair.run(d -> d.binary(BinaryFunction.SUB, a.on(d), c[0], b.on(d), c[1], out.on(d), c[2]));
      pair.assertSame(c[0] + " - " + c[1], out, ELEMENTARY);
    }
  }

  @Test
  void inputsMayBeOutputs() {
    Both x = pair.random(1000);
    Both row = pair.random(10);
    Shape shape = Shape.of(100, 10);
    pair.run(b -> b.unary(UnaryFunction.EXP, x.on(b), x.on(b)));
    pair.run(b -> b.binary(BinaryFunction.MUL, x.on(b), 0.5, x.on(b)));
    pair.run(
        b -> b.binary(BinaryFunction.SUB, x.on(b), shape, row.on(b), Shape.of(10), x.on(b), shape));
    pair.assertSame("in place", x, ELEMENTARY);
  }

  @Test
  void whereOneHotAndFill() {
    Both condition = pair.floats(0, 1, NAN, -0.0, 2);
    Both a = pair.random(5);
    Both b = pair.random(5);
    Both out = pair.empty(5);
    pair.run(d -> d.where(condition.on(d), a.on(d), b.on(d), out.on(d)));
    pair.assertSame("where", out, 0);
    Both labels = pair.ints(3, 0, 9, 9);
    Both hot = pair.empty(40);
    pair.run(d -> d.oneHot(labels.on(d), 10, hot.on(d)));
    pair.assertSame("oneHot", hot, 0);
    for (Both ints : new Both[] {pair.integers(100), pair.bytes(100)}) {
      pair.run(d -> d.fill(ints.on(d), 200));
      pair.assertSameInts("fill", ints);
    }
  }

  @Test
  void copiesMoveWhatTheStridesName() {
    Both x = pair.random(6 * 35);
    StridedCopy[] cases = {
      new StridedCopy(new int[] {35, 6}, 0, new int[] {1, 35}, 0, new int[] {6, 1}),
      new StridedCopy(new int[] {6, 20}, 3, new int[] {35, 1}, 7, new int[] {30, 1}),
      new StridedCopy(new int[] {6, 35}, 209, new int[] {-35, -1}, 0, new int[] {35, 1}),
      new StridedCopy(new int[] {4, 35}, 0, new int[] {0, 1}, 0, new int[] {35, 1}),
      new StridedCopy(new int[] {}, 5, new int[] {}, 9, new int[] {}),
      new StridedCopy(new int[] {210}, 0, new int[] {1}, 0, new int[] {1}),
      new StridedCopy(new int[] {0}, 0, new int[] {1}, 0, new int[] {1}),
    };
    for (StridedCopy how : cases) {
      Both out = pair.empty(210);
      pair.run(b -> b.fill(out.on(b), -1));
      pair.run(b -> b.copy(x.on(b), out.on(b), how));
      pair.assertSame("copy", out, 0);
    }
  }

  @Test
  void reductionsOfEveryShape() {
    int[][] shapes = {
      {1, 1, 1},
      {3, 0, 2},
      {5, 10, 1},
      {1, 100_003, 1},
      {300, 17, 1},
      {4, 100, 33},
      {2, 5000, 3},
      {1, 70_000, 10},
      {1, 1000, 64},
      {7, 1, 5},
      {0, 3, 2}
    };
    for (int[] s : shapes) {
      Both x = pair.random(s[0] * s[1] * s[2]);
      for (ReduceFunction f : ReduceFunction.values()) {
        Both out = pair.empty(s[0] * s[2]);
        pair.run(b -> b.reduce(f, x.on(b), s[0], s[1], s[2], out.on(b)));
        pair.assertSame(
            f + " " + Shape.of(s), out, f == ReduceFunction.MAX ? 0 : sumTolerance(s[1]));
      }
      if (s[1] > 0) {
        Both places = pair.integers(s[0] * s[2]);
        pair.run(b -> b.argMax(x.on(b), s[0], s[1], s[2], places.on(b)));
        pair.assertSameInts("argMax " + Shape.of(s), places);
      }
    }
  }

  @Test
  void nanIsTheLargest() {
    Both x = pair.floats(1, NAN, 3, NAN, -INF, -INF, -INF, -INF, 4, 4, 2, 4);
    Both max = pair.empty(3);
    Both places = pair.integers(3);
    pair.run(b -> b.reduce(ReduceFunction.MAX, x.on(b), 3, 4, 1, max.on(b)));
    pair.run(b -> b.argMax(x.on(b), 3, 4, 1, places.on(b)));
    pair.assertSame("max", max, 0);
    pair.assertSameInts("argMax", places);
  }

  @Test
  void matrixProductsOfEveryForm() {
    int[][] sizes = {
      {1, 1, 1},
      {4, 5, 6},
      {12, 32, 16},
      {13, 33, 17},
      {64, 64, 64},
      {65, 70, 129},
      {3, 200, 1100},
      {200, 3, 5},
      {2, 3, 0},
      {0, 3, 2}
    };
    for (int[] s : sizes) {
      for (int form = 0; form < 16; form++) {
        boolean sharedA = (form & 4) != 0;
        boolean sharedB = (form & 8) != 0;
        MatMulGeometry g =
            new MatMulGeometry(
                3, s[0], s[1], s[2], (form & 1) != 0, (form & 2) != 0, sharedA, sharedB);
        Both a = pair.random((sharedA ? 1 : 3) * s[0] * s[2]);
        Both b = pair.random((sharedB ? 1 : 3) * s[2] * s[1]);
        Both out = pair.empty(3 * s[0] * s[1]);
        pair.run(d -> d.matmul(g, a.on(d), b.on(d), out.on(d)));
        pair.assertSame(g.toString(), out, sumTolerance(s[2]));
      }
    }
  }

  @Test
  void convolutionsAndTheirGradients() {
    ConvGeometry[] cases = {
      ConvGeometry.square(2, 9, 7, 1, 5, 3, 3, 1, 1, 1, 1),
      ConvGeometry.square(2, 8, 8, 16, 6, 3, 3, 2, 1, 1, 1),
      ConvGeometry.square(1, 11, 9, 32, 32, 3, 2, 1, 2, 2, 2),
      ConvGeometry.square(3, 6, 6, 20, 20, 3, 3, 1, 1, 1, 20),
      ConvGeometry.square(2, 5, 5, 3, 4, 1, 1, 3, 0, 1, 1),
      ConvGeometry.square(2, 7, 7, 34, 8, 5, 5, 2, 3, 1, 2),
      ConvGeometry.square(0, 5, 5, 3, 4, 3, 3, 1, 0, 1, 1),
    };
    for (ConvGeometry g : cases) {
      Both x = pair.random(g.input().size());
      Both w = pair.random(g.weight().size());
      Both bias = pair.random(g.k());
      Both grad = pair.random(g.output().size());
      Both plain = pair.empty(g.output().size());
      Both biased = pair.empty(g.output().size());
      Both dx = pair.empty(g.input().size());
      Both dw = pair.empty(g.weight().size());
      pair.run(b -> b.conv2d(g, x.on(b), w.on(b), null, plain.on(b)));
      pair.run(b -> b.conv2d(g, x.on(b), w.on(b), bias.on(b), biased.on(b)));
      pair.run(b -> b.conv2dInputGrad(g, grad.on(b), w.on(b), dx.on(b)));
      pair.run(b -> b.conv2dWeightGrad(g, x.on(b), grad.on(b), dw.on(b)));
      pair.assertSame(g + " forward", plain, sumTolerance(g.r() * g.s() * g.cGroup()));
      pair.assertSame(g + " with bias", biased, sumTolerance(g.r() * g.s() * g.cGroup()));
      pair.assertSame(g + " input", dx, sumTolerance(g.r() * g.s() * g.kGroup()));
      pair.assertSame(g + " weight", dw, sumTolerance(g.n() * g.p() * g.q()));
    }
  }

  @Test
  void poolingAndItsGradients() {
    PoolGeometry[] cases = {
      PoolGeometry.square(2, 8, 8, 5, 2, 2, 0),
      PoolGeometry.square(2, 9, 7, 17, 3, 2, 1),
      PoolGeometry.square(1, 7, 7, 3, 3, 1, 1),
      PoolGeometry.square(1, 20, 20, 2, 16, 3, 8),
      PoolGeometry.square(2, 7, 7, 3, 2, 3, 0),
      PoolGeometry.square(0, 7, 7, 3, 2, 2, 0),
    };
    for (PoolGeometry g : cases) {
      Both x = pair.random(g.input().size());
      pool(g, x);
    }
    PoolGeometry g = PoolGeometry.square(1, 4, 4, 1, 2, 2, 0);
    pool(g, pair.floats(1, NAN, -INF, -INF, NAN, 2, -INF, -INF, 5, 5, 0, -0.0, 5, 5, 1, 1));
  }

  private void pool(PoolGeometry g, Both x) {
    Both grad = pair.random(g.output().size());
    Both max = pair.empty(g.output().size());
    Both winners = pair.bytes(g.output().size());
    Both picked = pair.empty(g.output().size());
    Both average = pair.empty(g.output().size());
    Both maxGrad = pair.empty(g.input().size());
    Both averageGrad = pair.empty(g.input().size());
    pair.run(b -> b.maxPool2d(g, x.on(b), max.on(b), winners.on(b)));
    pair.run(b -> b.maxPool2dGrad(g, grad.on(b), winners.on(b), maxGrad.on(b)));
    pair.run(b -> b.maxPool2dPick(g, x.on(b), winners.on(b), picked.on(b)));
    pair.run(b -> b.avgPool2d(g, x.on(b), average.on(b)));
    pair.run(b -> b.avgPool2dGrad(g, grad.on(b), averageGrad.on(b)));
    pair.assertSame(g + " max", max, 0);
    pair.assertSameInts(g + " winners", winners);
    pair.assertSame(g + " picked", picked, 0);
    pair.assertSame(g + " max gradient", maxGrad, sumTolerance(g.places()));
    pair.assertSame(g + " average", average, sumTolerance(g.places()));
    pair.assertSame(g + " average gradient", averageGrad, sumTolerance(g.places()));
  }

  @Test
  void uniformNumbersArePhilox() {
    long key = Philox.key(42, "test");
    for (long start : new long[] {0, 8, 0x7_0000_0000L, 4 * 0xFFFF_FFFFL}) {
      Both out = pair.empty(1003);
      pair.run(b -> b.uniform(key, start, out.on(b)));
      pair.assertSame("uniform from " + start, out, 0);
    }
  }

  @Test
  void transfersOfEverySizeAndOffset() {
    Backend b = backend();
    for (int n : new int[] {0, 1, 1000, 5_000_001}) {
      float[] values = new float[n + 3];
      for (int i = 0; i < values.length; i++) {
        values[i] = i;
      }
      Buffer x = b.allocate(b.floatType(), n);
      b.write(x, values, 3);
      float[] back = new float[n];
      b.read(x, back);
      for (int i = 0; i < n; i++) {
        assertEquals(values[i + 3], back[i]);
      }
      b.release(x);
    }
  }

  @Test
  void sumsRepeatToTheBit() {
    Backend b = backend();
    Both x = pair.random(1_000_000);
    float[] first = new float[1];
    float[] again = new float[1];
    Both out = pair.empty(1);
    b.reduce(ReduceFunction.SUM, x.device(), 1, 1_000_000, 1, out.device());
    b.read(out.device(), first);
    for (int i = 0; i < 10; i++) {
      b.reduce(ReduceFunction.SUM, x.device(), 1, 1_000_000, 1, out.device());
      b.read(out.device(), again);
      assertArrayEquals(first, again);
    }
  }
}
