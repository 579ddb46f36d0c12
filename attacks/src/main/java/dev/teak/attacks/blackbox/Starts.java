package dev.teak.attacks.blackbox;

import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.Slot;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/** Where attacks that only see decisions begin: some image that reaches the goal. */
final class Starts {
  private static final int KINDS = 3;

  private Starts() {}

  /**
   * For each image a random one that reaches the goal: noise a pixel, black and white, or noise in
   * squares of a quarter of the side, in turn. Where none of them does, the image itself.
   */
  static Tensor noise(Run run, int tries) {
    SampleRandom random = run.random("noise");
    Tensor kept = run.images();
    try (Slot start = new Slot(kept);
        Slot found = new Slot(run.each(0))) {
      for (int k = 0; k < tries; k++) {
        try (Scope scope = Scope.open()) {
          Tensor x = run.threat().clip(draw(run, random, k % KINDS));
          Tensor there = reached(run, x).mul(found.get().neg().add(1));
          start.set(there, x);
          found.set(found.get().add(there));
          if (k % 10 == 9 && found.get().sum().item() == run.size()) {
            break;
          }
        }
      }
      return start.get().alias();
    }
  }

  private static Tensor draw(Run run, SampleRandom random, int kind) {
    double low = run.threat().low();
    double high = run.threat().high();
    Shape image = run.image();
    if (kind == 0) {
      return random.uniform(image, low, high);
    }
    if (kind == 1) {
      return random.signs(image).add(1).mul((high - low) / 2).add(low);
    }
    int rows = image.dim(0);
    int columns = image.dim(1);
    int side = Math.max(1, Math.min(rows, columns) / 4);
    int down = (rows + side - 1) / side;
    int across = (columns + side - 1) / side;
    int n = run.size();
    Tensor coarse = random.uniform(Shape.of(down, 1, across, 1, image.dim(2)), low, high);
    Tensor fine = coarse.broadcastTo(Shape.of(n, down, side, across, side, image.dim(2)));
    return fine.reshape(n, down * side, across * side, image.dim(2))
        .slice(new int[4], run.images().shape());
  }

  /** 1 where the goal is reached, else 0, {@code [N, 1, 1, 1]}: all that a decision tells. */
  static Tensor reached(Run run, Tensor x) {
    return run.perImage(run.reached(run.victim().logits(x)));
  }
}
