package dev.teak.engine;

import dev.teak.engine.Losses.Reduction;
import dev.teak.engine.op.Binary;
import java.util.Arrays;

/**
 * The labels of a loss, looked at on the host: those that are ignored stand for class 0 and weigh
 * nothing.
 *
 * @param labels INT32 {@code [N]}, all of them classes
 * @param shape what the caller's labels had
 * @param weights of each row {@code [N]}, its class's or 0; null where all are 1
 * @param counts 1 for each row that counts, else 0; null where all do
 * @param total the sum of the weights
 */
record Labels(Tensor labels, Shape shape, Tensor weights, Tensor counts, double total) {
  /**
   * Labels of logits {@code [..., C]}.
   *
   * @throws IllegalArgumentException naming the first label that is no class and not ignored
   */
  static Labels of(String loss, Tensor logits, Tensor target, Losses.Options options) {
    int[] dims = logits.shape().dims();
    Shape expected = Shape.of(Arrays.copyOf(dims, dims.length - 1));
    if (target.dtype() != DType.INT32 || !target.shape().equals(expected)) {
      throw new ShapeException(
          loss
              + ": target "
              + target.shape()
              + " of "
              + target.dtype()
              + " for logits "
              + logits.shape()
              + ": expects INT32 "
              + expected);
    }
    logits.requireSameDevice(loss, target);
    int n = expected.size();
    int[] host = target.toInts();
    double[] ofClass = options.weight() == null ? null : options.weight().toDoubles();
    double[] weights = new double[n];
    double[] counts = new double[n];
    double total = 0;
    int ignored = 0;
    for (int i = 0; i < n; i++) {
      if (host[i] == options.ignoreIndex()) {
        host[i] = 0;
        ignored++;
        continue;
      }
      requireClass(host[i], i, dims[dims.length - 1]);
      counts[i] = 1;
      weights[i] = ofClass == null ? 1 : ofClass[host[i]];
      total += weights[i];
    }
    try (Devices.Use use = Devices.use(logits.device())) {
      boolean plain = ofClass == null && ignored == 0;
      return new Labels(
          ignored == 0 ? flat(target) : Tensor.ofInts(host, n),
          expected,
          plain ? null : Tensor.of(weights, n),
          ignored == 0 ? null : Tensor.of(counts, n),
          total);
    }
  }

  private static Tensor flat(Tensor labels) {
    return labels.shape().rank() == 1 ? labels : labels.reshape(labels.shape().size());
  }

  /** Throws where a label is no class. */
  static void requireClass(int label, int sample, int classes) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "label " + label + " of sample " + sample + " is outside 0.." + (classes - 1));
    }
  }

  /** Logits {@code [..., C]} as {@code [N, C]}. */
  Tensor rows(Tensor logits) {
    return logits.shape().rank() == 2 ? logits : logits.reshape(-1, logits.shape().dim(-1));
  }

  /** 1 at each row's label. */
  Tensor hot(Tensor rows) {
    Tensor y = Tensor.allocate(rows.device(), rows.shape());
    rows.device().oneHot(labels.buffer(), rows.shape().dim(1), y.buffer());
    return y;
  }

  /** The losses {@code [N]} by their weights; what does not count is 0, whatever it is. */
  Tensor weigh(Tensor losses) {
    return weights == null ? losses : Binary.MASKED_MUL.apply(weights, losses);
  }

  /** The losses {@code [N]}, 0 where they do not count. */
  Tensor mask(Tensor losses) {
    return counts == null ? losses : Binary.MASKED_MUL.apply(counts, losses);
  }

  /** The mean divides by the sum of the weights. */
  Tensor reduce(Tensor losses, Reduction reduction) {
    if (reduction == Reduction.MEAN && weights != null) {
      return losses.sum().div(total);
    }
    Tensor all = shape.rank() == 1 ? losses : losses.reshape(shape.dims());
    return reduction.of(all);
  }
}
