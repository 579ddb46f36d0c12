package dev.teak.attacks.minimum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class BoxLbfgsTest {
  private static double[] minimum(
      double[] start,
      double low,
      double high,
      int most,
      ToDoubleFunction<double[]> f,
      Function<double[], double[]> slope) {
    BoxLbfgs search = new BoxLbfgs(start, low, high);
    double[] x = start;
    int asked = 0;
    while (!search.isDone()) {
      x = search.ask();
      for (double v : x) {
        assertTrue(v >= low && v <= high, "left the range: " + v);
      }
      assertTrue(++asked <= most, "asked more than " + most + " times");
      search.tell(f.applyAsDouble(x), slope.apply(x));
    }
    return search.ask();
  }

  @Test
  void aSkewedBowlIsEmptiedToItsMinimumInTheRange() {
    // Minima of the coordinates at 0.3, 2 and -1; the range is 0..1.
    double[] centre = {0.3, 2, -1};
    double[] weight = {1, 100, 0.01};
    double[] found =
        minimum(
            new double[] {0.9, 0.1, 0.5},
            0,
            1,
            100,
            x -> {
              double sum = 0;
              for (int i = 0; i < 3; i++) {
                sum += weight[i] * (x[i] - centre[i]) * (x[i] - centre[i]);
              }
              return sum;
            },
            x -> {
              double[] g = new double[3];
              for (int i = 0; i < 3; i++) {
                g[i] = 2 * weight[i] * (x[i] - centre[i]);
              }
              return g;
            });
    assertArrayEquals(new double[] {0.3, 1, 0}, found, 1e-6);
  }

  @Test
  void rosenbrocksValleyIsFollowed() {
    double[] found =
        minimum(
            new double[] {-1.2, 1},
            -2,
            2,
            300,
            x -> Math.pow(1 - x[0], 2) + 100 * Math.pow(x[1] - x[0] * x[0], 2),
            x ->
                new double[] {
                  -2 * (1 - x[0]) - 400 * x[0] * (x[1] - x[0] * x[0]), 200 * (x[1] - x[0] * x[0])
                });
    assertArrayEquals(new double[] {1, 1}, found, 1e-5);
  }

  @Test
  void aFunctionThatBecomesNaNEndsTheSearch() {
    BoxLbfgs search = new BoxLbfgs(new double[] {0.5}, 0, 1);
    for (int i = 0; i < 100 && !search.isDone(); i++) {
      search.tell(i == 0 ? 1 : Double.NaN, 1);
    }
    assertTrue(search.isDone());
    BoxLbfgs atOnce = new BoxLbfgs(new double[] {0.5}, 0, 1);
    atOnce.tell(Double.NaN, Double.NaN);
    assertTrue(atOnce.isDone());
    assertEquals(0.5, atOnce.ask()[0]);
  }
}
