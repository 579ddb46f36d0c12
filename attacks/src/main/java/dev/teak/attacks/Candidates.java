package dev.teak.attacks;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.Arrays;

/**
 * The best adversarial image found so far for each sample of a batch, judged anew on the stored
 * images and never on an attack's own belief; and the counts that every attack reports.
 */
final class Candidates {
  private final Goal goal;
  private final Module model;
  private final Tensor labels;
  private final int[] hostLabels;
  private final double[] margins;
  private final int[] predictions;
  private final boolean[] zeroGradient;
  private Tensor best;
  private int gradients;
  private int forwards;

  Candidates(ThreatModel threat, Goal goal, Module model, Tensor images, Tensor labels) {
    this.goal = goal;
    this.model = model;
    this.labels = labels;
    this.hostLabels = labels.toInts();
    int n = images.shape().dim(0);
    if (hostLabels.length != n) {
      throw new IllegalArgumentException(
          "attack: " + n + " images but " + hostLabels.length + " labels; there must be one each");
    }
    requireRange(threat, images);
    this.margins = new double[n];
    Arrays.fill(margins, Double.NEGATIVE_INFINITY);
    this.predictions = new int[n];
    this.zeroGradient = new boolean[n];
    this.best = images.detach();
  }

  private static void requireRange(ThreatModel threat, Tensor images) {
    float[] pixels = images.toFloats();
    for (int i = 0; i < pixels.length; i++) {
      if (!(pixels[i] >= threat.low() && pixels[i] <= threat.high())) {
        throw new IllegalArgumentException(
            "attack: pixel "
                + i
                + " of the images "
                + images.shape()
                + " is "
                + pixels[i]
                + ", outside the threat model's range "
                + threat.low()
                + ".."
                + threat.high());
      }
    }
  }

  Tensor labels() {
    return labels;
  }

  /** Counts a gradient of the whole batch, and the samples for which it is zero throughout. */
  void countGradient(Tensor gradient) {
    gradients++;
    forwards++;
    int[] axes = new int[gradient.shape().rank() - 1];
    Arrays.setAll(axes, i -> i + 1);
    float[] largest = hostLabels.length == 0 ? new float[0] : gradient.abs().max(axes).toFloats();
    for (int i = 0; i < largest.length; i++) {
      zeroGradient[i] |= largest[i] == 0;
    }
  }

  /** Takes those of {@code x} that are farther past the goal than the best so far. */
  void offer(Tensor x, Scope scope) {
    int n = hostLabels.length;
    if (n == 0) {
      return;
    }
    try (Autograd.Mode plain = Autograd.noGrad()) {
      Tensor output = model.forward(x);
      float[] logits = output.toFloats();
      forwards++;
      int classes = output.shape().dim(1);
      if (goal.target() >= classes) {
        throw new IllegalArgumentException(
            "target class " + goal.target() + " is outside 0.." + (classes - 1));
      }
      float[] better = new float[n];
      for (int i = 0; i < n; i++) {
        double margin = goal.margin(logits, i * classes, classes, hostLabels[i]);
        if (margin > margins[i] || margins[i] == Double.NEGATIVE_INFINITY) {
          margins[i] = margin;
          predictions[i] = argMax(logits, i * classes, classes);
          better[i] = 1;
        }
      }
      int[] perSample = new int[x.shape().rank()];
      Arrays.fill(perSample, 1);
      perSample[0] = n;
      Tensor old = best;
      best = scope.keep(Tensor.of(better, perSample).where(x, old));
      old.release();
    }
  }

  private static int argMax(float[] logits, int from, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (logits[from + c] > logits[from + best]) {
        best = c;
      }
    }
    return best;
  }

  AdversarialBatch result() {
    int zeros = 0;
    boolean[] success = new boolean[predictions.length];
    for (int i = 0; i < success.length; i++) {
      zeros += zeroGradient[i] ? 1 : 0;
      success[i] =
          goal.isTargeted() ? predictions[i] == goal.target() : predictions[i] != hostLabels[i];
    }
    return new AdversarialBatch(best, predictions, success, gradients, forwards, zeros);
  }
}
