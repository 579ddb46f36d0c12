package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RowLoops} on the Vector API; sums are of some vectors in floats, then of those in doubles.
 */
final class VectorRowLoops extends RowLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();

  /** Vectors that are summed in floats. */
  private static final int RUN = 8;

  private static final ThreadLocal<float[]> ROOM = ThreadLocal.withInitial(() -> new float[VL]);

  @Override
  double squares(float[] x, int at, int n, float mean) {
    float[] room = ROOM.get();
    double[] sums = new double[VL];
    int whole = n - n % (RUN * VL);
    for (int i = at; i < at + whole; i += RUN * VL) {
      FloatVector even = FloatVector.zero(S);
      FloatVector odd = even;
      for (int j = i; j < i + RUN * VL; j += 2 * VL) {
        FloatVector a = FloatVector.fromArray(S, x, j).sub(mean);
        FloatVector b = FloatVector.fromArray(S, x, j + VL).sub(mean);
        even = a.fma(a, even);
        odd = b.fma(b, odd);
      }
      VectorLoops.addTo(even.add(odd), room, sums, 0);
    }
    return total(sums) + super.squares(x, at + whole, n - whole, mean);
  }

  @Override
  void slopes(float[] dy, float[] x, float[] w, int at, int n, float mean, double[] sums) {
    float[] room = ROOM.get();
    double[] sum = new double[VL];
    double[] products = new double[VL];
    int whole = n - n % (RUN * VL);
    for (int i = 0; i < whole; i += RUN * VL) {
      FloatVector s = FloatVector.zero(S);
      FloatVector p = s;
      for (int j = i; j < i + RUN * VL; j += VL) {
        FloatVector h = FloatVector.fromArray(S, dy, at + j).mul(FloatVector.fromArray(S, w, j));
        s = s.add(h);
        p = h.fma(FloatVector.fromArray(S, x, at + j).sub(mean), p);
      }
      VectorLoops.addTo(s, room, sum, 0);
      VectorLoops.addTo(p, room, products, 0);
    }
    sums[0] += total(sum);
    sums[1] += total(products);
    slopes(dy, x, w, at, n, mean, sums, whole);
  }

  @Override
  void normalize(
      float[] x, int at, int n, float mean, float rstd, float[] w, float[] b, float[] y) {
    int whole = n - n % VL;
    for (int i = 0; i < whole; i += VL) {
      FloatVector.fromArray(S, x, at + i)
          .sub(mean)
          .fma(FloatVector.fromArray(S, w, i).mul(rstd), FloatVector.fromArray(S, b, i))
          .intoArray(y, at + i);
    }
    normalize(x, at, n, mean, rstd, w, b, y, whole);
  }

  @Override
  void grad(
      float[] dy,
      float[] x,
      float[] w,
      int at,
      int n,
      float mean,
      float rstd,
      float factor,
      float shift,
      float[] out) {
    int whole = n - n % VL;
    for (int i = 0; i < whole; i += VL) {
      FloatVector rest = FloatVector.fromArray(S, x, at + i).sub(mean).fma(factor, shift);
      FloatVector.fromArray(S, dy, at + i)
          .fma(FloatVector.fromArray(S, w, i).mul(rstd), rest)
          .intoArray(out, at + i);
    }
    grad(dy, x, w, at, n, mean, rstd, factor, shift, out, whole);
  }

  @Override
  void addParameters(
      float[] dy,
      float[] x,
      int at,
      int n,
      float mean,
      float rstd,
      float[] ofWeight,
      float[] ofBias) {
    int whole = n - n % VL;
    for (int i = 0; i < whole; i += VL) {
      FloatVector h = FloatVector.fromArray(S, dy, at + i);
      h.add(FloatVector.fromArray(S, ofBias, i)).intoArray(ofBias, i);
      FloatVector z = FloatVector.fromArray(S, x, at + i).sub(mean).mul(rstd);
      h.fma(z, FloatVector.fromArray(S, ofWeight, i)).intoArray(ofWeight, i);
    }
    addParameters(dy, x, at, n, mean, rstd, ofWeight, ofBias, whole);
  }

  private static double total(double[] lanes) {
    double total = 0;
    for (double lane : lanes) {
      total += lane;
    }
    return total;
  }
}
