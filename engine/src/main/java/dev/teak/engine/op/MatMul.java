package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.MatMulGeometry;
import java.util.Arrays;

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

  /** As {@link dev.teak.engine.TensorMath#matmul}. */
  public static Tensor apply(Tensor a, Tensor b) {
    boolean row = a.shape().rank() == 1;
    boolean column = b.shape().rank() == 1;
    Tensor y = apply(row ? a.unsqueeze(0) : a, column ? b.unsqueeze(1) : b, false, false);
    y = column ? y.squeeze(-1) : y;
    return row ? y.squeeze(column ? -1 : -2) : y;
  }

  /** As {@link dev.teak.engine.TensorMath#dot}. */
  public static Tensor dot(Tensor a, Tensor b) {
    requireVectors("dot", a, b);
    if (!a.shape().equals(b.shape())) {
      throw new ShapeException(
          "dot: vectors " + a.shape() + " and " + b.shape() + " must be of one length");
    }
    return apply(a, b);
  }

  /** As {@link dev.teak.engine.TensorMath#outer}. */
  public static Tensor outer(Tensor a, Tensor b) {
    requireVectors("outer", a, b);
    return a.unsqueeze(1).mul(b);
  }

  private static void requireVectors(String op, Tensor a, Tensor b) {
    if (a.shape().rank() != 1 || b.shape().rank() != 1) {
      throw new ShapeException(
          op + ": " + a.shape() + " and " + b.shape() + ": both must have one axis");
    }
  }

  /** The product of matrices or batches of them, whose leading axes are broadcast. */
  public static Tensor apply(Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
    a.requireFloat("matmul");
    b.requireFloat("matmul");
    a.requireSameDevice("matmul", b);
    Shape s = a.shape();
    Shape t = b.shape();
    if (s.rank() < 2 || t.rank() < 2) {
      throw new ShapeException("matmul: " + s + " and " + t + ": neither may be a scalar");
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
    Shape lead = Shape.broadcast("matmul", lead(s), lead(t));
    Tensor x = spread(a, lead);
    Tensor z = spread(b, lead);
    Tensor y = Tensor.allocate(a.device(), joined(lead, m, n));
    MatMulGeometry g =
        new MatMulGeometry(
            lead.size(), m, n, k, transposeA, transposeB, isOne(x, lead), isOne(z, lead));
    a.device().matmul(g, x.buffer(), z.buffer(), y.buffer());
    return Autograd.record(new MatMul(transposeA, transposeB), y, x, z);
  }

  /** The leading axes, those of the batch. */
  private static Shape lead(Shape s) {
    return Shape.of(Arrays.copyOf(s.dims(), s.rank() - 2));
  }

  private static Shape joined(Shape lead, int rows, int columns) {
    int[] dims = Arrays.copyOf(lead.dims(), lead.rank() + 2);
    dims[lead.rank()] = rows;
    dims[lead.rank() + 1] = columns;
    return Shape.of(dims);
  }

  /** Whether all products use the one matrix. */
  private static boolean isOne(Tensor t, Shape lead) {
    return t.shape().rank() == 2 || (lead(t.shape()).size() == 1 && lead.size() != 1);
  }

  /** A matrix for each product, but for one that all can use. */
  private static Tensor spread(Tensor t, Shape lead) {
    boolean fits = isOne(t, lead) || lead(t.shape()).size() == lead.size();
    return fits ? t : t.broadcastTo(joined(lead, t.shape().dim(-2), t.shape().dim(-1)));
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
