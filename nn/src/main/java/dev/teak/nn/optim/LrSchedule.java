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

  /** Multiplied by {@code gamma} after every step. */
  static LrSchedule exponential(double lr, double gamma) {
    return (step, total) -> lr * Math.pow(gamma, (double) step);
  }

  /** From lr to 0 as (1 - step / total) to the power named; 1 is a straight line. */
  static LrSchedule polynomial(double lr, double power) {
    return (step, total) -> lr * Math.pow(1 - share(step, total), power);
  }

  /** Half a cosine from lr to 0 (Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5). */
  static LrSchedule cosine(double lr) {
    return cosine(lr, 0);
  }

  /** Half a cosine from lr to {@code min}. */
  static LrSchedule cosine(double lr, double min) {
    return (step, total) -> between(lr, min, share(step, total));
  }

  /**
   * A cosine from lr to {@code min} that begins anew after {@code first} steps, then after {@code
   * factor} times as many, and so on (SGDR); the last is cut where the steps end.
   *
   * @param factor 1 or more; PyTorch's T_mult
   */
  static LrSchedule cosineWithRestarts(double lr, long first, int factor, double min) {
    requireAtLeastOne("steps before the first restart", first);
    requireAtLeastOne("factor from one restart to the next", factor);
    return (step, total) -> {
      long length = first;
      long since = step;
      if (factor == 1) {
        since = step % first;
      } else {
        while (since >= length) {
          since -= length;
          length *= factor;
        }
      }
      return between(lr, min, (double) since / length);
    };
  }

  /**
   * Up to {@code peak} and down again, each by half a cosine: from peak / 25 over the first 30% of
   * the steps, to peak / 250000 at the last (Smith and Topin 2017, in PyTorch's form).
   */
  static LrSchedule oneCycle(double peak) {
    return oneCycle(peak, 0.3);
  }

  /**
   * As {@link #oneCycle(double)}, rising over another share of the steps.
   *
   * @param rise 0..1; PyTorch's pct_start
   */
  static LrSchedule oneCycle(double peak, double rise) {
    return (step, total) -> {
      double top = rise * total - 1;
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

  /** How much of all steps is done; of none, all. */
  private static double share(long step, long total) {
    return (double) step / Math.max(1, total);
  }

  /** Rises linearly over the first {@code steps}, then follows {@code then}. */
  static LrSchedule warmup(long steps, LrSchedule then) {
    requireAtLeastOne("steps of warm-up", steps);
    return (step, total) -> then.at(step, total) * (step < steps ? (step + 1.0) / steps : 1);
  }

  /**
   * One schedule for so many steps, then another for the rest, which counts from there, as
   * PyTorch's SequentialLR: {@code sequence(5, warmup(5, constant(0.1)), cosine(0.1))}.
   */
  static LrSchedule sequence(long steps, LrSchedule first, LrSchedule then) {
    requireAtLeastOne("steps of the first part", steps);
    return (step, total) ->
        step < steps ? first.at(step, steps) : then.at(step - steps, total - steps);
  }
}
