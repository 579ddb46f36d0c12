package dev.teak.nn.train;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.Arrays;

/** What a model says of examples, in eval mode; the mode of each part is restored. */
public final class Evaluate {
  static final int BATCH = 256;

  /** The prediction where a logit is NaN: no class, and so never the right one. */
  public static final int NO_CLASS = -1;

  /** The prediction where an image is taken for attacked: likewise no class. */
  public static final int REJECTED = -2;

  private Evaluate() {}

  /** The class that logits stand for: the first of the largest; {@link #NO_CLASS} for a NaN. */
  public static int prediction(float... logits) {
    int best = 0;
    for (int c = 0; c < logits.length; c++) {
      if (Float.isNaN(logits[c])) {
        return NO_CLASS;
      }
      best = logits[c] > logits[best] ? c : best;
    }
    return best;
  }

  /**
   * The logits as they are, if they can tell classes apart.
   *
   * @throws IllegalArgumentException unless they are {@code [N, classes]} of 2 classes or more
   */
  public static Tensor requireClasses(Tensor logits) {
    Shape s = logits.shape();
    if (s.rank() != 2 || s.dim(1) < 2) {
      throw new IllegalArgumentException(
          "the model's output is "
              + s
              + "; expects logits [N, classes] of 2 classes or more, as (z, 0) in place of the one"
              + " logit z of a sigmoid");
    }
    return logits;
  }

  /** The predicted class of each example, as of {@link #prediction}. */
  public static int[] predictions(Module model, Examples examples) {
    return predictions(model, examples, BATCH);
  }

  /** As above, so many examples at a time. */
  public static int[] predictions(Module model, Examples examples, int batch) {
    return Arrays.stream(logits(model, examples, batch)).mapToInt(Evaluate::prediction).toArray();
  }

  /**
   * The logits of each example, {@code [size][classes]}.
   *
   * @param batch examples at a time, 1 or more
   * @throws IllegalArgumentException as of {@link #requireClasses}
   */
  public static float[][] logits(Module model, Examples examples, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("evaluation: batch " + batch + " must be 1 or more");
    }
    float[][] all = new float[examples.size()][];
    int[] order = new int[examples.size()];
    Arrays.setAll(order, i -> i);
    try (Module.Evaluating mode = model.evaluating();
        Autograd.Mode plain = Autograd.noGrad()) {
      int to;
      for (int from = 0; from < order.length; from = to) {
        to = from + Math.min(batch, order.length - from);
        try (Scope scope = Scope.open()) {
          Tensor images = examples.batch(order, from, to).images();
          Tensor logits = requireClasses(model.forward(images));
          float[] rows = logits.toFloats();
          int classes = logits.shape().dim(1);
          for (int i = from; i < to; i++) {
            all[i] = Arrays.copyOfRange(rows, (i - from) * classes, (i - from + 1) * classes);
          }
        }
      }
    }
    return all;
  }

  /** The share classified correctly, a NaN being wrong; NaN for no examples. */
  public static double accuracy(Module model, Examples examples) {
    return accuracy(model, examples, Progress.SILENT);
  }

  /** As above, telling after every batch how many examples are done. */
  public static double accuracy(Module model, Examples examples, Progress progress) {
    int right = 0;
    int to;
    for (int from = 0; from < examples.size(); from = to) {
      to = Math.min(examples.size(), from + BATCH);
      Examples some = examples.slice(from, to);
      int[] predicted = predictions(model, some);
      for (int i = 0; i < predicted.length; i++) {
        right += predicted[i] == some.labels()[i] ? 1 : 0;
      }
      progress.at("", to, examples.size(), "images");
    }
    return (double) right / examples.size();
  }
}
