package dev.teak.nn.train;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.nn.Module;
import java.util.Arrays;

/** What a model says of examples, in eval mode; the mode it was in is restored. */
public final class Evaluate {
  private static final int BATCH = 256;

  private Evaluate() {}

  /** The predicted class of each example. */
  public static int[] predictions(Module model, Examples examples) {
    int[] predicted = new int[examples.size()];
    int[] order = new int[examples.size()];
    Arrays.setAll(order, i -> i);
    boolean training = model.isTraining();
    model.eval();
    try (Autograd.Mode plain = Autograd.noGrad()) {
      for (int from = 0; from < predicted.length; from += BATCH) {
        int to = Math.min(predicted.length, from + BATCH);
        try (Scope scope = Scope.open()) {
          int[] classes =
              model.forward(examples.batch(order, from, to).images()).argMax(1).toInts();
          System.arraycopy(classes, 0, predicted, from, classes.length);
        }
      }
    } finally {
      model.train(training);
    }
    return predicted;
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
