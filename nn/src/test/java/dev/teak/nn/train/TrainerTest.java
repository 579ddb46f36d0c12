package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.augment.Augmentation;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.LrSchedule;
import dev.teak.nn.optim.Optimizer;
import dev.teak.nn.optim.OptimizerSettings;
import dev.teak.nn.optim.ParameterGroup;
import dev.teak.nn.optim.Sgd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
  private static final Examples NONE = new Examples(new float[0], new int[0], Shape.of(1, 1, 2));
  private static final Examples XOR =
      new Examples(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, new int[] {0, 1, 1, 0}, Shape.of(1, 1, 2));

  private static Module mlp(int in, int hidden, int classes) {
    RandomStream init = new RandomStream(1, "init");
    return new Sequential(
        Layers.flatten(),
        new Linear(in, hidden, init),
        Layers.tanh(),
        new Linear(hidden, classes, init));
  }

  private static Trainer trainer(Module model, OptimizerSettings optimizer, int epochs, int batch) {
    return Trainer.of(model).optimizer(optimizer).epochs(epochs).batch(batch).seed(5);
  }

  /** Changes the images of each batch, by the step's number. */
  private static TrainingHooks images(BiFunction<Tensor, Long, Tensor> change) {
    return new TrainingHooks() {
      @Override
      public Batch batch(Module model, Batch batch, Step step) {
        return batch.images(change.apply(batch.images(), step.number()));
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void aSmallNetworkLearnsExclusiveOr(String device) throws IOException {
    try (Devices.Use use = Devices.use(device)) {
      Module model = mlp(2, 8, 2);
      List<EpochResult> history = trainer(model, Adam.adam(0.05), 150, 4).run(XOR, XOR);
      assertEquals(1, Evaluate.accuracy(model, XOR));
      assertEquals(1, history.get(149).validationAccuracy());
      assertTrue(history.get(149).loss() < 0.1, () -> "loss " + history.get(149).loss());
    }
  }

  /** Three clouds of width 0.2 around the corners of a triangle with sides of 1 or more. */
  private static Examples blobs(int n, long seed) {
    float[] noise = new RandomStream(seed, "blobs").uniform(Shape.of(2 * n), -0.2, 0.2).toFloats();
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % 3;
      noise[2 * i] += labels[i] == 1 ? 1 : 0;
      noise[2 * i + 1] += labels[i] == 2 ? 1 : 0;
    }
    return new Examples(noise, labels, Shape.of(1, 1, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void cloudsThatLieApartAreToldApart(String device) throws IOException {
    try (Devices.Use use = Devices.use(device)) {
      Module model = mlp(2, 8, 3);
      OptimizerSettings sgd = Sgd.lr(0.3).momentum(0.9);
      List<EpochResult> history = trainer(model, sgd, 15, 16).run(blobs(90, 1), blobs(60, 2));
      assertEquals(1, history.get(14).validationAccuracy());
      assertEquals(1, history.get(14).trainAccuracy());
    }
  }

  /** 10 examples by 4 make three batches, and six steps an epoch if each is replayed once. */
  @Test
  void aReplayedBatchIsTrainedOnInARowAndItsStepsCount() throws IOException {
    List<Step> steps = new ArrayList<>();
    List<float[]> seen = new ArrayList<>();
    TrainingHooks twice =
        new TrainingHooks() {
          @Override
          public int replays() {
            return 2;
          }

          @Override
          public Batch batch(Module model, Batch batch, Step step) {
            steps.add(step);
            seen.add(batch.images().toFloats());
            return batch;
          }
        };
    Trainer trainer = trainer(mlp(2, 4, 3), Sgd.lr(0.1), 2, 4);
    trainer.hooks(TrainingHooks.all(List.of(twice, TrainingHooks.NONE))).run(blobs(10, 3), NONE);
    assertEquals(12, steps.size());
    for (int i = 0; i < 12; i++) {
      assertEquals(new Step(i, 12, i / 6, 2), steps.get(i));
      if (i % 2 == 1) {
        assertArrayEquals(seen.get(i - 1), seen.get(i));
        assertFalse(i < 11 && Arrays.equals(seen.get(i), seen.get(i + 1)), "of other batches");
      }
    }
  }

  /** 10 examples by 4: batches of 4, 4 and 2, whose losses count by their sizes. */
  @Test
  void everyExampleCountsOnceAnEpochInTheLastSmallerBatchToo() throws IOException {
    Examples ten = blobs(10, 3);
    List<Integer> sizes = new ArrayList<>();
    List<Float> seen = new ArrayList<>();
    Module model = mlp(2, 4, 3);
    TrainingHooks spy =
        images(
            (images, step) -> {
              sizes.add(images.shape().dim(0));
              for (float v : images.toFloats()) {
                seen.add(v);
              }
              return images;
            });
    trainer(model, Sgd.lr(0), 1, 4).hooks(spy).run(ten, NONE);
    assertEquals(List.of(4, 4, 2), sizes);
    float[] pixels = new float[20];
    for (int i = 0; i < 10; i++) {
      ten.images().read(i, pixels, 2 * i);
    }
    Arrays.sort(pixels);
    assertArrayEquals(pixels, sorted(seen));
  }

  @Test
  void augmentedImagesAreTrainedOnAndTheImagesThemselvesAreJudged() throws IOException {
    Examples ten = blobs(10, 3);
    List<Float> seen = new ArrayList<>();
    TrainingHooks spy =
        images(
            (images, step) -> {
              for (float v : images.toFloats()) {
                seen.add(v);
              }
              return images;
            });
    Augmentation seven = (pixels, at, image, draws) -> pixels[at] = 7;
    Module model = mlp(2, 4, 3);
    EpochResult r =
        trainer(model, Sgd.lr(0), 1, 4).augment(List.of(seven)).hooks(spy).run(ten, ten).get(0);
    for (int i = 0; i < 20; i += 2) {
      assertEquals(7, seen.get(i));
    }
    assertEquals(Evaluate.accuracy(model, ten), r.validationAccuracy());
  }

  @Test
  void anImageThatCannotBeReadEndsTheTrainingAndTheThreadThatReads() throws Exception {
    Thread[] reader = new Thread[1];
    RuntimeException broken = new IllegalStateException("nine.png: is broken");
    Images images =
        new Images() {
          @Override
          public int size() {
            return 10;
          }

          @Override
          public Shape image() {
            return Shape.of(1, 1, 2);
          }

          @Override
          public void read(int index, float[] to, int at) {
            reader[0] = Thread.currentThread();
            if (index == 9) {
              throw broken;
            }
          }
        };
    Trainer trainer = trainer(mlp(2, 4, 3), Sgd.lr(0), 1, 4);
    Examples ten = new Examples(images, new int[10]);
    assertSame(broken, assertThrows(IllegalStateException.class, () -> trainer.run(ten, NONE)));
    assertFalse(reader[0].isAlive());
  }

  private static float[] sorted(List<Float> values) {
    float[] v = new float[values.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] = values.get(i);
    }
    Arrays.sort(v);
    return v;
  }

  /** With a learning rate of 0 the epoch's figures are those of the model on the examples. */
  @Test
  void lossAndAccuracyOfAnEpochAreMeansOverExamples() throws IOException {
    Examples ten = blobs(10, 3);
    Module model = mlp(2, 4, 3);
    EpochResult r = trainer(model, Sgd.lr(0), 1, 4).run(ten, ten).get(0);
    double loss = 0;
    float[][] logits = Evaluate.logits(model, ten, 3);
    for (int i = 0; i < 10; i++) {
      double sum = 0;
      for (float z : logits[i]) {
        sum += Math.exp(z);
      }
      loss += Math.log(sum) - logits[i][ten.labels()[i]];
    }
    assertEquals(loss / 10, r.loss(), 1e-6); // three float32 losses near 1
    assertEquals(r.validationAccuracy(), r.trainAccuracy());
  }

  @Test
  void stepsAreNumberedOverTheWholeRunAndScheduled() throws IOException {
    List<Long> steps = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    Spied sgd = new Spied(0.5);
    TrainingListener spy =
        new TrainingListener() {
          @Override
          public void onBatch(int epoch, int batch, int batches, double loss) {
            rates.add(sgd.made.lr());
          }
        };
    TrainingHooks count =
        images(
            (images, step) -> {
              steps.add(step);
              return images;
            });
    trainer(mlp(2, 4, 2), sgd, 2, 2)
        .schedule((lr, batches) -> LrSchedule.step(lr, 1, 0.5))
        .hooks(count)
        .listener(spy)
        .run(XOR, NONE);
    assertEquals(List.of(0L, 1L, 2L, 3L), steps);
    assertEquals(List.of(0.5, 0.25, 0.125, 0.0625), rates);
  }

  /** Keeps the optimizer that a trainer makes of it. */
  private static final class Spied implements OptimizerSettings {
    private final double lr;
    private Optimizer made;

    Spied(double lr) {
      this.lr = lr;
    }

    @Override
    public double lr() {
      return lr;
    }

    @Override
    public boolean weightsOnly() {
      return false;
    }

    @Override
    public Optimizer of(List<ParameterGroup> groups) {
      made = Sgd.lr(lr).of(groups);
      return made;
    }
  }

  @Test
  void anotherLossCanBeTrainedOn() throws IOException {
    Module model = mlp(2, 4, 2);
    Objective meanLogit =
        (m, batch, step) -> {
          Tensor logits = m.forward(batch.images());
          return new Objective.Result(logits.mean(), logits);
        };
    Trainer trainer = trainer(model, Sgd.lr(1), 5, 4).objective(meanLogit);
    List<EpochResult> history = trainer.run(XOR, NONE);
    assertTrue(history.get(4).loss() < -1, "the mean logit falls without bound");
  }

  @Test
  void aLossThatIsNoNumberStopsTheRunAndSaysWhere() {
    Module model = mlp(2, 4, 2);
    TrainingHooks poison = images((x, step) -> step < 1 ? x : x.mul(Double.NaN));
    Trainer trainer = trainer(model, Sgd.lr(0.5), 2, 2).hooks(poison);
    String message =
        assertThrows(ArithmeticException.class, () -> trainer.run(XOR, NONE)).getMessage();
    assertTrue(message.contains("NaN in epoch 1, batch 2"), message);
  }

  @Test
  void evaluationLeavesTheModeAndTheWeightsAlone() {
    Module model = mlp(2, 4, 2);
    float[] before = model.stateDict().get("1.weight").toFloats();
    int[] predictions = Evaluate.predictions(model, XOR, 3);
    assertTrue(model.isTraining());
    assertArrayEquals(before, model.stateDict().get("1.weight").toFloats());
    float[][] logits = Evaluate.logits(model, XOR, 1);
    for (int i = 0; i < 4; i++) {
      assertEquals(logits[i][0] >= logits[i][1] ? 0 : 1, predictions[i]);
    }
    assertTrue(Double.isNaN(Evaluate.accuracy(model, NONE)));
    assertThrows(IllegalArgumentException.class, () -> Evaluate.predictions(model, XOR, 0));
  }

  @Test
  void theOrderDependsOnSeedAndEpochAlone() {
    Examples e = blobs(50, 1);
    assertArrayEquals(e.shuffled(1, 3), e.shuffled(1, 3));
    assertFalse(Arrays.equals(e.shuffled(1, 3), e.shuffled(1, 4)));
    assertFalse(Arrays.equals(e.shuffled(1, 3), e.shuffled(2, 3)));
  }

  @Test
  void fingerprintsTellDataApart() {
    Examples e = blobs(50, 1);
    assertEquals(e.fingerprint(), blobs(50, 1).fingerprint());
    int[] labels = e.labels().clone();
    labels[49] = 0;
    assertFalse(e.fingerprint().equals(new Examples(e.images(), labels).fingerprint()));
    assertFalse(e.fingerprint().equals(blobs(50, 2).fingerprint()));
  }
}
