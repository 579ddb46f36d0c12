package dev.teak.nn.optim;

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
    return (step, total) -> lr * Math.pow(gamma, (double) (step / every));
  }

  /** Half a cosine from lr to 0 (Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5). */
  static LrSchedule cosine(double lr) {
    return (step, total) -> lr * 0.5 * (1 + Math.cos(Math.PI * step / Math.max(1, total)));
  }

  /** Rises linearly over the first {@code steps}, then follows {@code then}. */
  static LrSchedule warmup(long steps, LrSchedule then) {
    return (step, total) -> then.at(step, total) * (step < steps ? (step + 1.0) / steps : 1);
  }
}
