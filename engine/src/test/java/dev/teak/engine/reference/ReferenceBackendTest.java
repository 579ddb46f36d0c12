package dev.teak.engine.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.Shape;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.FusedOptimizer.Adam;
import dev.teak.engine.backend.FusedOptimizer.RmsProp;
import dev.teak.engine.backend.FusedOptimizer.Sgd;
import dev.teak.engine.backend.MatMulGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.backend.ReduceFunction;
import dev.teak.engine.backend.StridedCopy;
import dev.teak.engine.backend.UnaryFunction;
import org.junit.jupiter.api.Test;

/** The reference against results worked out by hand: it is what everything else is held to. */
class ReferenceBackendTest {
  private final ReferenceBackend b = new ReferenceBackend();

  private Buffer of(double... values) {
    Buffer x = b.allocate(DType.FLOAT64, values.length);
    b.write(x, values);
    return x;
  }

  private Buffer out(int size) {
    Buffer x = b.allocate(DType.FLOAT64, size);
    b.fill(x, Double.NaN);
    return x;
  }

  private double[] read(Buffer x) {
    double[] values = new double[x.size()];
    b.read(x, values);
    return values;
  }

  private int[] readInts(Buffer x) {
    int[] values = new int[x.size()];
    b.read(x, values);
    return values;
  }

  private void assertHolds(Buffer x, double... expected) {
    assertArrayEquals(expected, read(x), 1e-15);
  }

  // --- memory ---

  @Test
  void countsTheBytesItHolds() {
    Buffer x = b.allocate(DType.FLOAT64, 10);
    Buffer y = b.allocate(DType.INT32, 10);
    Buffer z = b.allocate(DType.UINT8, 10);
    assertEquals(80 + 40 + 10, b.bytesInUse());
    b.release(y);
    assertEquals(90, b.bytesInUse());
    b.release(x);
    b.release(z);
    assertEquals(0, b.bytesInUse());
  }

  @Test
  void hasNoSinglePrecision() {
    var e = assertThrows(IllegalArgumentException.class, () -> b.allocate(DType.FLOAT32, 1));
    assertTrue(e.getMessage().contains("FLOAT64"), e.getMessage());
  }

  @Test
  void saysHowMuchMemoryWasAskedForWhereThereIsNone() {
    var e = assertThrows(DeviceException.class, () -> b.allocate(DType.FLOAT64, Integer.MAX_VALUE));
    assertTrue(e.getMessage().contains("17179869176 bytes"), e.getMessage());
    assertEquals(0, b.bytesInUse());
  }

  @Test
  void widensWhatItIsGivenAndNarrowsWhatItGives() {
    Buffer x = b.allocate(DType.FLOAT64, 2);
    b.write(x, new float[] {9, 0.1f, 2, 9}, 1);
    assertHolds(x, (double) 0.1f, 2);
    b.write(x, new double[] {1.0 / 3, 1e300});
    float[] narrow = new float[2];
    b.read(x, narrow);
    assertArrayEquals(new float[] {1f / 3, Float.POSITIVE_INFINITY}, narrow);
  }

  // --- elementwise and movement ---

  @Test
  void appliesFunctionsElementByElement() {
    Buffer y = out(3);
    b.unary(UnaryFunction.SQUARE, of(1, -2, 3), y);
    assertHolds(y, 1, 4, 9);
    b.binary(BinaryFunction.SUB, y, 1, y);
    assertHolds(y, 0, 3, 8);
  }

  @Test
  void broadcastsARowAgainstAColumn() {
    Buffer y = out(6);
    b.binary(
        BinaryFunction.ADD,
        of(10, 20),
        Shape.of(2, 1),
        of(1, 2, 3),
        Shape.of(3),
        y,
        Shape.of(2, 3));
    assertHolds(y, 11, 12, 13, 21, 22, 23);
  }

  @Test
  void choosesWithWhere() {
    Buffer y = out(3);
    b.where(of(1, 0, Double.NaN), of(1, 2, 3), of(-1, -2, -3), y);
    assertHolds(y, 1, -2, 3);
  }

  @Test
  void copiesThroughStrides() {
    Buffer x = of(1, 2, 3, 4, 5, 6);
    Buffer y = of(0, 0, 0, 0, 0, 0, 0);
    b.copy(x, y, new StridedCopy(new int[] {3, 2}, 0, new int[] {1, 3}, 1, new int[] {2, 1}));
    assertHolds(y, 0, 1, 4, 2, 5, 3, 6);
    b.copy(x, y, new StridedCopy(new int[] {3}, 5, new int[] {-2}, 0, new int[] {1}));
    assertHolds(y, 6, 4, 2, 2, 5, 3, 6);
  }

