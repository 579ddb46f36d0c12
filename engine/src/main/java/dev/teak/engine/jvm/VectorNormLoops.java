package dev.teak.engine.jvm;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loops of batch normalisation on the Vector API: channels are lanes. */
final class VectorNormLoops extends NormLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();
  private static final VectorSpecies<Double> D = VectorLoops.D;
  private static final int HALF = VectorLoops.HALF;

  @Override
  void addSquares(float[] x, int from, int rows, int inner, double[] mean, double[] y) {
    int c = 0;
    for (; c <= inner - VL; c += VL) {
      squares(x, from + c, rows, inner, mean, y, c);
    }
    addSquares(x, from, rows, inner, mean, y, c);
  }

  /** By itself, as {@link #columns}, since C2 of JDK 17 boxes sums that live inside two loops. */
  private static void squares(
      float[] x, int from, int rows, int inner, double[] mean, double[] y, int c) {
    DoubleVector m0 = DoubleVector.fromArray(D, mean, c);
    DoubleVector m1 = DoubleVector.fromArray(D, mean, c + HALF);
    DoubleVector s0 = DoubleVector.fromArray(D, y, c);
    DoubleVector s1 = DoubleVector.fromArray(D, y, c + HALF);
    for (int r = 0, i = from; r < rows; r++, i += inner) {
      DoubleVector d0 = VectorLoops.doubles(x, i).sub(m0);
      DoubleVector d1 = VectorLoops.doubles(x, i + HALF).sub(m1);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
    }
    s0.intoArray(y, c);
    s1.intoArray(y, c + HALF);
  }

  @Override
  void addGrads(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int rows,
      int inner,
      double[] mean,
      double[] sum,
      double[] products) {
    int c = 0;
    for (; c <= inner - VL; c += VL) {
      if (y == null) {
        columns(g, x, from + c, rows, inner, mean, c, sum, products);
      } else {
        openColumns(g, y, x, from + c, rows, inner, mean, c, sum, products);
      }
    }
    addGrads(g, y, x, from, rows, inner, mean, sum, products, c);
  }

  private static void columns(
      float[] g,
      float[] x,
      int from,
      int rows,
      int inner,
      double[] mean,
      int c,
      double[] sum,
      double[] products) {
    DoubleVector m0 = DoubleVector.fromArray(D, mean, c);
    DoubleVector m1 = DoubleVector.fromArray(D, mean, c + HALF);
    DoubleVector s0 = DoubleVector.fromArray(D, sum, c);
    DoubleVector s1 = DoubleVector.fromArray(D, sum, c + HALF);
    DoubleVector p0 = DoubleVector.fromArray(D, products, c);
    DoubleVector p1 = DoubleVector.fromArray(D, products, c + HALF);
    for (int r = 0, i = from; r < rows; r++, i += inner) {
      DoubleVector h0 = VectorLoops.doubles(g, i);
      DoubleVector h1 = VectorLoops.doubles(g, i + HALF);
      s0 = s0.add(h0);
      s1 = s1.add(h1);
      p0 = h0.fma(VectorLoops.doubles(x, i).sub(m0), p0);
      p1 = h1.fma(VectorLoops.doubles(x, i + HALF).sub(m1), p1);
    }
    s0.intoArray(sum, c);
    s1.intoArray(sum, c + HALF);
    p0.intoArray(products, c);
    p1.intoArray(products, c + HALF);
  }

  private static void openColumns(
      float[] g,
      float[] y,
      float[] x,
      int from,
      int rows,
      int inner,
      double[] mean,
      int c,
      double[] sum,
      double[] products) {
    DoubleVector m0 = DoubleVector.fromArray(D, mean, c);
    DoubleVector m1 = DoubleVector.fromArray(D, mean, c + HALF);
    DoubleVector s0 = DoubleVector.fromArray(D, sum, c);
    DoubleVector s1 = DoubleVector.fromArray(D, sum, c + HALF);
    DoubleVector p0 = DoubleVector.fromArray(D, products, c);
    DoubleVector p1 = DoubleVector.fromArray(D, products, c + HALF);
    for (int r = 0, i = from; r < rows; r++, i += inner) {
      DoubleVector h0 = open(g, y, i);
      DoubleVector h1 = open(g, y, i + HALF);
      s0 = s0.add(h0);
      s1 = s1.add(h1);
      p0 = h0.fma(VectorLoops.doubles(x, i).sub(m0), p0);
      p1 = h1.fma(VectorLoops.doubles(x, i + HALF).sub(m1), p1);
    }
    s0.intoArray(sum, c);
    s1.intoArray(sum, c + HALF);
    p0.intoArray(products, c);
    p1.intoArray(products, c + HALF);
  }

  /** g where y is above 0, else 0. */
  private static DoubleVector open(float[] g, float[] y, int i) {
    var open = FloatVector.fromArray(VectorLoops.H, y, i).compare(VectorOperators.GT, 0f);
    FloatVector h = FloatVector.fromArray(VectorLoops.H, g, i);
    FloatVector chosen = FloatVector.zero(VectorLoops.H).blend(h, open);
    return (DoubleVector) chosen.convertShape(VectorOperators.F2D, D, 0);
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
