package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.defenses.Trainee;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import org.junit.jupiter.api.Test;

/**
 * On logits a x0^2 and b x1^2: with p the probability of class 1, the gradient of class 0's loss is
 * 2 p (-a x0, b x1), so that between x and u the cosine is (a^2 x0 u0 + b^2 x1 u1) / (l(x) l(u)),
 * l(x)^2 being a^2 x0^2 + b^2 x1^2.
 */
class GradAlignTest {
  private static final Step STEP = new Step(3, 10, 0, 1);
  private static final double LAMBDA = 0.2;

  private static final class Squares extends Module {
    final Tensor weight = parameter("weight", Tensor.of(new double[] {1, 3}, 2));

    @Override
    protected Tensor compute(Tensor x) {
      return x.square().reshape(-1, 2).mul(weight);
    }
  }

  @Test
  void theLossHasTheCosineAddedAndItsGradientReachesTheWeights() {
    try (Devices.Use use = Devices.use("reference")) {
      Squares model = new Squares();
      TrainingHooks hooks =
          new GradAlign(0.2, LAMBDA).on(Trainee.of(model, Shape.of(1, 1, 2), 2, 7));
      double x0 = 0.6;
      double x1 = 0.4;
      Tensor x = Tensor.of(new double[] {x0, x1}, 1, 1, 1, 2);
      Batch batch = hooks.batch(model, Batch.of(x, Tensor.ofInts(new int[] {0}, 1)), STEP);
      // What follows in the list may change the images: the gradients are compared at those above.
      Batch attacked = batch.images(x.mul(0.5));
      Objective.Result result = hooks.objective(Objective.CROSS_ENTROPY).of(model, attacked, STEP);
      double[] eta = new RandomStream(7, "grad_align/3").uniform(x.shape(), -0.2, 0.2).toDoubles();
      double u0 = x0 + eta[0];
      double u1 = x1 + eta[1];
      double lx = x0 * x0 + 9 * x1 * x1;
      double lu = u0 * u0 + 9 * u1 * u1;
      double cosine = (x0 * u0 + 9 * x1 * u1) / Math.sqrt(lx * lu);
      Tensor plain = Losses.crossEntropy(model.forward(attacked.images()), batch.labels());
      // a dozen roundings of doubles near 1, as below
      assertEquals(plain.item() + LAMBDA * (1 - cosine), result.loss().item(), 1e-14);

      plain.backward();
      double without = model.weight.grad().toDoubles()[0];
      model.zeroGrad();
      result.loss().backward();
      double slope = // of the cosine in a, at a = 1
          2 * x0 * u0 / Math.sqrt(lx * lu) - cosine * (x0 * x0 / lx + u0 * u0 / lu);
      assertEquals(without - LAMBDA * slope, model.weight.grad().toDoubles()[0], 1e-14);
    }
  }

  /** Logits that are the pixels have gradients of one direction everywhere. */
  @Test
  void aLinearModelIsAlignedAlready() {
    try (Devices.Use use = Devices.use("reference")) {
      Module model = dev.teak.nn.Layers.flatten();
      TrainingHooks hooks =
          new GradAlign(0.2, LAMBDA).on(Trainee.of(model, Shape.of(1, 1, 2), 2, 7));
      Tensor x = Tensor.of(new double[] {0.6, 0.4}, 1, 1, 1, 2);
      Batch batch = hooks.batch(model, Batch.of(x, Tensor.ofInts(new int[] {0}, 1)), STEP);
      double loss = hooks.objective(Objective.CROSS_ENTROPY).of(model, batch, STEP).loss().item();
      assertEquals(Math.log1p(Math.exp(-0.2)), loss, 1e-14); // roundings of a cosine of 1
    }
  }
}
