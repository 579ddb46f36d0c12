package dev.teak.defenses.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Halves;
import dev.teak.engine.Scope;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.train.TrainingHooks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Running means move in training mode, and in no other: they say in which mode a model ran. */
class AttackInTrainModeTest {
  private final BatchNorm norm = new BatchNorm(1);
  private final Module model = new Sequential(norm, Halves.model());

  /** The running mean, 0 at first, once a batch has been attacked. */
  private double meanAfterBatch(String defenses) {
    try (Scope scope = Scope.open();
        TrainingHooks hooks = Halves.hooks(defenses, model, Halves.IMAGE, 1)) {
      hooks.batch(model, Halves.examples(1, 2).batch(new int[] {0, 1}, 0, 2), Halves.step(0));
      return norm.stateDict().get("running_mean").item();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "adv-fgsm 0.1",
        "adversarial_logit_pairing fgsm(0.1)",
        "n_fgsm 0.1",
        "fast_fgsm 0.1",
        "trades 0.1",
        "mart 0.1"
      })
  void attacksSeeTheModelInEvalModeUnlessTheOtherIsAskedFor(String defense) {
    assertEquals(0, meanAfterBatch(defense));
    assertTrue(model.isTraining() && norm.isTraining(), "the modes must be restored");
    assertNotEquals(0, meanAfterBatch(defense + "; attack_in_train_mode"));
    assertTrue(model.isTraining() && norm.isTraining(), "the modes must be left alone");
  }

  @ParameterizedTest
  @ValueSource(strings = {"adv-fgsm 0.1", "n_fgsm 0.1"})
  void aFrozenPartStaysInEvalMode(String defense) {
    norm.eval();
    assertEquals(0, meanAfterBatch("attack_in_train_mode; " + defense));
    assertFalse(norm.isTraining());
  }
}
