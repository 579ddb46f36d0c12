package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.TrainingHooks;
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
        "n_fgsm eps=0.05",
        "fast_fgsm eps=0.05",
        "free eps=0.05 m=2",
        "trades eps=0.05 steps=3",
        "mart eps=0.05 steps=3",
        "awp gamma=0.01",
        "grad_align eps=0.05; adv-fgsm 0.05",
        "random 0.1; n_fgsm eps=0.05; label_smoothing 0.1; awp",
        "attack_in_train_mode; trades eps=0.05 steps=3; awp warmup_epochs=5",
      })
  void aModelLearnsUnderIt(String text) throws IOException {
    Module model = Halves.model();
    try (TrainingHooks run = Halves.hooks(text, model, Halves.IMAGE, 1)) {
      Halves.train(model, run, 2e-3, 10, Halves.examples(1, 400));
    }
    double accuracy = Evaluate.accuracy(model, Halves.examples(3, 100));
    assertTrue(accuracy >= 0.9, text + ": " + accuracy);
  }
}
