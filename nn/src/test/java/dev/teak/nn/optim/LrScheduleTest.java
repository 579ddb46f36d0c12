package dev.teak.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LrScheduleTest {
  private static final double EXACT = 1e-12; // a few roundings of doubles near 1

  @Test
  void constantNeverChanges() {
    assertEquals(0.1, LrSchedule.constant(0.1).at(0, 10));
    assertEquals(0.1, LrSchedule.constant(0.1).at(9, 10));
  }

  @Test
  void stepDropsAfterEveryPeriod() {
    LrSchedule s = LrSchedule.step(1, 3, 0.1);
    assertEquals(1, s.at(2, 9), EXACT);
    assertEquals(0.1, s.at(3, 9), EXACT);
    assertEquals(0.01, s.at(8, 9), EXACT);
  }

  @Test
  void multiStepDropsAtItsMilestones() {
    LrSchedule s = LrSchedule.multiStep(1, 0.5, 2, 5);
    assertEquals(1, s.at(1, 9), EXACT);
    assertEquals(0.5, s.at(2, 9), EXACT);
    assertEquals(0.5, s.at(4, 9), EXACT);
    assertEquals(0.25, s.at(5, 9), EXACT);
  }

  @Test
  void cosineIsHalfWayInTheMiddle() {
    LrSchedule s = LrSchedule.cosine(2);
    assertEquals(2, s.at(0, 8), EXACT);
    assertEquals(1, s.at(4, 8), EXACT);
    assertEquals(1 - Math.sqrt(0.5), s.at(6, 8), EXACT);
  }

  @Test
  void warmupRisesLinearlyAndThenFollows() {
    LrSchedule s = LrSchedule.warmup(4, LrSchedule.constant(1));
    assertEquals(0.25, s.at(0, 9), EXACT);
    assertEquals(1, s.at(3, 9), EXACT);
    assertEquals(1, s.at(8, 9), EXACT);
  }

  @Test
  void cosineEndsAtItsMinimum() {
    LrSchedule s = LrSchedule.cosine(2, 1);
    assertEquals(2, s.at(0, 8), EXACT);
    assertEquals(1.5, s.at(4, 8), EXACT);
    assertEquals(1, s.at(8, 8), EXACT);
  }

  /** CosineAnnealingWarmRestarts(T_0=2, T_mult=3, eta_min=0.5): anew at steps 2 and 8. */
  @Test
  void cosineBeginsAnewAfterLongerAndLongerTimes() {
    LrSchedule s = LrSchedule.cosineWithRestarts(1, 2, 3, 0.5);
    assertEquals(1, s.at(0, 99), EXACT);
    assertEquals(0.75, s.at(1, 99), EXACT);
    assertEquals(1, s.at(2, 99), EXACT);
    assertEquals(0.75, s.at(5, 99), EXACT);
    assertEquals(1, s.at(8, 99), EXACT);
    assertEquals(0.75, s.at(17, 99), EXACT);
    LrSchedule even = LrSchedule.cosineWithRestarts(1, 2, 1, 0);
    assertEquals(1, even.at(6, 99), EXACT);
    assertEquals(0.5, even.at(7, 99), EXACT);
  }

  @Test
  void polynomialFallsToZero() {
    LrSchedule s = LrSchedule.polynomial(2, 2);
    assertEquals(2, s.at(0, 4), EXACT);
    assertEquals(2 * 0.75 * 0.75, s.at(1, 4), EXACT);
    assertEquals(0, s.at(4, 4), EXACT);
  }

  @Test
  void exponentialFallsWithEveryStep() {
    assertEquals(0.25, LrSchedule.exponential(2, 0.5).at(3, 4), EXACT);
  }

  @Test
  void aSequenceCountsItsSecondPartFromItsStart() {
    LrSchedule s =
        LrSchedule.sequence(4, LrSchedule.warmup(4, LrSchedule.constant(1)), LrSchedule.cosine(1));
    assertEquals(0.25, s.at(0, 12), EXACT);
    assertEquals(1, s.at(3, 12), EXACT);
    assertEquals(1, s.at(4, 12), EXACT);
    assertEquals(0.5, s.at(8, 12), EXACT);
    assertEquals(0, s.at(12, 12), EXACT);
  }

  /** OneCycleLR(max_lr=1, total_steps=10): up to step 0.3 10 - 1 = 2, down to step 9. */
  @Test
  void oneCycleRisesAndFalls() {
    LrSchedule s = LrSchedule.oneCycle(1);
    assertEquals(0.04, s.at(0, 10), EXACT);
    assertEquals(0.52, s.at(1, 10), EXACT);
    assertEquals(1, s.at(2, 10), EXACT);
    assertEquals(4e-6, s.at(9, 10), EXACT);
    assertEquals(4e-6, s.at(0, 1), EXACT);
  }

  @Test
  void periodsBelowOneAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> LrSchedule.step(1, 0, 0.1));
    assertThrows(
        IllegalArgumentException.class, () -> LrSchedule.warmup(0, LrSchedule.constant(1)));
    assertThrows(IllegalArgumentException.class, () -> LrSchedule.cosineWithRestarts(1, 0, 1, 0));
  }
}
