package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.MatMulGeometry;

/**
 * Products of matrices or batches of them, either transposed in its last two axes where asked for;
 * so is its gradient then.
 *
 * @param transposeA whether a is used transposed
 * @param transposeB whether b is used transposed
 */
public record MatMul(boolean transposeA, boolean transposeB) implements Op {
  static final OpInfo INFO =
      new OpInfo("matmul", "a b, for matrices or batches of them", "g b^T, a^T g");

  /**
   * The product; the leading axes of a and b must be equal, or one of the two is a plain matrix.
   */
  public static Tensor apply(Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
    a.requireFloat("matmul");
    b.requireFloat("matmul");
    a.requireSameDevice("matmul", b);
    Shape s = a.shape();
    Shape t = b.shape();
    if (s.rank() < 2 || t.rank() < 2) {
      throw new ShapeException("matmul: " + s + " and " + t + ": both must have two axes or more");
    }
    int m = s.dim(transposeA ? -1 : -2);
    int k = s.dim(transposeA ? -2 : -1);
    int n = t.dim(transposeB ? -2 : -1);
    if (k != t.dim(transposeB ? -1 : -2)) {
      throw new ShapeException(
          "matmul: "
              + describe(s, transposeA)
              + " has inner extent "
              + k
              + ", "
              + describe(t, transposeB)
              + " has "
              + t.dim(transposeB ? -1 : -2)
              + "; they must be equal");
    }
    Shape lead = lead(s, t);
    int[] dims = java.util.Arrays.copyOf(lead.dims(), lead.rank() + 2);
    dims[lead.rank()] = m;
    dims[lead.rank() + 1] = n;
    Tensor y = Tensor.allocate(a.device(), Shape.of(dims));
    MatMulGeometry g =
        new MatMulGeometry(
            lead.size(), m, n, k, transposeA, transposeB, s.rank() == 2, t.rank() == 2);
    a.device().matmul(g, a.buffer(), b.buffer(), y.buffer());
    return Autograd.record(new MatMul(transposeA, transposeB), y, a, b);
  }

  private static Shape lead(Shape s, Shape t) {
    Shape left = Shape.of(java.util.Arrays.copyOf(s.dims(), s.rank() - 2));
    Shape right = Shape.of(java.util.Arrays.copyOf(t.dims(), t.rank() - 2));
    if (left.rank() == 0) {
      return right;
    }
    if (right.rank() == 0 || left.equals(right)) {
      return left;
    }
    throw new ShapeException(
        "matmul: batch axes of " + s + " and " + t + " must be equal, or one a plain matrix");
  }

  private static String describe(Shape s, boolean transposed) {
    return s + (transposed ? " transposed" : "");
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public long flops(Tensor output, Tensor... inputs) {
    return 2L * output.shape().size() * inputs[0].shape().dim(transposeA ? -2 : -1);
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Tensor a = call.input(0);
    Tensor b = call.input(1);
    Tensor da = null;
    Tensor db = null;
    if (call.needs(0)) {
      da = transposeA ? apply(b, g, transposeB, true) : apply(g, b, false, !transposeB);
    }
    if (call.needs(1)) {
      db = transposeB ? apply(g, a, true, transposeA) : apply(a, g, !transposeA, false);
    }
    return new Tensor[] {da, db};
  }
}
