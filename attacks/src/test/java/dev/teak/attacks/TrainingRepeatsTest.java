package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingHooks;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainings, by the trainer, of one seed: the same bits on a device, however often. */
class TrainingRepeatsTest {
  private static final Shape IMAGE = Shape.of(28, 28, 1);
  private static final int N = 80; // two batches of 32 and one of 16

  private static final TrainingHooks PGD =
      new TrainingHooks() {
        @Override
        public Batch batch(Module model, Batch batch, Step step) {
          Pgd pgd = Pgd.linf(0.1).steps(3).seed(step.number());
          return batch.images(pgd.perturb(model, batch.images(), batch.labels()).images());
        }
      };

  @ParameterizedTest
  @ValueSource(strings = {"java", "opencl"})
  void aTrainingRepeatsToTheBit(String device) throws IOException {
    repeats(device, TrainingHooks.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "opencl"})
  void anAdversarialTrainingRepeatsToTheBit(String device) throws IOException {
    repeats(device, PGD);
  }

  private static void repeats(String device, TrainingHooks hooks) throws IOException {
    Backend backend = device.equals("opencl") ? OpenClAttackTest.device() : Devices.open(device);
    try (Devices.Use use = Devices.use(backend);
        Scope scope = Scope.open()) {
      Map<String, float[]> first = trained(hooks, 2);
      Map<String, float[]> second = trained(hooks, 2);
      Map<String, float[]> shorter = trained(hooks, 1);
      assertEquals(first.keySet(), second.keySet());
      for (String name : first.keySet()) {
        assertArrayEquals(first.get(name), second.get(name), name);
        assertFalse(Arrays.equals(first.get(name), shorter.get(name)), name + " does not learn");
        for (float weight : first.get(name)) {
          assertTrue(Float.isFinite(weight), name);
        }
      }
    }
  }

  private static Map<String, float[]> trained(TrainingHooks hooks, int epochs) throws IOException {
    Module model = Models.parse("cnn").build(IMAGE, 10, new RandomStream(3, "init"));
    Examples examples = examples();
    Trainer.of(model)
        .optimizer(Adam.adam(1e-3))
        .epochs(epochs)
        .batch(32)
        .seed(3)
        .hooks(hooks)
        .run(examples, examples);
    Map<String, float[]> weights = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> w : model.stateDict().entrySet()) {
      weights.put(w.getKey(), w.getValue().toFloats());
    }
    return weights;
  }

  /** Noise, brighter for higher labels. */
  private static Examples examples() {
    float[] x = new RandomStream(3, "x").uniform(Shape.of(N * 28 * 28)).toFloats();
    int[] y = new int[N];
    for (int i = 0; i < N; i++) {
      y[i] = i % 10;
      for (int p = i * 28 * 28; p < (i + 1) * 28 * 28; p++) {
        x[p] *= (y[i] + 1) / 10f;
      }
    }
    return new Examples(x, y, IMAGE);
  }
}
