package dev.teak.defenses.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.WrapperDefense;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.settings.Settings;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnusedNodesTest {
  private static final double[] PIXELS = {0.1, 0.4, -0.2, 0.3};

  /** What a loss makes of each logit: the gradient of the last layer's output. */
  private static final double[] SLOPES = {1, 0.1, -2, 0.05};

  /** The part 0 gives its input, which may be negative; 1 is the only relu. */
  private static Module model() {
    return new Sequential(Layers.identity(), Layers.relu(), Layers.flatten());
  }

  private static Trainee trainee(Module model) {
    return Trainee.of(model, Shape.of(1, 1, 4), 4, 1);
  }

  private static Module wrapped(String text, Module model) {
    return Settings.parse(WrapperDefense.class, text).wrap(trainee(model));
  }

  private static Module attacked(String text, Module model) {
    WrapperDefense d = Settings.parse(WrapperDefense.class, text);
    return d.attackedThrough(trainee(model), d.wrap(trainee(model)));
  }

  private static Tensor images() {
    return Tensor.of(PIXELS, 1, 1, 1, 4).requiresGrad(true);
  }

  private static double[] answers(Module model) {
    return model.forward(images()).toDoubles();
  }

  private static double[] gradient(Module model) {
    Tensor x = images();
    model.forward(x).mul(Tensor.of(SLOPES, 4)).sum().backward();
    return x.grad().toDoubles();
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  /** Of a tenth of four nodes nothing is cut; the smallest after the relu is a 0 already. */
  @ParameterizedTest
  @CsvSource({
    "unused_nodes below=0.25, 0 0.4 0 0.3",
    "unused_nodes below=0.1 layer=0, 0.1 0.4 0 0.3",
    "unused_nodes below=0.35, 0 0.4 0 0",
    "unused_nodes, 0.1 0.4 0 0.3",
    "unused_nodes fraction=0.5, 0 0.4 0 0.3",
    "unused_nodes fraction=0.75, 0 0.4 0 0",
    "unused_nodes fraction=0.5 layer=0, 0 0.4 0 0.3",
    "unused_nodes fraction=0.5 of=gradients, 0.1 0.4 0 0.3",
    "unused_nodes below=0.5 of=gradients, 0.1 0.4 0 0.3",
  })
  void smallActivationsBecomeZeroInTrainingAndAtTest(String text, String expected) {
    Module model = wrapped(text, model());
    assertArrayEquals(numbers(expected), answers(model), 1e-7);
    model.eval();
    assertArrayEquals(numbers(expected), answers(model), 1e-7);
  }

  @Test
  void whatIsSmallIsDecidedByMagnitude() {
    Module model = new Sequential(Layers.identity(), Layers.flatten());
    assertArrayEquals(
        new double[] {0, 0.4, -0.2, 0.3}, answers(wrapped("unused_nodes 0.15 @0", model)), 1e-7);
    assertArrayEquals(
        new double[] {0, 0.4, 0, 0.3},
        answers(wrapped("unused_nodes fraction=0.5 @0", model)),
        1e-7);
  }

  /** Without a defense the gradient is 1 0.1 0 0.05: the relu cuts the third pixel off. */
  @ParameterizedTest
  @CsvSource({
    "unused_nodes below=0.25, 0 0.1 0 0.05, 1 0.1 0 0.05",
    "unused_nodes fraction=0.75, 0 0.1 0 0, 1 0.1 0 0.05",
    "unused_nodes below=0.5 of=gradients, 1 0 0 0, 1 0.1 0 0.05",
    "unused_nodes fraction=0.5 of=gradients, 1 0 0 0, 1 0.1 0 0.05",
    "unused_nodes fraction=0.25 of=gradients, 1 0.1 0 0, 1 0.1 0 0.05",
  })
  void whoKnowsOfItFollowsTheGradientThatIsCutForOthers(String text, String own, String throughIt) {
    assertArrayEquals(numbers(own), gradient(wrapped(text, model())), 1e-7);
    assertArrayEquals(numbers(throughIt), gradient(attacked(text, model())), 1e-7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"unused_nodes below=0.25", "unused_nodes fraction=0.5 layer=0 of=gradients"})
  void whatIsAttackedGivesTheSameAnswers(String text) {
    assertArrayEquals(answers(wrapped(text, model())), answers(attacked(text, model())), 0);
  }

  @Test
  void everyReluIsCutWhereNoneIsNamed() {
    Module model =
        new Sequential(Layers.relu(), Layers.of(x -> x.sub(0.25)), Layers.relu(), Layers.flatten());
    // 0.1 0.4 0 0.3 -> 0 0.4 0 0.3 -> -0.25 0.15 -0.25 0.05 -> 0 0.15 0 0
    assertArrayEquals(
        new double[] {0, 0.15, 0, 0}, answers(wrapped("unused_nodes below=0.12", model)), 1e-7);
    // and of the first alone
    assertArrayEquals(
        new double[] {0, 0.15, 0, 0.05},
        answers(wrapped("unused_nodes below=0.12 layer=0", model)),
        1e-7);
  }

  @Test
  void eachImageIsCutByItself() {
    Module model = wrapped("unused_nodes fraction=0.5", model());
    Tensor two = Tensor.of(new double[] {1, 2, 3, 4, 10, 40, 30, 20}, 2, 1, 1, 4);
    assertArrayEquals(new double[] {0, 0, 3, 4, 0, 40, 30, 0}, model.forward(two).toDoubles(), 0);
    assertEquals(Shape.of(0, 4), model.forward(Tensor.zeros(0, 1, 1, 4)).shape());
  }

  @Test
  void theModelByItselfStaysAsItWas() {
    Module model = model();
    answers(wrapped("unused_nodes below=0.25", model));
    assertArrayEquals(new double[] {0.1, 0.4, 0, 0.3}, answers(model), 1e-7);
  }

  @Test
  void aLayerKeepsItsNameInsideOfOtherDefenses() {
    Module inner = wrapped("unused_nodes below=0.15 layer=1", model());
    assertArrayEquals(
        new double[] {0, 0.4, 0, 0}, answers(wrapped("unused_nodes below=0.35 @1", inner)), 1e-7);
  }

  @Test
  void aModelWithoutSuchALayerIsRefused() {
    Module none = new Sequential(Layers.tanh(), Layers.flatten());
    String message =
        assertThrows(IllegalArgumentException.class, () -> wrapped("unused_nodes", none))
            .getMessage();
    assertEquals(
        "unused_nodes: the model has no relu layer of its own; name a layer, of [, 0, 1]", message);
    message =
        assertThrows(IllegalArgumentException.class, () -> wrapped("unused_nodes @7", none))
            .getMessage();
    assertTrue(message.contains("there is no part '7'"), message);
  }
}
