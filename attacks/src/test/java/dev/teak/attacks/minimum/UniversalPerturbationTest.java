package dev.teak.attacks.minimum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.evaluation.Quadrants;
import dev.teak.attacks.evaluation.Robustness;
import dev.teak.nn.Module;
import dev.teak.nn.train.Progress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UniversalPerturbationTest {
  @ParameterizedTest
  @EnumSource(
      value = Norm.class,
      names = {"LINF", "L2"})
  void oneChangeFoolsImagesItWasNotFoundOn(Norm norm) {
    Module model = Quadrants.trained();
    double epsilon = norm == Norm.LINF ? Quadrants.EPSILON : 8 * Quadrants.EPSILON;
    ThreatModel threat = new ThreatModel(norm, epsilon, 0, 1);
    UniversalPerturbation found =
        UniversalPerturbation.Fit.of(threat).on(model, Quadrants.examples(4, 40));
    assertTrue(norm.of(new float[64], found.delta(), 0, 64) <= epsilon);
    Robustness r = Robustness.of(model, found, Quadrants.examples(5, 80), 32, Progress.SILENT);
    assertEquals(1, r.cleanAccuracy());
    // All images but those of one class can be led into that class.
    assertTrue(r.robustAccuracy() <= 0.5, "left " + r.robustAccuracy());
  }
}
