package dev.teak.nn.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The adversarial autoencoder's losses against numbers worked out by hand, in double precision. */
class AaeTest {
  private static final Shape IMAGE = Shape.of(4, 4, 1);
  private static final Step STEP = new Step(0, 1, 0, 1);
  private static final double LR = 0.25;

  private final Aae aae = new Aae(1, 1, 2, LR);
  private Devices.Use use;
  private Scope scope;
  private Module built;
  private Aae.Adversary hooks;

  /** The discriminator's logit is relu(z + 1) - 3 for z from -1 on. */
  @BeforeEach
  void open() {
    use = Devices.use("reference");
    scope = Scope.open();
    built = aae.build(IMAGE, new RandomStream(1, "init"));
    hooks = (Aae.Adversary) aae.hooks(built, 7);
    set("0.weight", 1);
    set("0.bias", 1);
    set("2.weight", 1);
    set("2.bias", 0);
    set("4.weight", 1);
    set("4.bias", -3);
  }

  private void set(String name, float value) {
    Update.assign(hooks.state().get("discriminator." + name), value);
  }

  @AfterEach
  void close() {
    hooks.close();
    scope.close();
    use.close();
  }

  private static double softplus(double x) {
    return Math.log1p(Math.exp(x));
  }

  private static double logit(double z) {
    return Math.max(z + 1, 0) - 3;
  }

  @Test
  void theDiscriminatorsLossesAreThoseOfItsAnswers() {
    Tensor z = Tensor.of(new double[] {1, -4}, 2, 1); // logits -1 and -3
    // -log s(x) = softplus(-x), -log(1 - s(x)) = softplus(x)
    assertEquals((softplus(1) + softplus(3)) / 2, hooks.loss(z, true).item(), 1e-12);
    assertEquals((softplus(-1) + softplus(-3)) / 2, hooks.loss(z, false).item(), 1e-12);
  }

  private static Batch batch() {
    Tensor x = new RandomStream(2, "x").uniform(Shape.of(2, 4, 4, 1));
    return Batch.of(x, Tensor.ofInts(new int[2], 2));
  }

  private Objective.Result objective() {
    return hooks.objective(Objective.RECONSTRUCTION).of(built, batch(), STEP);
  }

  @Test
  void theEncoderPaysForCodesThatAreFoundOut() {
    double plain = Objective.RECONSTRUCTION.of(built, batch(), STEP).loss().item();
    double[] z = built.getSubmodule("0").forward(batch().images()).toDoubles();
    double fooling = (softplus(-logit(z[0])) + softplus(-logit(z[1]))) / 2;
    assertEquals(plain + 2 * fooling / 16, objective().loss().item(), 1e-12);
    assertEquals(plain, hooks.figures().get("reconstruction"), 1e-12);
    assertEquals(fooling, hooks.figures().get("encoder_loss"), 1e-12);
  }

  @Test
  void theEncodersLossLeavesTheDiscriminatorAloneAndIsFeltByTheEncoder() {
    double[] plain = gradient(Objective.RECONSTRUCTION);
    double[] whole = gradient(hooks.objective(Objective.RECONSTRUCTION));
    assertFalse(Arrays.equals(plain, whole));
    assertEquals(List.of(), List.copyOf(hooks.parameters().keySet()));
    hooks.state().values().forEach(t -> assertEquals(null, t.grad()));
  }

  private double[] gradient(Objective objective) {
    built.zeroGrad();
    objective.of(built, batch(), STEP).loss().backward();
    return built.parameters().get(0).grad().toDoubles();
  }

  /** Adam's first step moves each weight by its learning rate, against the gradient's sign. */
  @Test
  void theDiscriminatorStepsTowardsTellingCodesFromNormalNumbers() {
    double[] prior = new RandomStream(7, "aae/0").normal(Shape.of(2, 1)).toDoubles();
    double[] z = built.getSubmodule("0").forward(batch().images()).toDoubles();
    double loss = 0;
    double slope = 0; // in the last bias: s(x) - 1 of each prior, s(x) of each code
    for (int i = 0; i < 2; i++) {
      loss += (softplus(-logit(prior[i])) + softplus(logit(z[i]))) / 2;
      slope += (-1 / (1 + Math.exp(logit(prior[i]))) + 1 / (1 + Math.exp(-logit(z[i])))) / 2;
    }
    double[] weights = built.parameters().get(0).toDoubles();
    objective();
    hooks.stepped(built, STEP);
    assertEquals(loss, hooks.figures().get("discriminator_loss"), 1e-12);
    double bias = hooks.state().get("discriminator.4.bias").item();
    assertEquals(-3 - Math.signum(slope) * LR, bias, LR * 1e-6); // eps 1e-8 beside the slope
    assertArrayEquals(weights, built.parameters().get(0).toDoubles(), "the encoder stays");
    hooks.state().values().forEach(t -> assertEquals(null, t.grad()));
  }
}
