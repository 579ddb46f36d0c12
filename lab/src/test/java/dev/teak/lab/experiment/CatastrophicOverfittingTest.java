package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.nn.train.EpochResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatastrophicOverfittingTest {
  private static EpochResult epoch(int number, double fgsm, double pgd) {
    return new EpochResult(number, Map.of("loss", 1.0, "fgsm", fgsm, "pgd", pgd), 1);
  }

  /** After epochs in which FGSM left 40% and 50%, PGD 30% and 40%. */
  private static Optional<String> after(double fgsm, double pgd) {
    List<EpochResult> history = new ArrayList<>();
    history.add(epoch(1, 0.4, 0.3));
    history.add(epoch(2, 0.5, 0.4));
    history.add(epoch(3, fgsm, pgd));
    return CatastrophicOverfitting.in(history);
  }

  @Test
  void aModelThatHoldsAgainstOneStepAndFallsToManyHasIt() {
    assertEquals(
        "catastrophic overfitting: pgd leaves 2.0%, was 40.0% in epoch 2; fgsm leaves 85.0%, was"
            + " 50.0%",
        after(0.85, 0.02).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 0.19, true",
    "0.45, 0.19, true", // nine tenths of 50%
    "0.44, 0.19, false", // both fell
    "0.85, 0.2, false", // half of 40%
    "0.6, 0.5, false", // the best yet
  })
  void itTakesLessThanHalfOfOneAndNineTenthsOfTheOther(double fgsm, double pgd, boolean has) {
    assertEquals(has, after(fgsm, pgd).isPresent());
  }

  @Test
  void nothingIsSaidOfAFirstEpochNorWhereOneAttackDoesNotJudge() {
    assertEquals(Optional.empty(), CatastrophicOverfitting.in(List.of(epoch(1, 0.9, 0))));
    List<EpochResult> pgdAlone =
        List.of(
            new EpochResult(1, Map.of("pgd", 0.4), 1), new EpochResult(2, Map.of("pgd", 0.0), 1));
    assertEquals(Optional.empty(), CatastrophicOverfitting.in(pgdAlone));
  }
}
