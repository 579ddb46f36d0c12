package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loops of batch normalisation on the Vector API: channels are lanes. */
final class VectorNormLoops extends NormLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();

  @Override
  void addSquares(float[] x, int from, int rows, int inner, float[] mean, float[] y, int at) {
    int c = 0;
    for (; c <= inner - VL; c += VL) {
      FloatVector m = FloatVector.fromArray(S, mean, at + c);
      FloatVector sum = FloatVector.fromArray(S, y, at + c);
      for (int r = 0, i = from + c; r < rows; r++, i += inner) {
        FloatVector d = FloatVector.fromArray(S, x, i).sub(m);
        sum = d.fma(d, sum);
      }
      sum.intoArray(y, at + c);
    }
    addSquares(x, from, rows, inner, mean, y, at, c);
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
      float[] sum,
      float[] products,
      int at) {
    int c = 0;
    for (; c <= inner - VL; c += VL) {
      if (y == null) {
        columns(g, x, from + c, rows, inner, mean, c, sum, products, at + c);
      } else {
        openColumns(g, y, x, from + c, rows, inner, mean, c, sum, products, at + c);
      }
    }
    addGrads(g, y, x, from, rows, inner, mean, sum, products, at, c);
  }

  private static void columns(
      float[] g,
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      int c,
      float[] sum,
      float[] products,
      int at) {
    FloatVector m = FloatVector.fromArray(S, mean, c);
    FloatVector s = FloatVector.fromArray(S, sum, at);
    FloatVector p = FloatVector.fromArray(S, products, at);
    for (int r = 0, i = from; r < rows; r++, i += inner) {
      FloatVector h = FloatVector.fromArray(S, g, i);
      s = s.add(h);
      p = h.fma(FloatVector.fromArray(S, x, i).sub(m), p);
    }
    s.intoArray(sum, at);
    p.intoArray(products, at);
  }

  private static void openColumns(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int rows,
      int inner,
      float[] mean,
      int c,
      float[] sum,
      float[] products,
      int at) {
    FloatVector m = FloatVector.fromArray(S, mean, c);
    FloatVector s = FloatVector.fromArray(S, sum, at);
    FloatVector p = FloatVector.fromArray(S, products, at);
    FloatVector zero = FloatVector.zero(S);
    for (int r = 0, i = from; r < rows; r++, i += inner) {
      var open = FloatVector.fromArray(S, y, i).compare(VectorOperators.GT, 0f);
      FloatVector h = zero.blend(FloatVector.fromArray(S, g, i), open);
      s = s.add(h);
      p = h.fma(FloatVector.fromArray(S, x, i).sub(m), p);
    }
    s.intoArray(sum, at);
    p.intoArray(products, at);
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
