package dev.teak.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ReduceOnPlateauTest {
  private static double[] rates(ReduceOnPlateau schedule, double... figures) {
    double[] rates = new double[figures.length];
    for (int i = 0; i < figures.length; i++) {
      schedule.step(figures[i]);
      rates[i] = schedule.at(i, figures.length);
    }
    return rates;
  }

  private static void check(ReduceOnPlateau.Settings settings, double[] figures, double... rates) {
    double[] found = rates(new ReduceOnPlateau(settings), figures);
    assertArrayEquals(rates, found, 1e-15);
  }

  @Test
  void itFallsAfterMoreEpochsWithoutABetterFigureThanItsPatience() {
    double[] figures = {5, 5, 4, 4, 4, 4, 4, 4};
    check(
        ReduceOnPlateau.min(1).factor(0.5).patience(1), figures, 1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25);
  }

  @Test
  void afterAFallTheCooldownCountsNothing() {
    double[] figures = {4, 4, 4, 4, 4, 4};
    check(
        ReduceOnPlateau.min(1).factor(0.5).patience(0).cooldown(2),
        figures,
        1,
        0.5,
        0.5,
        0.5,
        0.25,
        0.25);
  }

  @Test
  void aFigureIsBetterOnlyByTheThreshold() {
    double[] figures = {100, 95, 89, 120};
    check(ReduceOnPlateau.min(1).patience(0).threshold(0.1), figures, 1, 0.1, 0.1, 0.01);
    check(ReduceOnPlateau.max(1).patience(0).threshold(0.1), figures, 1, 0.1, 0.01, 0.01);
  }

  @Test
  void noRateIsBelowTheLeastAndNotANumberIsNoBetter() {
    double nan = Double.NaN;
    check(
        ReduceOnPlateau.min(1).patience(0).minLr(0.05),
        new double[] {nan, nan, nan},
        0.1,
        0.05,
        0.05);
  }

  @Test
  void itGoesOnFromItsState() {
    ReduceOnPlateau.Settings settings = ReduceOnPlateau.min(1).patience(2).factor(0.5);
    ReduceOnPlateau whole = new ReduceOnPlateau(settings);
    rates(whole, 3, 3, 3);
    ReduceOnPlateau resumed = new ReduceOnPlateau(settings);
    resumed.load(whole.state());
    resumed.step(3);
    assertEquals(0.5, resumed.at(0, 1));
    assertEquals(new ReduceOnPlateau.State(0.5, 3, 0, 0), resumed.state());
  }

  @Test
  void aFactorThatIsNoFallIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> ReduceOnPlateau.min(1).factor(1));
  }
}
