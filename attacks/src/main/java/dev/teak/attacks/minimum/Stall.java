package dev.teak.attacks.minimum;

import dev.teak.attacks.Run;
import dev.teak.attacks.Slot;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * Ends an optimisation where it gains nothing: each image by itself, ten times in all, is given up
 * once its loss has not fallen by a ten-thousandth since the last look.
 */
public final class Stall implements AutoCloseable {
  private static final double GAIN = 0.9999;

  private final int every;
  private final Slot going;
  private final Slot before;

  /** For an optimisation of so many steps; never, where it is not wanted. */
  public Stall(Run run, int steps, boolean wanted) {
    this.every = wanted ? Math.max(1, steps / 10) : Integer.MAX_VALUE;
    Shape n = Shape.of(run.size());
    this.going = new Slot(Tensor.full(run.images().device(), n, 1));
    this.before = new Slot(Tensor.full(run.images().device(), n, Double.POSITIVE_INFINITY));
  }

  /** 1 where an image is still worked on, else 0, {@code [N]}. */
  public Tensor going() {
    return going.get();
  }

  /** Looks at the losses {@code [N]} where it is time to; says whether none goes on. */
  public boolean allAt(int step, Tensor loss) {
    if (step == 0 || step % every != 0) {
      return false;
    }
    going.set(going.get().mul(loss.le(before.get().mul(GAIN))));
    before.set(loss);
    return going.get().sum().item() == 0;
  }

  @Override
  public void close() {
    going.close();
    before.close();
  }
}