  @Test
  void marksLabels() {
    Buffer labels = b.allocate(DType.INT32, 2);
    b.write(labels, new int[] {2, 0});
    Buffer y = out(6);
    b.oneHot(labels, 3, y);
    assertHolds(y, 0, 0, 1, 1, 0, 0);
  }

  // --- reductions and products ---

  @Test
  void reducesTheMiddleAxis() {
    Buffer x = of(1, 2, 3, 4, 5, 6, /* */ -1, -2, -3, -4, -5, -6); // [2, 3, 2]
    Buffer y = out(4);
    b.reduce(ReduceFunction.SUM, x, 2, 3, 2, y);
    assertHolds(y, 9, 12, -9, -12);
    b.reduce(ReduceFunction.MAX, x, 2, 3, 2, y);
    assertHolds(y, 5, 6, -1, -2);
    Buffer places = b.allocate(DType.INT32, 4);
    b.argMax(x, 2, 3, 2, places);
    assertArrayEquals(new int[] {2, 2, 0, 0}, readInts(places));
  }

  @Test
  void argMaxIsTheFirstOfEqualsAndTheFirstNotANumber() {
    Buffer place = b.allocate(DType.INT32, 1);
    b.argMax(of(1, 3, 3, 2), 1, 4, 1, place);
    assertArrayEquals(new int[] {1}, readInts(place));
    b.argMax(of(1, Double.NaN, 9, Double.NaN), 1, 4, 1, place);
    assertArrayEquals(new int[] {1}, readInts(place));
  }

  @Test
  void multipliesMatricesHoweverTheyAreStored() {
    double[] product = {58, 64, 139, 154}; // [[1, 2, 3], [4, 5, 6]] [[7, 8], [9, 10], [11, 12]]
    Buffer a = of(1, 2, 3, 4, 5, 6);
    Buffer aTransposed = of(1, 4, 2, 5, 3, 6);
    Buffer c = of(7, 8, 9, 10, 11, 12);
    Buffer cTransposed = of(7, 9, 11, 8, 10, 12);
    for (boolean left : new boolean[] {false, true}) {
      for (boolean right : new boolean[] {false, true}) {
        Buffer y = out(4);
        b.matmul(
            new MatMulGeometry(1, 2, 2, 3, left, right, false, false),
            left ? aTransposed : a,
            right ? cTransposed : c,
            y);
        assertHolds(y, product);
      }
    }
  }

  @Test
  void sharesAMatrixAmongABatch() {
    Buffer y = out(4);
    b.matmul(
        new MatMulGeometry(2, 1, 2, 2, false, false, false, true),
        of(1, 0, 0, 1),
        of(1, 2, 3, 4),
        y);
    assertHolds(y, 1, 2, 3, 4);
  }

  // --- convolution: a 3 x 3 image, a 2 x 2 kernel ---

  //   x = 1 2 3     w = 1 2     y = 1+4+12+20  2+6+15+24  = 37 47
  //       4 5 6         3 4         4+10+21+32 5+12+24+36   67 77
  //       7 8 9
  private static final ConvGeometry SMALL = ConvGeometry.square(1, 3, 3, 1, 1, 2, 2, 1, 0, 1, 1);
  private static final double[] IMAGE = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  private static final double[] KERNEL = {1, 2, 3, 4};

  @Test
  void convolves() {
    Buffer y = out(4);
    b.conv2d(SMALL, of(IMAGE), of(KERNEL), null, y);
    assertHolds(y, 37, 47, 67, 77);
    b.conv2d(SMALL, of(IMAGE), of(KERNEL), of(100), y);
    assertHolds(y, 137, 147, 167, 177);
  }

  @Test
  void gradientOfTheImageSpreadsTheKernelFromEveryOutput() {
    Buffer dx = out(9);
    b.conv2dInputGrad(SMALL, of(1, 10, 100, 1000), of(KERNEL), dx);
    // 1 w at the upper left, 10 w at the upper right, 100 w and 1000 w below.
    assertHolds(dx, 1, 12, 20, 103, 1234, 2040, 300, 3400, 4000);
  }

