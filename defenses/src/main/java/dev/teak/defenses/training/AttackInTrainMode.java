package dev.teak.defenses.training;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.nn.train.TrainingHooks;

/**
 * No defense by itself: every attack of the training that it stands in, wherever it stands, sees
 * the model in training mode. So did Madry et al. (ICLR 2018), Wong et al. and de Jorge et al.; by
 * default attacks see it in eval mode, as did TRADES and MART. Pang et al., "Bag of tricks for
 * adversarial training" (ICLR 2021), compare both. In training mode a batch norm takes the
 * statistics of the attacked batch, which move the running ones with every pass of the attack;
 * dropout drops. Parts that are frozen in eval mode stay in it.
 */
public record AttackInTrainMode() implements TrainingDefense {
  @Override
  public TrainingHooks on(Trainee trainee) {
    return TrainingHooks.NONE;
  }
}
