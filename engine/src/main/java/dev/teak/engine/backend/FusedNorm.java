package dev.teak.engine.backend;

import static dev.teak.engine.backend.BinaryFunction.ADD;
import static dev.teak.engine.backend.BinaryFunction.MUL;
import static dev.teak.engine.backend.BinaryFunction.RELU_GRAD;
import static dev.teak.engine.backend.BinaryFunction.SUB;

import dev.teak.engine.Shape;

/**
 * Batch normalisation as a few passes over {@code x [rows, channels]}; what has one value a channel
 * is {@code [channels]}. Every method has one meaning, given by its default.
 */
public interface FusedNorm {
  private Backend self() {
    return (Backend) this;
  }

  /** Mean and biased variance of each channel over the rows, of which there are some. */
  default void channelStats(Buffer x, int rows, int channels, Buffer mean, Buffer variance) {
    Backend b = self();
    Shape full = Shape.of(rows, channels);
    Shape one = Shape.of(channels);
    b.reduce(ReduceFunction.SUM, x, 1, rows, channels, mean);
    b.binary(MUL, mean, 1.0 / rows, mean);
    Buffer centred = b.allocate(b.floatType(), full.size());
    b.binary(SUB, x, full, mean, one, centred, full);
    b.unary(UnaryFunction.SQUARE, centred, centred);
    b.reduce(ReduceFunction.SUM, centred, 1, rows, channels, variance);
    b.binary(MUL, variance, 1.0 / rows, variance);
    b.release(centred);
  }

  /**
   * out = (x - mean) scale + shift + residual, and no less than 0 where {@code relu}.
   *
   * @param residual of x's shape, or null
   */
  default void normalize(
      Buffer x,
      int rows,
      int channels,
      Buffer mean,
      Buffer scale,
      Buffer shift,
      Buffer residual,
      boolean relu,
      Buffer out) {
    Backend b = self();
    Shape full = Shape.of(rows, channels);
    Shape one = Shape.of(channels);
    b.binary(SUB, x, full, mean, one, out, full);
    b.binary(MUL, out, full, scale, one, out, full);
    b.binary(ADD, out, full, shift, one, out, full);
    if (residual != null) {
      b.binary(ADD, out, full, residual, full, out, full);
    }
    if (relu) {
      b.unary(UnaryFunction.RELU, out, out);
    }
  }

  /**
   * The sums over the rows of h and of h (x - mean), where h is the gradient, but 0 where {@code y}
   * is not above 0.
   *
   * @param y what {@link #normalize} gave with its relu, or null without one
   */
  default void normalizeSums(
      Buffer grad,
      Buffer y,
      Buffer x,
      int rows,
      int channels,
      Buffer mean,
      Buffer sum,
      Buffer sumOfProducts) {
    Backend b = self();
    Shape full = Shape.of(rows, channels);
    Buffer open = open(grad, y);
    Buffer centred = b.allocate(b.floatType(), full.size());
    b.binary(SUB, x, full, mean, Shape.of(channels), centred, full);
    b.binary(MUL, centred, full, open, full, centred, full);
    b.reduce(ReduceFunction.SUM, open, 1, rows, channels, sum);
    b.reduce(ReduceFunction.SUM, centred, 1, rows, channels, sumOfProducts);
    b.release(centred);
    b.release(open);
  }

  /**
   * out = ofGrad h + ofInput (x - mean) + constant, h as in {@link #normalizeSums}.
   *
   * @param residualGrad becomes h, or null
   */
  default void normalizeGrad(
      Buffer grad,
      Buffer y,
      Buffer x,
      int rows,
      int channels,
      Buffer mean,
      Buffer ofGrad,
      Buffer ofInput,
      Buffer constant,
      Buffer out,
      Buffer residualGrad) {
    Backend b = self();
    Shape full = Shape.of(rows, channels);
    Shape one = Shape.of(channels);
    Buffer open = open(grad, y);
    b.binary(SUB, x, full, mean, one, out, full);
    b.binary(MUL, out, full, ofInput, one, out, full);
    b.binary(ADD, out, full, constant, one, out, full);
    if (residualGrad != null) {
      b.binary(MUL, open, 1, residualGrad);
    }
    b.binary(MUL, open, full, ofGrad, one, open, full);
    b.binary(ADD, out, full, open, full, out, full);
    b.release(open);
  }

  private Buffer open(Buffer grad, Buffer y) {
    Backend b = self();
    Shape n = Shape.of(grad.size());
    Buffer open = b.allocate(b.floatType(), grad.size());
    if (y == null) {
      b.binary(MUL, grad, 1, open);
    } else {
      b.binary(RELU_GRAD, y, n, grad, n, open, n);
    }
    return open;
  }
}
