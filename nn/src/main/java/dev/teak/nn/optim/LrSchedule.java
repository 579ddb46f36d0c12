package dev.teak.nn.optim;

import java.util.Arrays;

/** The learning rate as a function of the step, 0 to {@code total} - 1. */
public interface LrSchedule {
  /** The learning rate of a step. */
  double at(long step, long total);

  /** The same all along. */
  static LrSchedule constant(double lr) {
    return (step, total) -> lr;
  }

  /** Multiplied by {@code gamma} after every {@code every} steps. */
  static LrSchedule step(double lr, long every, double gamma) {
    requireAtLeastOne("steps between two drops", every);
    return (step, total) -> lr * Math.pow(gamma, (double) Math.floorDiv(step, every));
  }

  /** Multiplied by {@code gamma} at each of the steps named. */
  static LrSchedule multiStep(double lr, double gamma, long... at) {
    long[] drops = at.clone();
    return (step, total) ->
        lr * Math.pow(gamma, (double) Arrays.stream(drops).filter(d -> step >= d).count());
  }

  /** Half a cosine from lr to 0 (Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5). */
  static LrSchedule cosine(double lr) {
    return (step, total) -> lr * 0.5 * (1 + Math.cos(Math.PI * step / Math.max(1, total)));
  }

  /**
   * Up to {@code peak} and down again, each by half a cosine: from peak / 25 over the first 30% of
   * the steps, to peak / 250000 at the last (Smith and Topin 2017, in PyTorch's form).
   */
  static LrSchedule oneCycle(double peak) {
    return (step, total) -> {
      double top = 0.3 * total - 1;
      double first = peak / 25;
      return step <= top
          ? between(first, peak, step / top)
          : between(peak, first / 1e4, (step - top) / (total - 1 - top));
    };
  }

  private static double between(double from, double to, double share) {
    return to + (from - to) / 2 * (1 + Math.cos(Math.PI * share));
  }

  private static void requireAtLeastOne(String what, long count) {
    if (count < 1) {
      throw new IllegalArgumentException("schedule: " + what + " " + count + ": must be 1 or more");
    }
  }

  /** Rises linearly over the first {@code steps}, then follows {@code then}. */
  static LrSchedule warmup(long steps, LrSchedule then) {
    requireAtLeastOne("steps of warm-up", steps);
    return (step, total) -> then.at(step, total) * (step < steps ? (step + 1.0) / steps : 1);
  }
}
