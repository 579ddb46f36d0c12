package dev.teak.attacks.minimum;

import dev.teak.attacks.Run;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.Arrays;

/**
 * The constant c between distance and loss, for each image by itself: ten times larger until the
 * goal is reached once, then halved between the largest that failed and the smallest that did not
 * (Carlini and Wagner 2017, section VI.A).
 */
public final class TradeOff {
  private final double[] c;
  private final double[] failed;
  private final double[] reached;

  /** Begins with one value for all. */
  public TradeOff(int n, double first) {
    c = new double[n];
    failed = new double[n];
    reached = new double[n];
    Arrays.fill(c, first);
    Arrays.fill(reached, Double.POSITIVE_INFINITY);
  }

  /** The constants, {@code [N, 1, 1, 1]}. */
  public Tensor get() {
    return Tensor.of(c, c.length, 1, 1, 1);
  }

  /**
   * Chooses the next constants.
   *
   * @param found not 0 where the goal was reached with this one, {@code [N]}
   */
  public void next(Tensor found) {
    double[] there = found.toDoubles();
    for (int i = 0; i < c.length; i++) {
      if (there[i] != 0) {
        reached[i] = Math.min(reached[i], c[i]);
      } else {
        failed[i] = Math.max(failed[i], c[i]);
      }
      c[i] = Double.isInfinite(reached[i]) ? c[i] * 10 : (failed[i] + reached[i]) / 2;
    }
  }

  static Tensor none(Run run) {
    return Tensor.full(run.images().device(), Shape.of(run.size()), 0);
  }
}
