package dev.teak.attacks;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * What an attack leaves of a model's accuracy. All images are the denominator: one that is wrong
 * without any attack counts as not robust.
 *
 * @param images number of images
 * @param cleanAccuracy share classified correctly as they are
 * @param robustAccuracy share classified correctly as they are and after the attack
 * @param successRate share for which the attack reached its goal
 * @param maxLinf largest change of any pixel, in double precision
 * @param maxL2 largest L2 change of any image
 * @param meanL2 mean L2 change over all images
 * @param zeroGradients images that gave a zero gradient at least once
 * @param seconds wall time of attacking and judging
 */
public record Robustness(
    int images,
    double cleanAccuracy,
    double robustAccuracy,
    double successRate,
    double maxLinf,
    double maxL2,
    double meanL2,
    int zeroGradients,
    double seconds) {

  /**
   * Attacks a set of images, batch by batch.
   *
   * @param examples images in the threat model's range, and their true classes
   * @param batch images at a time
   * @param progress told the number of images done after each batch
   */
  public static Robustness of(
      Module model, Attack attack, Examples examples, int batch, IntConsumer progress) {
    if (examples.size() == 0) {
      throw new IllegalArgumentException("attack: there are no images to attack");
    }
    long start = System.nanoTime();
    Shape image = examples.image();
    Tally tally = new Tally(image.size());
    for (int from = 0; from < examples.size(); from += batch) {
      int to = Math.min(examples.size(), from + batch);
      float[] clean = new float[(to - from) * image.size()];
      examples.pixels().read(from * image.size(), clean, 0, clean.length);
      int[] truth = Arrays.copyOfRange(examples.labels(), from, to);
      int[] dims = {to - from, image.dim(0), image.dim(1), image.dim(2)};
      try (Scope scope = Scope.open()) {
        Tensor x = Tensor.of(clean, dims);
        int[] plain = predict(model, x);
        AdversarialBatch result = attack.perturb(model, x, Tensor.ofInts(truth, truth.length));
        tally.add(clean, truth, plain, result);
      }
      progress.accept(to);
    }
    return tally.result((System.nanoTime() - start) * 1e-9);
  }

  private static int[] predict(Module model, Tensor x) {
    try (Module.Evaluating eval = model.evaluating();
        Autograd.Mode plain = Autograd.noGrad()) {
      return model.forward(x).argMax(1).toInts();
    }
  }

  /** Sums over batches. */
  private static final class Tally {
    private final int pixels;
    private int images;
    private int clean;
    private int robust;
    private int success;
    private int zeros;
    private double maxLinf;
    private double maxL2;
    private double sumL2;

    Tally(int pixels) {
      this.pixels = pixels;
    }

    void add(float[] before, int[] truth, int[] plain, AdversarialBatch result) {
      float[] after = result.images().toFloats();
      for (int i = 0; i < truth.length; i++) {
        int from = i * pixels;
        boolean right = plain[i] == truth[i];
        clean += right ? 1 : 0;
        robust += right && result.predictions()[i] == truth[i] ? 1 : 0;
        success += result.success()[i] ? 1 : 0;
        double l2 = Norm.L2.of(before, after, from, from + pixels);
        sumL2 += l2;
        maxL2 = Math.max(maxL2, l2);
        maxLinf = Math.max(maxLinf, Norm.LINF.of(before, after, from, from + pixels));
      }
      images += truth.length;
      zeros += result.zeroGradients();
    }

    Robustness result(double seconds) {
      double n = images;
      return new Robustness(
          images, clean / n, robust / n, success / n, maxLinf, maxL2, sumL2 / n, zeros, seconds);
    }
  }
}
