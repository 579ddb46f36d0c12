package dev.teak.defenses;

import dev.teak.nn.settings.Registered;

/**
 * A defense: a record of its settings, of one or more of four kinds. It changes a model's training
 * ({@link TrainingDefense}), stands in front of the model ({@link FrontDefense}), makes another
 * model of it ({@link WrapperDefense}), or finds out attacks ({@link DetectorDefense}). Each says
 * itself how whoever knows of it attacks.
 */
@Registered(Defenses.class)
public interface Defense {
  /**
   * How many answers of a model behind this an attacker takes the mean of (expectation over
   * transformation): 1 unless its answers are random.
   */
  default int answers() {
    return 1;
  }
}