  @Test
  void gradientOfTheKernelSumsTheImageSeenByEachTap() {
    Buffer dw = out(4);
    b.conv2dWeightGrad(SMALL, of(IMAGE), of(1, 10, 100, 1000), dw);
    // Tap (r, s) saw x[r, s], x[r, s + 1], x[r + 1, s], x[r + 1, s + 1].
    assertHolds(dw, 5421, 6532, 8754, 9865);
  }

  @Test
  void convolvesAThreeByThreeKernelWithPaddingAndStride() {
    // Padded by one, the stride of two puts the window's centre on the four corners.
    ConvGeometry g = ConvGeometry.square(1, 3, 3, 1, 1, 3, 3, 2, 1, 1, 1);
    Buffer y = out(4);
    b.conv2d(g, of(IMAGE), of(0, 1, 0, 1, -4, 1, 0, 1, 0), null, y); // the discrete Laplacian
    assertHolds(y, 2 + 4 - 4, 2 + 6 - 12, 4 + 8 - 28, 6 + 8 - 36);
  }

  @Test
  void dilationSpreadsTheTaps() {
    ConvGeometry g = ConvGeometry.square(1, 3, 3, 1, 1, 2, 2, 1, 0, 2, 1);
    Buffer y = out(1);
    b.conv2d(g, of(IMAGE), of(KERNEL), null, y); // the four corners
    assertHolds(y, 1 + 2 * 3 + 3 * 7 + 4 * 9);
  }

  @Test
  void groupsSeeTheirOwnChannelsOnly() {
    // One pixel, four channels in two groups, one output channel a group.
    ConvGeometry g = ConvGeometry.square(1, 1, 1, 4, 2, 1, 1, 1, 0, 1, 2);
    Buffer y = out(2);
    b.conv2d(g, of(1, 2, 3, 4), of(10, 20, 30, 40), null, y);
    assertHolds(y, 10 + 40, 90 + 160);
    Buffer dx = out(4);
    b.conv2dInputGrad(g, of(1, 2), of(10, 20, 30, 40), dx);
    assertHolds(dx, 10, 20, 60, 80);
    Buffer dw = out(4);
    b.conv2dWeightGrad(g, of(1, 2, 3, 4), of(1, 2), dw);
    assertHolds(dw, 1, 2, 6, 8);
  }

  // --- pooling ---

  @Test
  void poolsTheFirstOfEqualMaxima() {
    PoolGeometry g = PoolGeometry.square(1, 3, 3, 1, 2, 1, 0);
    double[] x = {1, 5, 2, 5, 5, 3, 0, 4, 6};
    Buffer y = out(4);
    Buffer winners = b.allocate(DType.UINT8, 4);
    b.maxPool2d(g, of(x), y, winners);
    assertHolds(y, 5, 5, 5, 6);
    assertArrayEquals(new int[] {1, 0, 0, 3}, readInts(winners));
    Buffer dx = out(9);
    b.maxPool2dGrad(g, of(1, 10, 100, 1000), winners, dx);
    assertHolds(dx, 0, 11, 0, 100, 0, 0, 0, 0, 1000);
    b.maxPool2dPick(g, of(10, 11, 12, 13, 14, 15, 16, 17, 18), winners, y);
    assertHolds(y, 11, 11, 13, 18);
  }

  @Test
  void paddingNeverWinsAMaximumButCountsInAMean() {
    PoolGeometry g = PoolGeometry.square(1, 2, 2, 1, 2, 2, 1); // each window holds one pixel
    Buffer y = out(4);
    Buffer winners = b.allocate(DType.UINT8, 4);
    b.maxPool2d(g, of(-1, -2, -3, -4), y, winners);
    assertHolds(y, -1, -2, -3, -4);
    assertArrayEquals(new int[] {3, 2, 1, 0}, readInts(winners));
    b.avgPool2d(g, of(-1, -2, -3, -4), y);
    assertHolds(y, -0.25, -0.5, -0.75, -1);
  }

  @Test
  void meansSpreadTheirGradientEvenly() {
    PoolGeometry g = PoolGeometry.square(1, 2, 3, 1, 2, 1, 0);
    Buffer y = out(2);
    b.avgPool2d(g, of(1, 2, 3, 4, 5, 6), y);
    assertHolds(y, 3, 4);
    Buffer dx = out(6);
    b.avgPool2dGrad(g, of(4, 8), dx);
    assertHolds(dx, 1, 3, 2, 1, 3, 2);
  }

  // --- randomness and fused defaults ---

