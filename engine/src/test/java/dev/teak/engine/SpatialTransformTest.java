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
class SpatialTransformTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  private Devices.Use use;

  @BeforeEach
  void onReference() {
    use = Devices.use("reference");
  }

  @AfterEach
  void done() {
    use.close();
  }

  /** 1 2 3 above 4 5 6. */
  private static Tensor image() {
    return Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 1, 2, 3, 1);
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "bilinear, zeros, false, 0.0 2.07 0.0 0.0",
    "nearest, zeros, false, 0.0 2.0 0.0 0.0",
    "bilinear, zeros, true, 1.77 2.8 2.73 0.135",
    "nearest, zeros, true, 4.0 2.0 6.0 0.0",
    "bilinear, border, false, 3.4 2.3 6.0 3.0",
    "nearest, border, false, 4.0 2.0 6.0 3.0",
    "bilinear, border, true, 2.95 2.8 6.0 2.7",
    "bilinear, reflection, false, 3.5 2.3 5.4 6.0",
    "nearest, reflection, false, 4.0 2.0 6.0 6.0",
    "bilinear, reflection, true, 3.35 2.8 4.65 5.55",
    "nearest, reflection, true, 4.0 2.0 6.0 6.0"
  })
  void samplesArePyTorchs(String mode, String padding, boolean corners, String expected) {
    Tensor grid = Tensor.of(new double[] {-1.4, 0.3, 0.2, -0.6, 1.3, 1.7, 0.7, -2.9}, 1, 2, 2, 2);
    Tensor y = SpatialTransform.gridSample(image(), grid, mode, padding, corners);
    assertArrayEquals(numbers(expected), y.toDoubles(), 1e-11); // twelve digits were printed
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theIdentityGivesTheImage(boolean corners) {
    Tensor x = new RandomStream(5, "x").normal(Shape.of(2, 4, 7, 3));
    Tensor theta = Tensor.of(new double[] {1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0}, 2, 2, 3);
    Tensor grid = SpatialTransform.affineGrid(theta, x.shape(), corners);
    for (String mode : new String[] {"bilinear", "nearest"}) {
      Tensor y = SpatialTransform.gridSample(x, grid, mode, "zeros", corners);
      assertArrayEquals(x.toDoubles(), y.toDoubles(), 1e-14);
    }
  }

  @Test
  void aMapOfThePlaneMovesRowsAndColumns() {
    // Column becomes row and row becomes column, one third of the width to the right.
    Tensor theta = Tensor.of(new double[] {0, 1, 0, 1, 0, 2 / 3.0}, 1, 2, 3);
    Tensor square = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1);
    Tensor grid = SpatialTransform.affineGrid(theta, square.shape(), false);
    assertArrayEquals(
        new double[] {4, 7, 0, 5, 8, 0, 6, 9, 0},
        SpatialTransform.gridSample(square, grid).toDoubles(),
        1e-14);
  }

  @ParameterizedTest
  @CsvSource({
    "bilinear, zeros, NaN NaN NaN 0 0",
    "nearest, zeros, 0 0 0 0 0",
    "bilinear, border, 1 3 1 3 1",
    "nearest, border, 1 3 1 3 1",
    "bilinear, reflection, 1 1 1 1 1"
  })
  void placesFarAwayAndNoPlacesAreThoseOfPyTorch(String mode, String padding, String expected) {
    Tensor grid =
        Tensor.of(
            new double[] {Double.NaN, -1, INF, -1, -INF, -1, 1e30, -1, -1e30, -1}, 1, 1, 5, 2);
    Tensor y = SpatialTransform.gridSample(image(), grid, mode, padding, true);
    assertArrayEquals(numbers(expected), y.toDoubles());
  }

  @Test
  void aPixelWithoutWeightHasNoPart() {
    Tensor x = Tensor.of(new double[] {1, Double.NaN, 3, 4, 5, INF}, 1, 2, 3, 1);
    Tensor grid = Tensor.of(new double[] {-1, -1, -1, 0, 0, 1, 9, 9}, 1, 1, 4, 2);
    assertArrayEquals(
        new double[] {1, 2.5, 5, 0},
        SpatialTransform.gridSample(x, grid, "bilinear", "zeros", true).toDoubles());
  }

  @Test
  void whatIsBeyondTheBorderHasNoGradientInItsPlace() {
    Tensor grid = Tensor.of(new double[] {-3, -0.2, 0.4, 5, 0.3, 0.1}, 1, 1, 3, 2);
    grid.requiresGrad(true);
    Tensor y = SpatialTransform.gridSample(image(), grid, "bilinear", "border", true);
    // To the right the image grows by 1 a pixel and downwards by 3; -1 to 1 is 2 pixels and 1.
    assertArrayEquals(
        new double[] {0, 1.5, 1, 0, 1, 1.5}, Autograd.grad(y.sum(), grid).toDoubles(), 1e-14);
  }

  @Test
  void whatCannotBeIsRefused() {
    Tensor grid = Tensor.zeros(1, 2, 2, 2);
    refused("[1, 2, 2, 3]", () -> SpatialTransform.gridSample(image(), Tensor.zeros(1, 2, 2, 3)));
    refused("[2, 2, 2, 2]", () -> SpatialTransform.gridSample(image(), Tensor.zeros(2, 2, 2, 2)));
    refused("[1, 0, 3, 1]", () -> SpatialTransform.gridSample(Tensor.zeros(1, 0, 3, 1), grid));
    refused("cubic", () -> SpatialTransform.gridSample(image(), grid, "cubic", "zeros", false));
    refused("wrap", () -> SpatialTransform.gridSample(image(), grid, "nearest", "wrap", false));
    refused(
        "[2, 2, 3]",
        () -> SpatialTransform.affineGrid(Tensor.zeros(2, 2, 3), image().shape(), false));
  }

  private static void refused(String what, Supplier<Tensor> call) {
    String message = assertThrows(IllegalArgumentException.class, call::get).getMessage();
    assertTrue(message.contains(what), message);
  }

  @Test
  void anEmptyBatchAndAnEmptyGridGiveNothing() {
    Tensor none = SpatialTransform.gridSample(Tensor.zeros(0, 3, 3, 2), Tensor.zeros(0, 4, 5, 2));
    assertEquals(Shape.of(0, 4, 5, 2), none.shape());
    assertEquals(
        Shape.of(1, 0, 5, 1),
        SpatialTransform.gridSample(image(), Tensor.zeros(1, 0, 5, 2)).shape());
  }
}
