package dev.teak.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Victim;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import dev.teak.nn.train.Examples;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbabilitiesTest {
  private static final int IMAGES = 8;

  private static Optional<String> warningOf(String model, int classes) {
    Shape image = Shape.of(2, 2, 1);
    Module built = Models.parse(model).build(image, classes, new RandomStream(1, "init"));
    float[] pixels = new RandomStream(1, "x").uniform(Shape.of(IMAGES * 4)).toFloats();
    Examples examples = new Examples(pixels, new int[IMAGES], image);
    return Probabilities.warning(Subject.of(Victim.of(built), examples, 4).logits());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 1000})
  void aModelThatEndsWithASoftmaxIsWarnedOf(int classes) {
    assertTrue(warningOf("flatten; linear " + classes + "; softmax", classes).isPresent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"flatten; linear 3", "flatten; linear 3; sigmoid"})
  void logitsAreNoProbabilities(String model) {
    assertEquals(Optional.empty(), warningOf(model, 3));
  }

  @Test
  void oneAnswerThatIsNoDistributionIsEnough() {
    float[] sure = {0, 1};
    assertTrue(Probabilities.warning(new float[][] {sure, {0.25f, 0.75f}}).isPresent());
    for (float[] other :
        new float[][] {{-0.25f, 1.25f}, {0.5f, 0.4f}, {Float.NaN, 1}, {0.5f, 0.50001f}}) {
      assertEquals(Optional.empty(), Probabilities.warning(new float[][] {sure, other}));
    }
    assertEquals(Optional.empty(), Probabilities.warning(new float[0][]));
  }
}
