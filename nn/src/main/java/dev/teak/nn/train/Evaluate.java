package dev.teak.nn.train;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.Arrays;

/** What a model says of examples, in eval mode; the mode of each part is restored. */
public final class Evaluate {
  private static final int BATCH = 256;

  private Evaluate() {}

  private interface Sink {
    void take(int from, Tensor logits);
  }

  /** The predicted class of each example. */
  public static int[] predictions(Module model, Examples examples) {
    return predictions(model, examples, BATCH);
  }

  /** As above, so many examples at a time. */
  public static int[] predictions(Module model, Examples examples, int batch) {
    int[] predicted = new int[examples.size()];
    run(
        model,
        examples,
        batch,
        (from, logits) -> {
          int[] classes = logits.argMax(1).toInts();
          System.arraycopy(classes, 0, predicted, from, classes.length);
        });
    return predicted;
  }

  /** The logits of each example, {@code [size][classes]}. */
  public static float[][] logits(Module model, Examples examples, int batch) {
    float[][] all = new float[examples.size()][];
    run(
        model,
        examples,
        batch,
        (from, logits) -> {
          float[] rows = logits.toFloats();
          int classes = logits.shape().dim(1);
          for (int i = 0; i < logits.shape().dim(0); i++) {
            all[from + i] = Arrays.copyOfRange(rows, i * classes, (i + 1) * classes);
          }
        });
    return all;
  }

  private static void run(Module model, Examples examples, int batch, Sink sink) {
    if (batch < 1) {
      throw new IllegalArgumentException("evaluation: batch " + batch + " must be 1 or more");
    }
    int[] order = new int[examples.size()];
    Arrays.setAll(order, i -> i);
    try (Module.Evaluating mode = model.evaluating();
        Autograd.Mode plain = Autograd.noGrad()) {
      int to;
      for (int from = 0; from < order.length; from = to) {
        to = from + Math.min(batch, order.length - from);
        try (Scope scope = Scope.open()) {
          sink.take(from, model.forward(examples.batch(order, from, to).images()));
        }
      }
    }
  }

  /** The share classified correctly; NaN for no examples. */
  public static double accuracy(Module model, Examples examples) {
    int[] predicted = predictions(model, examples);
    int right = 0;
    for (int i = 0; i < predicted.length; i++) {
      right += predicted[i] == examples.labels()[i] ? 1 : 0;
    }
    return (double) right / predicted.length;
  }
}
