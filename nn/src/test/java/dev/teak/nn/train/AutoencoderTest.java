package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.optim.Adam;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A model that gives images trains like any other, by figures of its own. */
class AutoencoderTest {
  /** Images of 2 x 2 that lie on a line, so that one number says which it is. */
  private static Examples data(int n, long seed) {
    float[] at = new RandomStream(seed, "at").uniform(Shape.of(n)).toFloats();
    float[] x = new float[4 * n];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 2 == 0 ? at[i / 4] : 1 - at[i / 4];
    }
    return new Examples(x, new int[n], Shape.of(2, 2, 1));
  }

  private static Module autoencoder() {
    RandomStream init = new RandomStream(1, "init");
    return new Sequential(
        Layers.flatten(),
        new Linear(4, 1, init),
        new Linear(1, 4, init),
        Layers.of(x -> x.reshape(-1, 2, 2, 1)));
  }

  private static Trainer trainer(Module model) {
    return Trainer.of(model)
        .objective(Objective.RECONSTRUCTION)
        .optimizer(Adam.adam(0.02))
        .epochs(40)
        .batch(16)
        .seed(1);
  }

  @Test
  void itLearnsToGiveItsImagesBack() throws IOException {
    Module model = autoencoder();
    List<EpochResult> history = trainer(model).run(data(64, 1), data(32, 2));
    assertEquals(
        List.of("loss", "validation_loss"), List.copyOf(history.get(0).figures().keySet()));
    double before = history.get(0).figures().get("validation_loss");
    double after = history.get(39).figures().get("validation_loss");
    assertTrue(after < before / 20, before + " before, " + after + " after");
  }

  @Test
  void itsValidationLossIsTheMeanOverTheImages() throws IOException {
    Module model = autoencoder();
    Examples held = data(300, 2); // more than are looked at together
    EpochResult last = trainer(model).epochs(1).run(data(64, 1), held).get(0);
    int[] order = IntStream.range(0, 300).toArray();
    Tensor images = held.batch(order, 0, 300).images();
    double all = model.forward(images).sub(images).square().mean().item();
    // Means over 256 and 44 images in place of one over 300: rounding of float32 sums near 0.1.
    assertEquals(all, last.figures().get("validation_loss"), 1e-6);
  }

  /** Twice the images in each batch; the labels of half of them are wrong. */
  @Test
  void figuresCountWhatWasTrainedOn() throws IOException {
    Module model =
        new Sequential(Layers.flatten(), Layers.of(x -> Tensor.of(row(x), x.shape().dim(0), 2)));
    TrainingHooks twice =
        new TrainingHooks() {
          @Override
          public Batch batch(Module m, Batch batch, Step step) {
            int n = batch.images().shape().dim(0);
            Tensor labels = Tensor.ofInts(halves(n), 2 * n);
            return Batch.of(Tensor.concat(0, List.of(batch.images(), batch.images())), labels);
          }

          @Override
          public Objective objective(Objective inner) {
            Tensor w = Tensor.zeros().requiresGrad(true);
            return (m, batch, step) -> {
              Objective.Result r = inner.of(m, batch, step);
              return r.loss(r.loss().add(w.mul(0)));
            };
          }
        };
    EpochResult only = Trainer.of(model).hooks(twice).batch(16).run(data(40, 1), data(0, 1)).get(0);
    assertEquals(0.5, only.trainAccuracy());
    assertEquals(Map.of("loss", only.loss(), "train_accuracy", 0.5), only.figures());
  }

  /** The first of two classes, surely. */
  private static float[] row(Tensor x) {
    float[] logits = new float[2 * x.shape().dim(0)];
    for (int i = 0; i < logits.length; i += 2) {
      logits[i] = 1;
    }
    return logits;
  }

  private static int[] halves(int n) {
    int[] labels = new int[2 * n];
    for (int i = n; i < 2 * n; i++) {
      labels[i] = 1;
    }
    return labels;
  }
}
