package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-1, -1",
    "0.1, 0.1",
    "123456, 123456",
    "1.5e7, 1.500e+07",
    "0.00001234, 1.234e-05",
    "0.00012345, 0.00012",
    "3.14159265, 3.1416",
    "314.159265, 314.16",
    "NaN, NaN"
  })
  void numbersAreShort(double value, String text) {
    assertEquals(text, Numbers.shortest(value));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "8, 8",
    "-100, -100",
    "0.3, 0.3",
    "1e-7, 0.0000001",
    "0.30000000000000004, 0.30000000000000004",
    "NaN, NaN"
  })
  void whatIsExactReadsBack(double value, String text) {
    assertEquals(text, Numbers.exact(value));
    assertEquals(value, Double.parseDouble(text));
  }

  @ParameterizedTest
  @CsvSource({
    "8/255, 0.03137254901960784",
    "0.5/255, 0.00196078431372549",
    "-1/4, -0.25",
    "1e-2, 0.01",
    "Infinity, Infinity",
    "NaN, NaN"
  })
  void aNumberIsADecimalOrAFraction(String text, double value) {
    assertEquals(value, Numbers.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "/",
        "8/",
        "/255",
        "8/0",
        "0/0",
        "8/255/2",
        "8//255",
        "8/x",
        "8/Infinity",
        "Infinity/2",
        "NaN/2",
        "1e300/1e-300",
        "8:255",
        "8%"
      })
  void whatIsNoNumberIsSaidInOneLine(String text) {
    String said = assertThrows(NumberFormatException.class, () -> Numbers.parse(text)).getMessage();
    assertEquals("'" + text + "' is no number; expects one as 0.03 or 8/255", said);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "999, 999", "1000, 1 k", "3214, 3.21 k", "11173962, 11.2 M", "2e12, 2 T"})
  void countsHaveAUnit(double value, String text) {
    assertEquals(text, Numbers.scaled(value, ""));
  }

  @Test
  void unitsFollowTheirPrefix() {
    assertEquals("32 FLOP", Numbers.scaled(32, "FLOP"));
    assertEquals("3.21 kFLOP", Numbers.scaled(3210, "FLOP"));
  }

  @Test
  void statisticsLeaveOutWhatIsNotFinite() {
    Statistics s = Statistics.of(3, Double.NaN, 0, -3, Double.NEGATIVE_INFINITY);
    assertEquals(new Statistics(5, 2, 1, -3, 3, 0, Math.sqrt(6), Math.sqrt(18)), s);
    assertEquals("min -3, max 3, mean 0, deviation 2.4495; 2 NaN or infinite", s.toString());
    assertEquals("empty", Statistics.of().toString());
    assertEquals("all NaN or infinite", Statistics.of(Double.NaN).toString());
  }
}
