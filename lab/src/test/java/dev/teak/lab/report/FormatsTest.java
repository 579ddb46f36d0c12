package dev.teak.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Numbers that would pretend are marked. */
class FormatsTest {
  @Test
  void aRatioOfTimesUnderASecondIsNotGiven() {
    assertEquals("+50%", Formats.slower(3, 2));
    assertEquals("\u221250%", Formats.slower(2, 4));
    assertEquals("too short to compare", Formats.slower(0.9, 2));
    assertEquals("too short to compare", Formats.slower(2, 0.9));
    assertEquals(Formats.NOTHING, Formats.slower(Double.NaN, 2));
  }

  @Test
  void anIntervalOfSixteenImagesIsMarkedWide() {
    // Wilson's of 15 and of 16 of 16, and of 9,700 of 10,000.
    assertEquals(
        "93.8% (71.7 to 98.9, wide: 16 images)", Formats.ofImages(15 / 16.0, 0.717, 0.989, 16));
    assertEquals("100.0% (80.6 to 100.0, wide: 16 images)", Formats.ofImages(1, 0.806, 1, 16));
    assertEquals(
        "97.0% (96.6 to 97.3, 10,000 images)", Formats.ofImages(0.97, 0.96647, 0.97316, 10_000));
    assertEquals(Formats.NOTHING, Formats.ofImages(Double.NaN, 0, 1, 16));
  }

  @Test
  void aDifferenceOfOneSeedIsMarkedAsNotTested() {
    double nan = Double.NaN;
    assertEquals("+3.1 (one seed, not tested)", Formats.difference(0.031, nan, nan, 1));
    assertEquals("+3.1 (+1.0 to +5.2)", Formats.difference(0.031, 0.01, 0.052, 3));
    assertEquals(Formats.NOTHING, Formats.difference(nan, nan, nan, 0));
  }

  @Test
  void countsAreInTheRightNumber() {
    assertEquals("1 seed", Formats.count(1, "seed"));
    assertEquals("10,000 images", Formats.count(10_000, "image"));
  }
}
