package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Halves;
import dev.teak.defenses.Trainee;
import dev.teak.engine.Devices;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import org.junit.jupiter.api.Test;

/** On logits that are the pixels, so that the signs of a gradient are those of the class. */
class FreeAdversarialTrainingTest {
  private static final Module MODEL = Layers.flatten();
  private static final Examples SOME = new Examples(new float[4], new int[2], Shape.of(1, 1, 2));

  private static TrainingHooks hooks() {
    TrainingHooks hooks =
        new FreeAdversarialTraining(0.1, 4).on(Trainee.of(MODEL, Shape.of(1, 1, 2), 2, 1));
    hooks.fit(SOME, 2);
    return hooks;
  }

  /** What a step trains on, and the step itself. */
  private static double[] step(TrainingHooks hooks, int label, double... pixels) {
    Step step = new Step(0, 1, 0, 1);
    int n = pixels.length / 2;
    int[] labels = new int[n];
    labels[0] = label;
    Batch batch = Batch.of(Tensor.of(pixels, n, 1, 1, 2), Tensor.ofInts(labels, n));
    Batch attacked = hooks.batch(MODEL, batch, step);
    Objective.CROSS_ENTROPY.of(MODEL, attacked, step).loss().backward();
    hooks.stepped(MODEL, step);
    return attacked.images().toDoubles();
  }

  @Test
  void theChangeGrowsByWholeEpsilonsStaysInTheBallAndIsCarriedOn() {
    try (Devices.Use use = Devices.use("reference");
        TrainingHooks hooks = hooks()) {
      assertEquals(4, hooks.replays());
      assertArrayEquals(new double[] {0.6, 0.4}, step(hooks, 0, 0.6, 0.4), "clean at first");
      double[] moved = {0.6 - 0.1, 0.4 + 0.1};
      assertArrayEquals(moved, step(hooks, 0, 0.6, 0.4), "by one step");
      assertArrayEquals(moved, step(hooks, 0, 0.6, 0.4), "within the ball");
      double[] next = {0.7 - 0.1, 0.2 + 0.1};
      assertArrayEquals(next, step(hooks, 1, 0.7, 0.2), "from where the last batch left it");
      assertArrayEquals(new double[] {0.7, 0.2}, step(hooks, 1, 0.7, 0.2), "and back again");
    }
  }

  @Test
  void aSmallerBatchMovesTheFirstChangesAlone() {
    try (Devices.Use use = Devices.use("reference");
        TrainingHooks hooks = hooks()) {
      step(hooks, 0, 0.6, 0.4, 0.5, 0.5);
      step(hooks, 1, 0.6, 0.4);
      assertArrayEquals(new double[] {0, 0, -0.1, 0.1}, hooks.state().get("delta").toDoubles(), 0);
    }
  }

  @Test
  void ofTwoPassesForAStepTheLastCounts() {
    try (Devices.Use use = Devices.use("reference");
        TrainingHooks hooks = hooks()) {
      Step step = new Step(0, 1, 0, 1);
      Tensor images = Tensor.of(new double[] {0.6, 0.4}, 1, 1, 1, 2);
      Batch batch = hooks.batch(MODEL, Batch.of(images, Tensor.ofInts(new int[] {0}, 1)), step);
      Objective objective = hooks.objective(Objective.CROSS_ENTROPY);
      objective.of(MODEL, batch, step).loss().backward();
      double[] once = batch.images().grad().toDoubles();
      objective.of(MODEL, batch, step).loss().backward();
      assertArrayEquals(once, batch.images().grad().toDoubles(), 0);
    }
  }

  @Test
  void pixelsStayInTheirRange() {
    try (Devices.Use use = Devices.use("reference");
        TrainingHooks hooks = hooks()) {
      step(hooks, 0, 0.05, 0.95);
      assertArrayEquals(new double[] {0, 1}, step(hooks, 0, 0.05, 0.95));
    }
  }

  @Test
  void whatReplacesItsImagesIsRefused() {
    Module model = Halves.model();
    try (TrainingHooks run = Halves.hooks("free 0.1; adv-fgsm 0.1", model, Halves.IMAGE, 1)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Halves.train(model, run, 1e-3, 1, Halves.examples(1, 16)))
              .getMessage();
      assertTrue(message.contains("put it behind what replaces them"), message);
    }
  }
}
