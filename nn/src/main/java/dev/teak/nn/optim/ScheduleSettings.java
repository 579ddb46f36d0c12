package dev.teak.nn.optim;

import dev.teak.nn.settings.Registered;

/** What an {@link LrSchedule} is told before it is known how long the training is. */
@Registered(Schedules.class)
@FunctionalInterface
public interface ScheduleSettings {
  /**
   * The schedule of one training.
   *
   * @param lr the optimizer's learning rate
   * @param batchesAnEpoch how many steps there are in an epoch
   */
  LrSchedule of(double lr, long batchesAnEpoch);
}
