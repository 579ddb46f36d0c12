package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.nn.Models;
import dev.teak.nn.Module;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.LrSchedule;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings as wholes: that they learn, alone and together. */
class TrainingTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "random 0.3",
        "random 0.3 exact fixed",
        "rectangle 0 0 2 2 fill 1",
        "filter blur 3",
        "learned 0.001",
        "adv-fgsm 0.05",
        "noise 0.01",
        "average 0.9; clip-norm 1",
        "sign",
        "zero 0.2; quantise 8; clip-value 0.1",
        "random 0.2; noise 0.001; noise 0.001 @2",
        "adv-fgsm 0.05; learned 0.001; random 0.1",
      })
  void aModelLearnsUnderIt(String text) throws IOException {
    Module model = Models.mlp(Halves.IMAGE, 2, new RandomStream(1, "init"));
    try (Training.Run run = Training.parse(text).on(model, Halves.IMAGE, 1)) {
      new Trainer(
              model,
              Adam.adam(run.parameters(), 2e-3),
              LrSchedule.constant(2e-3),
              10,
              16,
              1,
              run,
              null,
              TrainingListener.SILENT)
          .run(Halves.examples(1, 400), Halves.examples(2, 0));
    }
    double accuracy = Evaluate.accuracy(model, Halves.examples(3, 100));
    assertTrue(accuracy >= 0.9, text + ": " + accuracy);
  }
}
