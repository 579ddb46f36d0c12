package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loops of batch normalisation on the Vector API: channels are lanes. */
final class VectorNormLoops extends NormLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();

  /** Rows that are added in floats before they go to the doubles. */
  private static final int RUN = 16;

  private static final ThreadLocal<float[]> ROOM = ThreadLocal.withInitial(() -> new float[VL]);

  /** Eight rows at a time, as {@link VectorLoops#addRows}. */
  @Override
  RowLoops rows() {
    return new VectorRowLoops();
  }

  @Override
  void addSquares(float[] x, int from, int rows, int inner, float[] mean, double[] y) {
    int eights = rows - rows % 8;
    int whole = inner - inner % VL;
    float[] room = ROOM.get();
    for (int r = 0, row = from; r < eights; r += 8, row += 8 * inner) {
      for (int c = 0; c < whole; c += VL) {
        FloatVector m = FloatVector.fromArray(S, mean, c);
        FloatVector first = fourSquares(x, row + c, inner, m);
        VectorLoops.addTo(first.add(fourSquares(x, row + c + 4 * inner, inner, m)), room, y, c);
      }
    }
    addSquares(x, from, eights, inner, mean, y, whole);
    addSquares(x, from + eights * inner, rows - eights, inner, mean, y, 0);
  }

  private static FloatVector fourSquares(float[] x, int at, int inner, FloatVector m) {
    FloatVector a = FloatVector.fromArray(S, x, at).sub(m);
    FloatVector b = FloatVector.fromArray(S, x, at + inner).sub(m);
    FloatVector c = FloatVector.fromArray(S, x, at + 2 * inner).sub(m);
    FloatVector d = FloatVector.fromArray(S, x, at + 3 * inner).sub(m);
    return a.fma(a, b.mul(b)).add(c.fma(c, d.mul(d)));
  }

  @Override
  void addGrads(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      double[] sum,
      double[] products) {
    int runs = rows - rows % RUN;
    int whole = inner - inner % VL;
    float[] room = ROOM.get();
    for (int r = 0, row = from; r < runs; r += RUN, row += RUN * inner) {
      for (int c = 0; c < whole; c += VL) {
        if (y == null) {
          columns(g, x, row + c, inner, mean, c, sum, products, room);
        } else {
          openColumns(g, y, x, row + c, inner, mean, c, sum, products, room);
        }
      }
    }
    addGrads(g, y, x, from, runs, inner, mean, sum, products, whole);
    addGrads(g, y, x, from + runs * inner, rows - runs, inner, mean, sum, products, 0);
  }

  /** A run of rows in floats, in two halves. */
  private static void columns(
      float[] g,
      float[] x,
      int from,
      int inner,
      float[] mean,
      int c,
      double[] sum,
      double[] products,
      float[] room) {
    FloatVector m = FloatVector.fromArray(S, mean, c);
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector p0 = s0;
    FloatVector p1 = s0;
    int behind = RUN / 2 * inner;
    for (int r = 0, i = from; r < RUN / 2; r++, i += inner) {
      FloatVector h0 = FloatVector.fromArray(S, g, i);
      FloatVector h1 = FloatVector.fromArray(S, g, i + behind);
      s0 = s0.add(h0);
      s1 = s1.add(h1);
      p0 = h0.fma(FloatVector.fromArray(S, x, i).sub(m), p0);
      p1 = h1.fma(FloatVector.fromArray(S, x, i + behind).sub(m), p1);
    }
    VectorLoops.addTo(s0.add(s1), room, sum, c);
    VectorLoops.addTo(p0.add(p1), room, products, c);
  }

  private static void openColumns(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int inner,
      float[] mean,
      int c,
      double[] sum,
      double[] products,
      float[] room) {
    FloatVector m = FloatVector.fromArray(S, mean, c);
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector p0 = s0;
    FloatVector p1 = s0;
    int behind = RUN / 2 * inner;
    for (int r = 0, i = from; r < RUN / 2; r++, i += inner) {
      FloatVector h0 = open(g, y, i);
      FloatVector h1 = open(g, y, i + behind);
      s0 = s0.add(h0);
      s1 = s1.add(h1);
      p0 = h0.fma(FloatVector.fromArray(S, x, i).sub(m), p0);
      p1 = h1.fma(FloatVector.fromArray(S, x, i + behind).sub(m), p1);
    }
    VectorLoops.addTo(s0.add(s1), room, sum, c);
    VectorLoops.addTo(p0.add(p1), room, products, c);
  }

  /** g where y is above 0, else 0. */
  private static FloatVector open(float[] g, float[] y, int i) {
    var open = FloatVector.fromArray(S, y, i).compare(VectorOperators.GT, 0f);
    return FloatVector.zero(S).blend(FloatVector.fromArray(S, g, i), open);
  }

  @Override
  void normalize(
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      float[] scale,
      float[] shift,
      float[] residual,
      boolean relu,
      float[] y) {
    int whole = inner - inner % VL;
    for (int r = 0; r < rows; r++) {
      int row = from + r * inner;
      for (int c = 0; c < whole; c += VL) {
        FloatVector.fromArray(S, x, row + c)
            .sub(FloatVector.fromArray(S, mean, c))
            .fma(FloatVector.fromArray(S, scale, c), FloatVector.fromArray(S, shift, c))
            .intoArray(y, row + c);
      }
      // The row is in L1 now.
      if (residual != null) {
        addRow(residual, y, row, whole);
      }
      if (relu) {
        reluRow(y, row, whole);
      }
    }
    normalize(x, from, rows, inner, mean, scale, shift, residual, relu, y, whole);
  }

  private static void addRow(float[] x, float[] y, int row, int n) {
    for (int i = row; i < row + n; i += VL) {
      FloatVector.fromArray(S, y, i).add(FloatVector.fromArray(S, x, i)).intoArray(y, i);
    }
  }

  private static void reluRow(float[] y, int row, int n) {
    for (int i = row; i < row + n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, y, i);
      v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, i);
    }
  }

  @Override
  void normalizeGrad(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      float[] a,
      float[] b,
      float[] d,
      float[] out,
      float[] residual) {
    int whole = inner - inner % VL;
    for (int r = 0; r < rows; r++) {
      int row = from + r * inner;
      if (y != null) {
        openRow(g, y, row, whole, residual == null ? out : residual);
      }
      float[] h = y == null ? g : residual == null ? out : residual;
      for (int c = 0; c < whole; c += VL) {
        FloatVector v =
            FloatVector.fromArray(S, x, row + c)
                .sub(FloatVector.fromArray(S, mean, c))
                .fma(FloatVector.fromArray(S, b, c), FloatVector.fromArray(S, d, c));
        FloatVector.fromArray(S, h, row + c)
            .fma(FloatVector.fromArray(S, a, c), v)
            .intoArray(out, row + c);
      }
      if (y == null && residual != null) {
        System.arraycopy(g, row, residual, row, whole);
      }
    }
    normalizeGrad(g, y, x, from, rows, inner, mean, a, b, d, out, residual, whole);
  }

  /** h of a row, into the array that is to hold it, or for a moment does. */
  private static void openRow(float[] g, float[] y, int row, int n, float[] h) {
    for (int i = row; i < row + n; i += VL) {
      var open = FloatVector.fromArray(S, y, i).compare(VectorOperators.GT, 0f);
      FloatVector.zero(S).blend(FloatVector.fromArray(S, g, i), open).intoArray(h, i);
    }
  }
}
