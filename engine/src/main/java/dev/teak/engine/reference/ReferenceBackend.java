package dev.teak.engine.reference;

import dev.teak.engine.Philox;
import dev.teak.engine.Shape;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.HeapBuffer;
import dev.teak.engine.backend.IndexGeometry;
import dev.teak.engine.backend.IntFunction;
import dev.teak.engine.backend.MatMulGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.backend.ReduceFunction;
import dev.teak.engine.backend.StridedCopy;
import dev.teak.engine.backend.UnaryFunction;
import java.util.Arrays;

/**
 * Every operation by its definition: one thread, plain loops, double precision. What the other
 * backends are compared with, what gradient checks run on, and the place to read what an operation
 * means. Floats are FLOAT64; indices INT32 and UINT8.
 */
public final class ReferenceBackend extends ReferenceMemory {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "plain loops in double precision, one thread";
  }

  // --- movement and elementwise ---

  @Override
  public void fill(Buffer out, double value) {
    switch (out.dtype()) {
      case FLOAT64 -> Arrays.fill(doubles(out), value);
      case INT32 -> Arrays.fill(ints(out), (int) value);
      case UINT8 -> Arrays.fill(bytes(out), (byte) (int) value);
      case FLOAT32 -> throw new AssertionError("reference has no FLOAT32 buffers");
    }
  }

  @Override
  public void copy(Buffer src, Buffer out, StridedCopy how) {
    StridedCopy c = how.simplified();
    Object from = ((HeapBuffer) src).array();
    Object to = ((HeapBuffer) out).array();
    for (int i = 0; i < c.size(); i++) {
      int s = c.srcOffset() + place(i, c.dims(), c.srcStrides());
      int d = c.dstOffset() + place(i, c.dims(), c.dstStrides());
      System.arraycopy(from, s, to, d, 1);
    }
  }

  /**
   * Where the i-th index of a row-major block of {@code dims} lies in memory with these strides.
   */
  private static int place(int i, int[] dims, int[] strides) {
    int place = 0;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      place += i % dims[axis] * strides[axis];
      i /= dims[axis];
    }
    return place;
  }

  @Override
  public void unary(UnaryFunction f, Buffer x, Buffer out) {
    double[] a = doubles(x);
    double[] y = doubles(out);
    for (int i = 0; i < out.size(); i++) {
      y[i] = f.apply(a[i]);
    }
  }

  @Override
  public void binary(
      BinaryFunction f,
      Buffer a,
      Shape aShape,
      Buffer b,
      Shape bShape,
      Buffer out,
      Shape outShape) {
    double[] u = doubles(a);
    double[] v = doubles(b);
    double[] y = doubles(out);
    int[] dims = outShape.dims();
    int[] uStrides = broadcastStrides(aShape, outShape);
    int[] vStrides = broadcastStrides(bShape, outShape);
    for (int i = 0; i < outShape.size(); i++) {
      y[i] = f.apply(u[place(i, dims, uStrides)], v[place(i, dims, vStrides)]);
    }
  }

  /**
   * Strides that walk {@code from} by the indices of {@code to}: 0 along axes that are repeated.
   */
  private static int[] broadcastStrides(Shape from, Shape to) {
    int[] own = from.strides();
    int[] strides = new int[to.rank()];
    int missing = to.rank() - from.rank();
    for (int axis = 0; axis < from.rank(); axis++) {
      strides[missing + axis] = from.dim(axis) == 1 ? 0 : own[axis];
    }
    return strides;
  }

  @Override
  public void binary(BinaryFunction f, Buffer x, double value, Buffer out) {
    double[] a = doubles(x);
    double[] y = doubles(out);
    for (int i = 0; i < out.size(); i++) {
      y[i] = f.apply(a[i], value);
    }
  }

  @Override
  public void binary(IntFunction f, Buffer a, Buffer b, Buffer out) {
    int[] u = ints(a);
    int[] v = ints(b);
    int[] y = ints(out);
    for (int i = 0; i < out.size(); i++) {
      y[i] = f.apply(u[i], v[i]);
    }
  }

  @Override
  public void cast(Buffer x, Buffer out) {
    for (int i = 0; i < out.size(); i++) {
      double v =
          switch (x.dtype()) {
            case INT32 -> ints(x)[i];
            case UINT8 -> Byte.toUnsignedInt(bytes(x)[i]);
            default -> doubles(x)[i];
          };
      switch (out
          .dtype()) { // Java's own conversion cuts off, keeps within bounds and takes NaN to 0
        case INT32 -> ints(out)[i] = (int) v;
        case UINT8 -> bytes(out)[i] = (byte) Math.max(0, Math.min(255, (int) v));
        default -> doubles(out)[i] = v;
      }
    }
  }

  @Override
  public void where(Buffer condition, Buffer a, Buffer b, Buffer out) {
    double[] c = doubles(condition);
    double[] u = doubles(a);
    double[] v = doubles(b);
    double[] y = doubles(out);
    for (int i = 0; i < out.size(); i++) {
      y[i] = c[i] != 0 ? u[i] : v[i];
    }
  }

  @Override
  public void oneHot(Buffer labels, int classes, Buffer out) {
    int[] label = ints(labels);
    double[] y = doubles(out);
    for (int i = 0; i < labels.size(); i++) {
      for (int j = 0; j < classes; j++) {
        y[i * classes + j] = j == label[i] ? 1 : 0;
      }
    }
  }

  // --- indexing ---

  @Override
  public void gather(IndexGeometry g, Buffer x, Buffer index, Buffer out) {
    Object from = ((HeapBuffer) x).array();
    Object to = ((HeapBuffer) out).array();
    ReferenceIndexing.eachEntry(
        g, ints(index), (line, entry) -> System.arraycopy(from, line, to, entry, 1));
  }

  @Override
  public void scatterAdd(IndexGeometry g, Buffer src, Buffer index, Buffer out) {
    double[] a = doubles(src);
    double[] y = doubles(out);
    Arrays.fill(y, 0);
    ReferenceIndexing.eachEntry(g, ints(index), (line, entry) -> y[line] += a[entry]);
  }

  // --- reductions ---

  @Override
  public void reduce(ReduceFunction f, Buffer x, int outer, int extent, int inner, Buffer out) {
    double[] a = doubles(x);
    double[] y = doubles(out);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        double r = f == ReduceFunction.SUM ? 0 : Double.NEGATIVE_INFINITY;
        for (int e = 0; e < extent; e++) {
          double element = a[(o * extent + e) * inner + i];
          r = f == ReduceFunction.SUM ? r + element : Math.max(r, element);
        }
        y[o * inner + i] = r;
      }
    }
  }

  @Override
  public void argMax(Buffer x, int outer, int extent, int inner, Buffer out) {
    double[] a = doubles(x);
    int[] y = ints(out);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int first = o * extent * inner + i; // place of element 0 of this line
        int best = 0;
        for (int e = 1; e < extent; e++) {
          if (beats(a[first + e * inner], a[first + best * inner])) {
            best = e;
          }
        }
        y[o * inner + i] = best;
      }
    }
  }

  /** Whether a later element takes the lead from the best before it: larger, or the first NaN. */
  static boolean beats(double later, double best) {
    return later > best || (Double.isNaN(later) && !Double.isNaN(best));
  }

  @Override
  public void argSort(
      Buffer x, int outer, int extent, int inner, int k, boolean descending, Buffer out) {
    ReferenceIndexing.argSort(doubles(x), outer, extent, inner, k, descending, ints(out));
  }

  @Override
  public void cumSum(Buffer x, int outer, int extent, int inner, Buffer out) {
    double[] a = doubles(x);
    double[] y = doubles(out);
    for (int i = 0; i < out.size(); i++) {
      boolean first = i / inner % extent == 0;
      y[i] = first ? a[i] : y[i - inner] + a[i];
    }
  }

  // --- linear algebra ---

  @Override
  public void matmul(MatMulGeometry g, Buffer a, Buffer b, Buffer out) {
    double[] u = doubles(a);
    double[] v = doubles(b);
    double[] y = doubles(out);
    int uRow = g.transposeA() ? 1 : g.k(); // from one row of op(A) to the next
    int uColumn = g.transposeA() ? g.m() : 1; // from one column of op(A) to the next
    int vRow = g.transposeB() ? 1 : g.n();
    int vColumn = g.transposeB() ? g.k() : 1;
    for (int batch = 0; batch < g.batch(); batch++) {
      for (int i = 0; i < g.m(); i++) {
        for (int j = 0; j < g.n(); j++) {
          int ui = batch * g.strideA() + i * uRow;
          int vj = batch * g.strideB() + j * vColumn;
          double sum = 0;
          for (int l = 0; l < g.k(); l++) {
            sum += u[ui + l * uColumn] * v[vj + l * vRow];
          }
          y[(batch * g.m() + i) * g.n() + j] = sum;
        }
      }
    }
  }

  @Override
  public void conv2d(ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer out) {
    ReferenceConv.forward(
        g, doubles(x), doubles(w), bias == null ? new double[g.k()] : doubles(bias), doubles(out));
  }

  @Override
  public void conv2dInputGrad(ConvGeometry g, Buffer grad, Buffer w, Buffer out) {
    ReferenceConv.inputGrad(g, doubles(grad), doubles(w), doubles(out));
  }

  @Override
  public void conv2dWeightGrad(ConvGeometry g, Buffer x, Buffer grad, Buffer out) {
    ReferenceConv.weightGrad(g, doubles(x), doubles(grad), doubles(out));
  }

  // --- pooling ---

  @Override
  public void maxPool2d(PoolGeometry g, Buffer x, Buffer out, Buffer winners) {
    ReferencePool.max(g, doubles(x), doubles(out), bytes(winners));
  }

  @Override
  public void maxPool2dGrad(PoolGeometry g, Buffer grad, Buffer winners, Buffer out) {
    ReferencePool.maxGrad(g, doubles(grad), bytes(winners), doubles(out));
  }

  @Override
  public void maxPool2dPick(PoolGeometry g, Buffer x, Buffer winners, Buffer out) {
    ReferencePool.maxPick(g, doubles(x), bytes(winners), doubles(out));
  }

  @Override
  public void avgPool2d(PoolGeometry g, Buffer x, Buffer out) {
    ReferencePool.avg(g, doubles(x), doubles(out));
  }

  @Override
  public void avgPool2dGrad(PoolGeometry g, Buffer grad, Buffer out) {
    ReferencePool.avgGrad(g, doubles(grad), doubles(out));
  }

  // --- randomness ---

  @Override
  public void uniform(long key, long start, Buffer out) {
    double[] y = doubles(out);
    int[] words = new int[4];
    for (int i = 0; i < out.size(); i++) {
      if (i % 4 == 0) {
        Philox.block(key, (start + i) / 4, words);
      }
      y[i] = Philox.toUniform(words[i % 4]);
    }
  }

  @Override
  public void synchronize() {
    // Every call has done its work when it returns.
  }
}
