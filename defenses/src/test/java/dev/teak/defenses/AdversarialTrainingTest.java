package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Norm;
import dev.teak.attacks.evaluation.Robustness;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Progress;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdversarialTrainingTest {
  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void trainsOnImagesWithinTheBall(String device) {
    try (Devices.Use use = Devices.use(device);
        Scope scope = Scope.open()) {
      Examples e = Halves.examples(1, 8);
      int[] order = {0, 1, 2, 3, 4, 5, 6, 7};
      Batch batch = e.batch(order, 0, 8);
      Module model = Halves.model();
      for (AdversarialTraining defense :
          new AdversarialTraining[] {AdversarialTraining.fgsm(0.1), AdversarialTraining.pgd(0.1)}) {
        Tensor x =
            defense
                .on(null)
                .batch(model, Batch.of(batch.images(), batch.labels()), Halves.step(10_000))
                .images();
        double moved = Norm.LINF.of(batch.images().toFloats(), x.toFloats(), 0, 128);
        assertTrue(moved > 0.09 && moved <= 0.1, defense + " moved by " + moved);
        assertTrue(model.isTraining(), "the mode must be restored");
      }
    }
  }

  @Test
  void pgdBeginsSmallAndDiffersByStep() {
    try (Scope scope = Scope.open()) {
      Examples e = Halves.examples(1, 2);
      Batch batch = e.batch(new int[] {0, 1}, 0, 2);
      TrainingHooks hooks = AdversarialTraining.pgd(0.2).on(null);
      Module model = Halves.model();
      float[] first =
          hooks
              .batch(model, Batch.of(batch.images(), batch.labels()), Halves.step(0))
              .images()
              .toFloats();
      assertTrue(
          Norm.LINF.of(batch.images().toFloats(), first, 0, 32)
              <= 0.2 / AdversarialTraining.WARMUP);
      float[] again =
          hooks
              .batch(model, Batch.of(batch.images(), batch.labels()), Halves.step(0))
              .images()
              .toFloats();
      assertArrayEquals(first, again);
      assertFalse(
          Arrays.equals(
              first,
              hooks
                  .batch(model, Batch.of(batch.images(), batch.labels()), Halves.step(1))
                  .images()
                  .toFloats()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"filter sharpen; adv-fgsm 0.1", "random 0.5 fill 2; adv-pgd 0.1"})
  void aMaskThatLeavesTheRangeIsTrainedOnInFrontOfAnAttack(String text) throws IOException {
    Module model = Halves.model();
    try (TrainingHooks run = Halves.hooks(text, model, Halves.IMAGE, 1)) {
      Halves.train(model, run, 1e-3, 20, Halves.examples(1, 400));
    }
    double accuracy = Evaluate.accuracy(model, Halves.examples(3, 100));
    assertTrue(accuracy >= 0.9, text + ": " + accuracy);
  }

  @Test
  void attacksLeaveAFrozenBatchNormFrozen() throws IOException {
    BatchNorm bn = new BatchNorm(1);
    Module model = new Sequential(bn, Halves.model());
    bn.eval();
    bn.requiresGrad(false);
    try (TrainingHooks run = Halves.hooks("adv-pgd 0.1", model, Halves.IMAGE, 1)) {
      Halves.train(model, run, 1e-3, 1, Halves.examples(1, 33));
    }
    assertFalse(bn.isTraining());
    assertEquals(0, bn.stateDict().get("running_mean").item());
    assertEquals(1, bn.stateDict().get("weight").item());
  }

  @Test
  void aTrainedTwinHoldsWhereThePlainModelFalls() throws IOException {
    // The classes are 0.4 apart: within 0.15 of each image they can still be told apart.
    double plain = robust("none");
    double trained = robust("adv-pgd 0.15");
    assertTrue(trained >= 0.95, "adversarially trained: " + trained);
    assertTrue(trained >= plain, "plain " + plain + ", trained " + trained);
  }

  private static double robust(String training) throws IOException {
    Module model = Halves.model();
    try (TrainingHooks run = Halves.hooks(training, model, Halves.IMAGE, 1)) {
      Halves.train(model, run, 1e-3, 20, Halves.examples(1, 800));
    }
    Examples test = Halves.examples(3, 100);
    return Robustness.of(model, Pgd.linf(0.15), test, 64, Progress.SILENT).robustAccuracy();
  }

  @Test
  void theCleanImagesMayStayBesideTheAttackedOnes() {
    try (Scope scope = Scope.open()) {
      Batch batch = Halves.examples(1, 3).batch(new int[] {0, 1, 2}, 0, 3);
      Module model = Halves.model();
      Step step = Halves.step(9);
      AdversarialTraining fgsm = AdversarialTraining.fgsm(0.1);
      float[] attacked = fgsm.on(null).batch(model, batch, step).images().toFloats();
      Batch both = fgsm.clean(true).on(null).batch(model, batch, step);
      assertArrayEquals(batch.images().toFloats(), both.images().slice(0, 0, 3, 1).toFloats());
      assertArrayEquals(attacked, both.images().slice(0, 3, 6, 1).toFloats());
      assertArrayEquals(new int[] {0, 1, 0, 0, 1, 0}, both.labels().toInts());
      double mean =
          (Losses.crossEntropy(model.forward(batch.images()), batch.labels()).item()
                  + Losses.crossEntropy(
                          model.forward(both.images().slice(0, 3, 6, 1)), batch.labels())
                      .item())
              / 2;
      Tensor loss = Objective.CROSS_ENTROPY.of(model, both, step).loss();
      assertEquals(mean, loss.item(), 1e-6); // three means of float32 losses near 1
    }
  }
}
