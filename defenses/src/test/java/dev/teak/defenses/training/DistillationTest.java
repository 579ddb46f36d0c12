package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Trainee;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Dropout;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistillationTest {
  private static final Shape IMAGE = Shape.of(1, 1, 2);
  private static final Step STEP = new Step(0, 1, 0, 1);

  /** Logits are pixels. */
  private static final Module STUDENT = Layers.flatten();

  /** Logits are twice the pixels. */
  private static final Module TEACHER = Layers.of(x -> x.reshape(x.shape().dim(0), 2).mul(2));

  private static Trainee trainee(Module teacher) {
    return new Trainee(STUDENT, IMAGE, 2, 1, Optional.ofNullable(teacher));
  }

  /** The pixels 2 and 0, and class 1. */
  private static Batch batch() {
    return Batch.of(Tensor.of(new double[] {2, 0}, 1, 1, 1, 2), Tensor.ofInts(new int[] {1}, 1));
  }

  private static Objective.Result result(Distillation d, Module teacher, Batch batch) {
    return d.on(trainee(teacher)).objective(Objective.CROSS_ENTROPY).of(STUDENT, batch, STEP);
  }

  /**
   * At T = 2 the student's logits are 1 and 0, so log p = (-0.3132617, -1.3132617); the teacher's
   * are 2 and 0, so q = (0.8807971, 0.1192029). The loss at the teacher is -q log p = 0.4324646, at
   * the class 1.3132617. At T = 4 log p = (-0.4740770, -0.9740770), q = (0.7310586, 0.2689414).
   */
  @ParameterizedTest
  @CsvSource({
    "2, 1, 0.4324646",
    "2, 0, 1.3132617",
    "2, 0.25, 1.0930624",
    "4, 1, 0.6085477",
    "4, 0, 0.9740770"
  })
  void theLossIsTheCrossEntropyWithTheTeacherAtTheTemperature(
      double temperature, double soft, double loss) {
    Objective.Result result = result(new Distillation(temperature, soft), TEACHER, batch());
    assertEquals(loss, result.loss().item(), 1e-6); // a few roundings of floats near 1
    assertArrayEquals(new double[] {2 / temperature, 0}, result.logits().toDoubles(), 1e-6);
  }

  /** 0.5 of (0.8807971, 0.1192029), and 0.5 of the targets 0.5, 0.5. */
  @Test
  void targetsThatAreProbabilitiesAlreadyAreMixedAsTheyAre() {
    Batch soft = batch().targets(Tensor.of(new double[] {0.5, 0.5}, 1, 2));
    assertEquals(
        (0.4324646 + (0.3132617 + 1.3132617) / 2) / 2,
        result(new Distillation(2, 0.5), TEACHER, soft).loss().item(),
        1e-6);
  }

  @Test
  void trainingAtATemperatureNeedsNoTeacher() {
    assertEquals(1.3132617, result(new Distillation(2, 0), null, batch()).loss().item(), 1e-6);
  }

  @Test
  void theTeacherIsUsedInEvalModeAndStaysAsItIs() {
    try (Scope scope = Scope.open()) {
      RandomStream init = new RandomStream(1, "init");
      Module student = new Sequential(Layers.flatten(), new Linear(2, 2, init));
      Dropout dropout = new Dropout(0.5, new RandomStream(1, "dropout"));
      Module teacher = new Sequential(Layers.flatten(), dropout, new Linear(2, 2, init));
      Objective objective =
          new Distillation(2, 1)
              .on(new Trainee(student, IMAGE, 2, 1, Optional.of(teacher)))
              .objective(Objective.CROSS_ENTROPY);
      objective.of(student, batch(), STEP).loss().backward();
      assertTrue(dropout.isTraining(), "the teacher's mode must be restored");
      assertEquals(0, teacher.namedStreams().values().iterator().next().position());
      teacher.parameters().forEach(p -> assertNull(p.grad()));
      student.parameters().forEach(p -> assertNotNull(p.grad()));
      assertFalse(student.parameters().get(0).grad().abs().sum().item() == 0);
    }
  }

  private static String refusal(Module teacher) {
    return assertThrows(
            IllegalArgumentException.class, () -> new Distillation(20, 1).on(trainee(teacher)))
        .getMessage();
  }

  @Test
  void aMissingTeacherIsAskedFor() {
    assertEquals(
        "distillation: there is no teacher to learn from; name one, or set soft=0 to train at a"
            + " temperature",
        refusal(null));
  }

  @Test
  void aTeacherOfOtherClassesOrImagesIsRefused() {
    RandomStream init = new RandomStream(1, "init");
    assertEquals(
        "distillation: the teacher gives 3 logits, the model has 2 classes",
        refusal(new Sequential(Layers.flatten(), new Linear(2, 3, init))));
    String other = refusal(new Sequential(Layers.flatten(), new Linear(5, 2, init)));
    assertTrue(other.startsWith("distillation: the teacher takes no images [1, 1, 2]: "), other);
  }
}
