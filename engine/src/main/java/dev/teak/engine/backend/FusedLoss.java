package dev.teak.engine.backend;

import static dev.teak.engine.backend.BinaryFunction.DIV;
import static dev.teak.engine.backend.BinaryFunction.MUL;
import static dev.teak.engine.backend.BinaryFunction.SUB;

import dev.teak.engine.Shape;

/**
 * Softmax and cross-entropy as passes over x {@code [rows, columns]}. Every method has one meaning,
 * given by its default.
 */
public interface FusedLoss {
  private Backend self() {
    return (Backend) this;
  }

  /** Softmax over the last axis of x {@code [rows, columns]}, shifted by the row's largest. */
  default void softmax(Buffer x, int rows, int columns, Buffer out) {
    Backend b = self();
    Shape full = Shape.of(rows, columns);
    Shape one = Shape.of(rows, 1);
    Buffer perRow = b.allocate(b.floatType(), rows);
    b.reduce(ReduceFunction.MAX, x, rows, columns, 1, perRow);
    b.binary(SUB, x, full, perRow, one, out, full);
    b.unary(UnaryFunction.EXP, out, out);
    b.reduce(ReduceFunction.SUM, out, rows, columns, 1, perRow);
    b.binary(DIV, out, full, perRow, one, out, full);
    b.release(perRow);
  }

  /** Log-softmax over the last axis of x {@code [rows, columns]}. */
  default void logSoftmax(Buffer x, int rows, int columns, Buffer out) {
    Backend b = self();
    Shape full = Shape.of(rows, columns);
    Shape one = Shape.of(rows, 1);
    Buffer perRow = b.allocate(b.floatType(), rows);
    Buffer exp = b.allocate(b.floatType(), rows * columns);
    b.reduce(ReduceFunction.MAX, x, rows, columns, 1, perRow);
    b.binary(SUB, x, full, perRow, one, out, full);
    b.unary(UnaryFunction.EXP, out, exp);
    b.reduce(ReduceFunction.SUM, exp, rows, columns, 1, perRow);
    b.unary(UnaryFunction.LOG, perRow, perRow);
    b.binary(SUB, out, full, perRow, one, out, full);
    b.release(exp);
    b.release(perRow);
  }

  /**
   * Cross-entropy of each row of logits {@code [rows, classes]} with its label: log sum exp(x) -
   * x[label].
   *
   * @param labels INT32 {@code [rows]}, in range
   * @param probabilities becomes softmax(x), which the gradient is made of
   * @param loss {@code [rows]}
   */
  default void crossEntropy(
      Buffer logits, Buffer labels, int rows, int classes, Buffer probabilities, Buffer loss) {
    Backend b = self();
    Buffer hot = b.allocate(b.floatType(), rows * classes);
    Buffer zero = b.allocate(b.floatType(), rows * classes);
    b.logSoftmax(logits, rows, classes, probabilities);
    b.oneHot(labels, classes, hot);
    b.fill(zero, 0);
    // Chosen, not multiplied: 0 times minus infinity, of a class that is impossible, is not 0.
    b.where(hot, probabilities, zero, hot);
    b.reduce(ReduceFunction.SUM, hot, rows, classes, 1, loss);
    b.unary(UnaryFunction.NEG, loss, loss);
    b.unary(UnaryFunction.EXP, probabilities, probabilities);
    b.release(zero);
    b.release(hot);
  }

  /**
   * Gradient of {@link #crossEntropy} in its logits: (probabilities - [class = label]) grad[row].
   * That of the label is found as minus the sum of the other probabilities: where a model is sure,
   * subtracting from 1 would leave nothing of it, and an attack would see no gradient.
   *
   * @param grad {@code [rows]}
   */
  default void crossEntropyGrad(
      Buffer probabilities, Buffer labels, Buffer grad, int rows, int classes, Buffer out) {
    Backend b = self();
    Shape full = Shape.of(rows, classes);
    Shape one = Shape.of(rows, 1);
    Buffer hot = b.allocate(b.floatType(), rows * classes);
    Buffer others = b.allocate(b.floatType(), rows * classes);
    Buffer perRow = b.allocate(b.floatType(), rows);
    b.oneHot(labels, classes, hot);
    b.fill(others, 0);
    b.where(hot, others, probabilities, others);
    b.reduce(ReduceFunction.SUM, others, rows, classes, 1, perRow);
    b.binary(MUL, hot, full, perRow, one, hot, full);
    b.binary(SUB, others, full, hot, full, out, full);
    b.binary(MUL, out, full, grad, one, out, full);
    b.release(perRow);
    b.release(others);
    b.release(hot);
  }
}
