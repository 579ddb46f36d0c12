package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * In double precision, on the reference backend. Numbers said to be PyTorch's were printed by it.
 */
class ImagesTest {
  private static final double[] SQUARES = {0, 1, 4, 9, 16, 25, 36};

  private Devices.Use use;

  @BeforeEach
  void onReference() {
    use = Devices.use("reference");
  }

  @AfterEach
  void done() {
    use.close();
  }

  private static Tensor row(double... values) {
    return Tensor.of(values, 1, 1, values.length, 1);
  }

  private static Tensor counted(int... dims) {
    double[] values = new double[Shape.of(dims).size()];
    Arrays.setAll(values, i -> i);
    return Tensor.of(values, dims);
  }

  private static void near(double[] expected, Tensor found) {
    // Twelve digits were printed of numbers up to 36.
    assertArrayEquals(expected, found.toDoubles(), 1e-9);
  }

  private static void refused(String what, Supplier<Tensor> call) {
    String message = assertThrows(IllegalArgumentException.class, call::get).getMessage();
    assertTrue(message.contains(what), message);
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "nearest, 5, false, false, 0 1 4 16 25",
    "nearest, 12, false, false, 0 0 1 1 4 4 9 16 16 25 25 36",
    "nearest-exact, 5, false, false, 0 4 9 16 36",
    "nearest-exact, 12, false, false, 0 0 1 4 4 9 9 16 16 25 36 36",
    "bilinear, 3, false, false, 0.666666666667 9.0 28.6666666667",
    "bilinear, 3, false, true, 1.28571428571 9.94117647059 27.0",
    "bilinear, 3, true, false, 0.0 9.0 36.0",
    "bilinear, 3, true, true, 2.5 17.3333333333 32.3333333333",
    "bicubic, 3, false, false, 0.351851851852 9.0 29.462962963",
    "bicubic, 3, false, true, 0.677419354839 9.36385836386 28.064516129",
    "bicubic, 3, true, false, 0.0 9.0 36.0",
    "bicubic, 3, true, true, 1.41333333333 17.7176470588 35.5185185185",
    "area, 4, false, false, 0.5 4.66666666667 16.6666666667 30.5",
    "area, 10, false, false, 0.0 0.5 2.5 4.0 6.5 12.5 16.0 20.5 30.5 36.0"
  })
  void resizedRowsArePyTorchs(
      String mode, int width, boolean corners, boolean antialias, String expected) {
    int[] size = {1, width};
    near(numbers(expected), Images.interpolate(row(SQUARES), size, mode, corners, antialias));
    Tensor column = Tensor.of(SQUARES, 1, 7, 1, 1);
    int[] high = {width, 1};
    near(numbers(expected), Images.interpolate(column, high, mode, corners, antialias));
  }

  @Test
  void aFactorGivesTheCoordinatesUnlessItIsRecomputed() {
    double[] factor = {1, 1.5};
    near(
        numbers("0 0.5 1.5 3.5 6.5 10.1666666667 14.8333333333 20.5 26.8333333333 34.1666666667"),
        Images.interpolate(row(SQUARES), factor, "bilinear", false, false, false));
    near(
        numbers("0 0.55 1.75 3.85 7.25 11.45 16.45 22.75 29.95 36"),
        Images.interpolate(row(SQUARES), factor, "bilinear", false, true, false));
  }

  /** 11 times 26/22 is 13, but less in single precision. */
  @Test
  void singlePrecisionDecidesWhichPixelIsNearest() {
    Tensor x = counted(1, 1, 26, 1);
    assertEquals(12, Images.interpolate(x, new int[] {1, 22}, "nearest").toDoubles()[11]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nearest", "nearest-exact", "bilinear", "bicubic", "area"})
  void aFlatImageStaysFlat(String mode) {
    boolean smooth = mode.startsWith("bi");
    for (int[] size : new int[][] {{1, 1}, {3, 8}, {11, 2}, {6, 5}}) {
      for (int flags = 0; flags < (smooth ? 4 : 1); flags++) {
        Tensor y =
            Images.interpolate(
                Tensor.ones(2, 6, 5, 3), size, mode, (flags & 1) != 0, (flags & 2) != 0);
        assertEquals(Shape.of(2, size[0], size[1], 3), y.shape());
        double[] ones = new double[y.shape().size()];
        Arrays.fill(ones, 1);
        near(ones, y);
      }
    }
  }

  @Test
  void windowsThatDivideTheImageAreThoseOfAveragePooling() {
    Tensor x = counted(2, 6, 8, 3);
    near(Functional.avgPool2d(x, 2, 2, 0).toDoubles(), Images.adaptiveAvgPool2d(x, 3, 4));
    near(x.mean(1, 2).toDoubles(), Images.adaptiveAvgPool2d(x, 1, 1));
  }

  /** Output 1 of 3 is pixel 1 alone at a half-pixel factor of 1, so its neighbours have no part. */
  @Test
  void aPixelWithoutWeightHasNoPart() {
    Tensor x = row(Double.NaN, 2, Double.POSITIVE_INFINITY, 3, 5);
    double[] y = Images.interpolate(x, new int[] {1, 9}, "bilinear", true, false).toDoubles();
    assertArrayEquals(new double[] {Double.NaN, Double.NaN, 2}, Arrays.copyOf(y, 3));
    assertArrayEquals(new double[] {3, 4, 5}, Arrays.copyOfRange(y, 6, 9));
  }

  @ParameterizedTest
  @CsvSource({
    "constant, 2, 1, 0 0 0 1 2 3 0",
    "reflect, 3, 2, 3 2 1 0 1 2 3 2 1",
    "replicate, 2, 3, 0 0 0 1 2 3 3 3 3",
    "circular, 4, 2, 0 1 2 3 0 1 2 3 0 1",
    "constant, -1, 2, 1 2 3 0 0",
    "reflect, -1, 2, 1 2 3 2 1",
    "replicate, -1, 2, 1 2 3 3 3",
    "circular, -1, 2, 1 2 3 1 2",
    "reflect, -2, -1, 2"
  })
  void aRowIsContinuedByTheMode(String mode, int before, int after, String expected) {
    Tensor x = row(0, 1, 2, 3);
    near(numbers(expected), Images.pad(x, before, after, 0, 0, mode));
    Tensor column = x.permute(0, 2, 1, 3);
    near(numbers(expected), Images.pad(column, 0, 0, before, after, mode));
  }

  @Test
  void paddingBeginsWithTheWidth() {
    Shape padded = Images.pad(Tensor.ones(1, 5, 6, 2), 1, 2, 3, 4, "reflect").shape();
    assertEquals(Shape.of(1, 3 + 5 + 4, 1 + 6 + 2, 2), padded);
  }

  @Test
  void aBlurredPointIsTheProductOfTwoGaussians() {
    double[] point = new double[7 * 7];
    point[3 * 7 + 3] = 1;
    double[] y = Images.gaussianBlur(Tensor.of(point, 1, 7, 7, 1), 5, 1.1).toDoubles();
    double total = 0;
    for (int d = -2; d <= 2; d++) {
      total += Math.exp(-d * d / 2.42);
    }
    for (int i = 0; i < 49; i++) {
      int v = i / 7 - 3;
      int u = i % 7 - 3;
      boolean near = Math.max(Math.abs(v), Math.abs(u)) <= 2;
      double expected = near ? Math.exp(-(v * v + u * u) / 2.42) / (total * total) : 0;
      assertEquals(expected, y[i], 1e-15);
    }
  }

  @Test
  void aBlurSeesTheImageReflected() {
    Tensor x = counted(2, 4, 5, 3).square();
    Tensor wide = Images.pad(x, 2, 2, 2, 2, "reflect");
    Tensor blurred = Images.gaussianBlur(Images.pad(wide, 2, 2, 2, 2, "constant"), 5, 0.8);
    near(
        Images.pad(blurred, -4, -4, -4, -4, "constant").toDoubles(),
        Images.gaussianBlur(x, 5, 0.8));
  }

  @Test
  void theUsualSigmaFollowsFromTheKernel() {
    Tensor x = counted(1, 5, 6, 2).square();
    assertArrayEquals(
        Images.gaussianBlur(x, 5, 1.1).toDoubles(), Images.gaussianBlur(x, 5).toDoubles(), 1e-12);
  }

  @Test
  void channelsBecomeSquaresInBothOrders() {
    Tensor x = counted(1, 1, 1, 8); // two channels of squares of 2 x 2
    near(numbers("0 4 1 5 2 6 3 7"), Images.pixelShuffle(x, 2));
    near(numbers("0 1 2 3 4 5 6 7"), Images.depthToSpace(x, 2));
    Tensor wide = counted(2, 2, 3, 18);
    near(wide.toDoubles(), Images.pixelUnshuffle(Images.pixelShuffle(wide, 3), 3));
    near(wide.toDoubles(), Images.spaceToDepth(Images.depthToSpace(wide, 3), 3));
    assertEquals(Shape.of(2, 6, 9, 2), Images.depthToSpace(wide, 3).shape());
  }

  @Test
  void whatCannotBeIsRefusedWithItsNumbers() {
    Tensor x = counted(1, 4, 5, 3);
    refused("[4, 5]", () -> Images.interpolate(counted(4, 5), new int[] {2, 2}, "area"));
    refused("linear", () -> Images.interpolate(x, new int[] {2, 2}, "linear"));
    refused("of 1 numbers", () -> Images.interpolate(x, new int[] {2}, "area"));
    refused("antialias", () -> Images.interpolate(x, new int[] {2, 2}, "area", false, true));
    refused("alignCorners", () -> Images.interpolate(x, new int[] {2, 2}, "nearest", true, false));
    refused("to 2 x 0 pixels", () -> Images.interpolate(x, new int[] {2, 0}, "bilinear"));
    double[] tiny = {0.1, 1};
    refused("to 0 x 5 pixels", () -> Images.interpolate(x, tiny, "area", false, false, false));
    double[] none = {1, Double.NaN};
    refused("NaN", () -> Images.interpolate(x, none, "area", false, false, false));
    double[] huge = {1, 1e10};
    refused("50000000000", () -> Images.interpolate(x, huge, "area", false, false, false));
    refused("axis of 4: reflect adds at most 3", () -> Images.pad(x, 0, 0, 4, 0, "reflect"));
    refused("axis of 5: circular adds at most 5", () -> Images.pad(x, 0, 6, 0, 0, "circular"));
    refused("as many as are cut", () -> Images.pad(x, -3, -3, 0, 0, "replicate"));
    refused("mirror", () -> Images.pad(x, 1, 1, 1, 1, "mirror"));
    refused("kernel size 4", () -> Images.gaussianBlur(x, 4, 1));
    refused("kernel size 9", () -> Images.gaussianBlur(x, 9, 1));
    int most = Integer.MAX_VALUE;
    refused("2147483647", () -> Images.gaussianBlur(x, most, 1));
    refused("2147483650", () -> Images.pad(x, 0, 0, most, -1, "replicate"));
    refused("2 squared", () -> Images.pixelShuffle(x, 2));
    refused("factor 3", () -> Images.spaceToDepth(x, 3));
  }
}
