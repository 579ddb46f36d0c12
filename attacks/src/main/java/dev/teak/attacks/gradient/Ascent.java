package dev.teak.attacks.gradient;

import dev.teak.attacks.Run;
import dev.teak.attacks.Slot;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import java.util.function.UnaryOperator;

/**
 * Projected ascent, which most gradient attacks are: steps of one size along the steepest direction
 * of a gradient that each finds in its own way.
 *
 * @param steps how many, 1 or more
 * @param stepSize length of a step in the threat model's norm, 0 or more
 */
public record Ascent(int steps, double stepSize) {
  /** Rejects no steps, and a step that is negative or infinite. */
  public Ascent {
    if (steps < 1) {
      throw new IllegalArgumentException("steps " + steps + ": must be 1 or more");
    }
    if (!(stepSize >= 0) || Double.isInfinite(stepSize)) {
      throw new IllegalArgumentException("step size " + stepSize + ": must be 0 or more");
    }
  }

  /**
   * Climbs from a start, and offers where it ends.
   *
   * @param gradient the direction to go from images {@code [N, H, W, C]}, of their shape
   */
  public void climb(Run run, Tensor start, UnaryOperator<Tensor> gradient) {
    try (Slot x = new Slot(start)) {
      for (int step = 0; step < steps; step++) {
        try (Scope scope = Scope.open()) {
          Tensor up = gradient.apply(x.get());
          x.set(run.threat().step(run.images(), x.get(), up, stepSize));
        }
      }
      run.offer(x.get());
    }
  }
}
