package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.evaluation.Check;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CellResultTest {
  private static CellResult result() {
    Measured clean =
        Measured.by("clean")
            .figure("accuracy", Figure.share(3, 4))
            .classes(List.of(0, 1, 2, 40), List.of(0, 1, -1, 40))
            .confusion(List.of(List.of(1, 0), List.of(0, 1)));
    Measured checks =
        Measured.by("checks")
            .settings(Map.of("epsilon", 0.1))
            .checks(List.of(new Check(1, "zero", 0, 0.01, "of all")));
    Measured examples =
        Measured.by("examples")
            .examples(
                List.of(
                    new Measured.Example(0, 0, 0, 1, "pgd", 0.1, 1, 2, 1, "AAE=", "AQE=", null)));
    Map<String, Measured> measures = new LinkedHashMap<>();
    measures.put("clean", clean);
    measures.put("checks", checks);
    measures.put("examples", examples);
    return new CellResult(
        new CellResult.Key(
            "mlp; none; seed 1", "mlp; none", "mlp", "none", 1, List.of(Map.of("epochs", 1))),
        List.of(new CellResult.Epoch(1, 1, Map.of("loss", 0.5))),
        measures,
        10,
        4e-5);
  }

  @Test
  void aResultIsTheSameAfterWritingAndReading() throws Exception {
    CellResult back = CellResult.parse(result().toJson());
    assertEquals(result(), back);
    assertEquals(result().toJson(), back.toJson());
    assertTrue(back.checks().get(0).passed());
  }

  /** A class above 35 has no digit, and a NaN has no class. */
  @Test
  void everyClassIsANumber() throws Exception {
    Measured clean = CellResult.parse(result().toJson()).measured("clean").orElseThrow();
    assertEquals(List.of(0, 1, -1, 40), clean.predictions());
  }

  @Test
  void whatWasNotMeasuredIsAbsent() throws Exception {
    assertFalse(result().toJson().contains("null"), result().toJson());
    CellResult back = CellResult.parse(result().toJson());
    assertTrue(Double.isNaN(back.last("validation_accuracy")));
    assertTrue(Double.isNaN(back.clean("f1")));
    assertTrue(back.attacked().isEmpty());
  }

  @Test
  void aResultIsOneLine() {
    assertEquals(1, result().toJson().lines().count());
  }
}
