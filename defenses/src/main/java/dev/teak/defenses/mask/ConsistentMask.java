package dev.teak.defenses.mask;

import dev.teak.defenses.FrontDefense;
import dev.teak.defenses.Trainee;
import dev.teak.nn.Module;

/**
 * A mask that stands in front of the model, while it is trained and at test time. A fixed one (the
 * paper's one consistent M_test) is a constant, through which every attack sees; one that is drawn
 * anew makes the model random, and is attacked through the mean of its answers.
 *
 * @param mask fixed, or drawn anew for every image or batch
 */
public record ConsistentMask(Mask mask) implements FrontDefense {
  /** Answers that AutoAttack's rand version takes the mean of. */
  private static final int ANSWERS = 20;

  @Override
  public Module front(Trainee trainee) {
    return new MaskedInput(mask, trainee.seed());
  }

  @Override
  public int answers() {
    return mask.vary() == Mask.Vary.FIXED ? 1 : ANSWERS;
  }
}