  @Test
  void uniformNumbersComeFromPhiloxsKnownAnswer() {
    Buffer y = out(3);
    b.uniform(0, 0, y);
    assertHolds(y, 0x6627e8 * 0x1p-24, 0xe169c5 * 0x1p-24, 0xbc57ac * 0x1p-24);
  }

  @Test
  void softmaxOfEqualLogitsIsUniformAndOfALogIsProportional() {
    Buffer y = out(4);
    b.softmax(of(1e6, 1e6, 0, Math.log(3)), 2, 2, y);
    assertHolds(y, 0.5, 0.5, 0.25, 0.75);
    b.logSoftmax(of(1e6, 1e6, 0, Math.log(3)), 2, 2, y);
    assertHolds(y, -Math.log(2), -Math.log(2), -Math.log(4), Math.log(0.75));
  }

  @Test
  void sgdStepsWithMomentumDampeningWeightDecayAndNesterov() {
    Buffer p = of(1);
    Buffer v = of(0);
    b.sgdStep(new Sgd(0.1, 0.5, 0, 0.25, false), p, of(2), v); // g = 2.25, v = 2.25
    assertHolds(v, 2.25);
    assertHolds(p, 0.775);
    b.sgdStep(new Sgd(0.1, 0.5, 0, 0, true), p, of(2), v); // v = 1.125 + 2
    assertHolds(v, 3.125);
    assertHolds(p, 0.775 - 0.35625); // by 0.1 (2 + 0.5 * 3.125)
    b.sgdStep(new Sgd(1, 0, 0, 0, false), p, of(-1), null);
    assertHolds(p, 0.41875 + 1);
    b.sgdStep(new Sgd(0.1, 0.5, 0.75, 0, false), p, of(2), v); // v = 1.5625 + 0.5
    assertHolds(v, 2.0625);
    assertHolds(p, 1.41875 - 0.20625);
  }

  @Test
  void adamsFirstStepIsTheLearningRateAgainstTheGradientsSign() {
    Buffer p = of(1, 1);
    Buffer m = of(0, 0);
    Buffer v = of(0, 0);
    b.adamStep(new Adam(0.1, 0.9, 0.999, 0, 0, false, 1), p, of(3, -0.01), m, v, null);
    assertHolds(p, 0.9, 1.1);
    assertArrayEquals(new double[] {0.3, -0.001}, read(m), 1e-15);
    assertArrayEquals(new double[] {0.009, 1e-7}, read(v), 1e-15);
  }

  @Test
  void adamsDecoupledDecayShrinksTheWeightItself() {
    Buffer p = of(2);
    Adam settings = new Adam(0.1, 0.9, 0.999, 1e-8, 0.5, true, 1);
    b.adamStep(settings, p, of(0), of(0), of(0), null);
    assertHolds(p, 2 * (1 - 0.1 * 0.5));
  }

  @Test
  void amsgradDividesByTheLargestSecondMomentSoFar() {
    Buffer p = of(1, 1);
    Buffer v = of(4, 0);
    Buffer largest = of(3, 16);
    // v = 2 + 2 and 2; the largest are 4 and 16; m = 1, so that p moves by m / sqrt(largest).
    b.adamStep(new Adam(0.5, 0.5, 0.5, 0, 0, false, 1), p, of(2, 2), of(0, 0), v, largest);
    assertHolds(v, 4, 2);
    assertHolds(largest, 4, 16);
    assertHolds(p, 1 - 0.5 * Math.sqrt(0.5), 1 - 0.25 * Math.sqrt(0.5));
  }

  @Test
  void rmsPropDividesByTheRootOfTheAveragedSquare() {
    Buffer p = of(1);
    Buffer square = of(2);
    b.rmsPropStep(new RmsProp(0.1, 0.5, 1, 0.5, 0), p, of(3.5), square, null, null);
    assertHolds(square, 9); // (2 + 4^2) / 2
    assertHolds(p, 1 - 0.1 * 4 / (3 + 1));
  }

  @Test
  void centeredRmsPropDividesByTheRootOfTheVarianceAndKeepsAVelocity() {
    Buffer p = of(1);
    Buffer square = of(2);
    Buffer mean = of(-4);
    Buffer velocity = of(2);
    b.rmsPropStep(new RmsProp(0.1, 0.5, 1, 0, 0.25), p, of(4), square, mean, velocity);
    assertHolds(square, 9);
    assertHolds(mean, 0);
    assertHolds(velocity, 0.5 + 4 / (3 + 1.0));
    assertHolds(p, 1 - 0.1 * 1.5);
  }
}
