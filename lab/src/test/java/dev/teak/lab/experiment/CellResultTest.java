package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.evaluation.Check;
import dev.teak.nn.train.Metrics;
import java.util.List;
import org.junit.jupiter.api.Test;

class CellResultTest {
  private static final Cell CELL =
      new Cell("mlp; random 0.3; 1", "mlp", "random 0.3", "random", 0.3, 1, 2, 64, 2e-3);

  private static CellResult result(CellResult.Masked masked, Double dimension) {
    int[] truth = {0, 1, 2, 2};
    int[] said = {0, 1, 1, 2};
    return new CellResult(
        CELL,
        List.of(new CellResult.Epoch(1, 0.5, 0.75, Double.NaN, Double.NaN, Double.NaN, Double.NaN)),
        CellResult.Scores.of(Metrics.of(truth, said, 3)),
        List.of(new CellResult.Attacked("pgd", 0.1, 4, 0.75, 0.5, 0.15, 0.85, 0.5, 0.4, 0.4)),
        masked,
        new CellResult.Predictions("0122", "0112", "0000", "pgd", 0.1),
        List.of(new Check(1, "zero", 0, 0.01, "of all")),
        dimension,
        10,
        4e-5,
        List.of(new CellResult.Example(0, 0, 0, 1, "pgd", 0.1, 1, 2, 1, "AAE=", "AQE=")));
  }

  @Test
  void aResultIsTheSameAfterWritingAndReading() throws Exception {
    CellResult whole = result(new CellResult.Masked("random 0.3", 0.7, List.of()), 512.5);
    CellResult back = CellResult.parse(whole.toJson());
    assertEquals(whole.toJson(), back.toJson());
    assertEquals(CELL, back.cell());
    assertArrayEquals(new int[] {0, 1, 1}, back.clean().confusion()[2]);
    assertTrue(back.checks().get(0).passed());
  }

  @Test
  void whatWasNotMeasuredStaysAbsent() throws Exception {
    CellResult back = CellResult.parse(result(null, null).toJson());
    assertNull(back.masked());
    assertNull(back.effectiveDimension());
    assertTrue(Double.isNaN(back.epochs().get(0).validationAccuracy()));
  }

  @Test
  void aResultIsOneLine() {
    assertEquals(1, result(null, null).toJson().lines().count());
  }
}
