package dev.teak.attacks;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;
import java.util.Comparator;
import java.util.stream.IntStream;

/** What attacks ask of logits {@code [N, classes]}, on the device and differentiable. */
public final class Logits {
  private Logits() {}

  /** The logit of one class for each image, {@code [N]}; classes are INT32 {@code [N]}. */
  public static Tensor of(Tensor logits, Tensor classes) {
    Tensor hot = Functional.oneHot(classes, logits.shape().dim(1));
    return hot.where(logits, Tensor.scalar(0)).sum(1);
  }

  /** The largest logit but that of one class for each image, {@code [N]}. */
  public static Tensor largestExcept(Tensor logits, Tensor classes) {
    Tensor hot = Functional.oneHot(classes, logits.shape().dim(1));
    // Minus infinity, not a mask of zeros: all other logits may be negative.
    return hot.where(Tensor.scalar(Double.NEGATIVE_INFINITY), logits).max(1);
  }

  /**
   * The largest logits of each image in falling order, {@code count} tensors {@code [N]}; equal
   * ones as often as they are there. Never waits for the device.
   */
  public static Tensor[] largest(Tensor logits, int count) {
    Tensor[] found = new Tensor[count];
    Tensor rest = logits.detach();
    for (int k = 0; k < count; k++) {
      Tensor first = rest.argMax(1);
      Tensor hot = Tensor.allocate(logits.device(), logits.shape());
      logits.device().oneHot(first.buffer(), logits.shape().dim(1), hot.buffer());
      found[k] = hot.where(logits, Tensor.scalar(0)).sum(1);
      rest = hot.where(Tensor.scalar(Double.NEGATIVE_INFINITY), rest);
    }
    return found;
  }

  /**
   * For each image the wrong class that is k-th most likely, as INT32 {@code [N]}; of equal ones
   * the first goes first, and NaN last.
   *
   * @param logits {@code [N, classes]}; waits for them
   * @param labels the classes that are not wrong
   * @param k from 1, the most likely, to classes - 1, the least likely
   */
  public static Tensor likely(Tensor logits, int[] labels, int k) {
    int classes = logits.shape().dim(1);
    if (k < 1 || k >= classes) {
      throw new IllegalArgumentException(
          "target: of " + classes + " classes, the wrong one of rank " + k + " does not exist");
    }
    float[] all = logits.toFloats();
    int[] targets = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      int row = i * classes;
      int label = labels[i];
      targets[i] =
          IntStream.range(0, classes)
              .filter(c -> c != label)
              .boxed()
              .sorted(Comparator.comparingDouble(c -> 0.0 - all[row + c]))
              .skip(k - 1)
              .findFirst()
              .orElseThrow();
    }
    return Tensor.ofInts(targets, targets.length);
  }
}
