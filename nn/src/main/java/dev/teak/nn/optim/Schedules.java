package dev.teak.nn.optim;

import dev.teak.nn.settings.Registry;

/**
 * All schedules by name. Each may warm up: over a share of all steps the learning rate rises
 * linearly to what the schedule says.
 */
public final class Schedules {
  /** Every schedule. */
  public static final Registry<ScheduleSettings> REGISTRY =
      Registry.of("schedule", ScheduleSettings.class)
          .add("constant", "the same all along", new Constant(0))
          .add("cosine", "half a cosine down to a least", new Cosine(0, 0))
          .add("step", "times gamma after every so many epochs", new StepDecay(30, 0.1, 0))
          .add("one_cycle", "up and down again, each by half a cosine", new OneCycle(0.3));

  private Schedules() {}

  /** The same all along. */
  public static ScheduleSettings constant() {
    return new Constant(0);
  }

  /** Half a cosine down to nothing. */
  public static ScheduleSettings cosine() {
    return new Cosine(0, 0);
  }

  private static void requireShare(double warmup) {
    if (!(warmup >= 0 && warmup <= 1)) {
      throw new IllegalArgumentException(
          "warmup: " + warmup + ": must be a share of all steps, 0..1");
    }
  }

  private static LrSchedule warmedUp(double share, LrSchedule then) {
    return (step, total) -> {
      long steps = Math.round(share * total);
      return (steps == 0 ? then : LrSchedule.warmup(steps, then)).at(step, total);
    };
  }

  /**
   * The optimizer's learning rate all along.
   *
   * @param warmup share of all steps, 0..1
   */
  public record Constant(double warmup) implements ScheduleSettings {
    /** Rejects what is no share. */
    public Constant {
      requireShare(warmup);
    }

    @Override
    public LrSchedule of(double lr, long batchesAnEpoch) {
      return warmedUp(warmup, LrSchedule.constant(lr));
    }
  }

  /**
   * Half a cosine from the optimizer's learning rate to a least one (Loshchilov and Hutter, "SGDR",
   * ICLR 2017, equation 5).
   *
   * @param min 0 or more
   * @param warmup share of all steps, 0..1
   */
  public record Cosine(double min, double warmup) implements ScheduleSettings {
    /** Rejects a negative rate and what is no share. */
    public Cosine {
      if (!(min >= 0) || Double.isInfinite(min)) {
        throw new IllegalArgumentException("min: " + min + ": must be 0 or more, and finite");
      }
      requireShare(warmup);
    }

    @Override
    public LrSchedule of(double lr, long batchesAnEpoch) {
      return warmedUp(warmup, LrSchedule.cosine(lr, min));
    }
  }

  /**
   * Multiplied by gamma after every so many epochs, as PyTorch's StepLR.
   *
   * @param every epochs, 1 or more
   * @param gamma 0 or more
   * @param warmup share of all steps, 0..1
   */
  public record StepDecay(int every, double gamma, double warmup) implements ScheduleSettings {
    /** Rejects a distance below 1, a negative factor and what is no share. */
    public StepDecay {
      if (every < 1) {
        throw new IllegalArgumentException("every: " + every + " epochs: must be 1 or more");
      }
      if (!(gamma >= 0) || Double.isInfinite(gamma)) {
        throw new IllegalArgumentException("gamma: " + gamma + ": must be 0 or more, and finite");
      }
      requireShare(warmup);
    }

    @Override
    public LrSchedule of(double lr, long batchesAnEpoch) {
      return warmedUp(warmup, LrSchedule.step(lr, every * batchesAnEpoch, gamma));
    }
  }

  /**
   * Up to the optimizer's learning rate and down again (Smith and Topin 2017, in PyTorch's form).
   *
   * @param warmup share of all steps in which it rises, 0..1; PyTorch's pct_start
   */
  public record OneCycle(double warmup) implements ScheduleSettings {
    /** Rejects what is no share. */
    public OneCycle {
      requireShare(warmup);
    }

    @Override
    public LrSchedule of(double lr, long batchesAnEpoch) {
      return LrSchedule.oneCycle(lr, warmup);
    }
  }
}
