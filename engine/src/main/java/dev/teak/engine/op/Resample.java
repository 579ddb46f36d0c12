package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.SparseMatrix;

/**
 * One axis made anew as weighted sums of its old elements: what resizing, adaptive pooling,
 * reflecting and blurring are along each axis of an image.
 *
 * @param matrix which elements, and how much of each
 * @param axis which axis
 */
public record Resample(SparseMatrix matrix, int axis) implements Op {
  static final OpInfo INFO =
      new OpInfo(
          "resample", "a sparse matrix times x along an axis", "the matrix transposed times g");

  /** x with {@code matrix.rows()} in place of {@code matrix.columns()} on an axis. */
  public static Tensor apply(SparseMatrix matrix, Tensor x, int axis) {
    x.requireFloat("resample");
    int a = x.shape().axis(axis);
    if (x.shape().dim(a) != matrix.columns()) {
      throw new ShapeException(
          "resample: axis "
              + axis
              + " of "
              + x.shape()
              + " must have "
              + matrix.columns()
              + " elements, one for each column of the matrix");
    }
    Tensor y = Tensor.allocate(x.device(), x.shape().with(a, matrix.rows()));
    int outer = 1;
    int inner = 1;
    for (int i = 0; i < x.shape().rank(); i++) {
      outer *= i < a ? x.shape().dim(i) : 1;
      inner *= i > a ? x.shape().dim(i) : 1;
    }
    x.device().resample(matrix, x.buffer(), outer, inner, y.buffer());
    return Autograd.record(new Resample(matrix, a), y, x);
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public long flops(Tensor output, Tensor... inputs) {
    long lines = matrix.rows() == 0 ? 0 : output.shape().size() / matrix.rows();
    return 2 * lines * matrix.size();
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    return new Tensor[] {apply(matrix.transpose(), g, axis)};
  }
}
