package dev.teak.attacks.blackbox;

import dev.teak.attacks.Loss;
import dev.teak.attacks.Run;
import dev.teak.attacks.Slot;
import dev.teak.attacks.Victim;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import java.util.function.Supplier;

/** The gradient of a loss from its values alone, along random directions, both ways. */
final class Differences {
  private Differences() {}

  /**
   * The mean over directions u of u (L(x + h u) - L(x - h u)) / 2h, pixels in units of their range,
   * for directions whose entries have mean 0 and variance 1; {@link Victim#finite}.
   *
   * @param directions gives {@code [N, H, W, C]}, other ones each time
   * @param count how many; each costs two forward passes
   */
  static Tensor gradient(
      Run run, Tensor x, Loss loss, Supplier<Tensor> directions, int count, double h) {
    double step = h * run.threat().range();
    try (Slot sum = new Slot(x.mul(0))) {
      for (int k = 0; k < count; k++) {
        try (Scope scope = Scope.open()) {
          Tensor u = directions.get();
          Tensor difference =
              value(run, x.add(u.mul(step)), loss).sub(value(run, x.sub(u.mul(step)), loss));
          sum.set(sum.get().add(u.mul(run.perImage(difference))));
        }
      }
      return Victim.finite(sum.get().div(2 * h * count));
    }
  }

  private static Tensor value(Run run, Tensor x, Loss loss) {
    return loss.of(run.victim().logits(x), run.aim());
  }
}
