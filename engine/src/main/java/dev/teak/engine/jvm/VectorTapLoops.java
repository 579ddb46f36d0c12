package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The inner loops of convolutions that are no products of matrices, on the Vector API. */
final class VectorTapLoops extends TapLoops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();
  private static final int LANES = PooledWeightGrad.LANES;

  @Override
  void tapSum(
      float[] x,
      int xo,
      int xStep,
      float[] w,
      int[] places,
      int seen,
      float[] start,
      float[] y,
      int yo,
      int yStep,
      int pixels,
      int n) {
    int whole = n - n % VL;
    if (isWindow(places, seen, xStep)) {
      for (int i = 0; i < whole; i += VL) {
        window(x, xo + i, xStep, w, i, places, start, y, yo + i, yStep, pixels);
      }
      tapSum(x, xo, xStep, w, places, seen, start, y, yo, yStep, pixels, whole, n);
      return;
    }
    for (int p = 0; p < pixels; p++) {
      int from = xo + p * xStep;
      for (int i = 0; i < whole; i += VL) {
        FloatVector sum = FloatVector.fromArray(S, start, i);
        for (int t = 0; t < seen; t += 2) {
          FloatVector v = FloatVector.fromArray(S, x, from + places[t] + i);
          sum = v.fma(FloatVector.fromArray(S, w, places[t + 1] + i), sum);
        }
        sum.intoArray(y, yo + p * yStep + i);
      }
    }
    tapSum(x, xo, xStep, w, places, seen, start, y, yo, yStep, pixels, whole, n);
  }

  /** Four sums, so that one need not wait for the other. */
  @Override
  void patchSum(float[] table, int[] patches, float[] v, int from, int k, int size, float[] patch) {
    for (int j = 0; j < size; j += VL) {
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      int i = from;
      for (; i <= from + k - 4; i += 4) {
        s0 = FloatVector.fromArray(S, table, patches[i] + j).fma(vector(v[i]), s0);
        s1 = FloatVector.fromArray(S, table, patches[i + 1] + j).fma(vector(v[i + 1]), s1);
        s2 = FloatVector.fromArray(S, table, patches[i + 2] + j).fma(vector(v[i + 2]), s2);
        s3 = FloatVector.fromArray(S, table, patches[i + 3] + j).fma(vector(v[i + 3]), s3);
      }
      for (; i < from + k; i++) {
        s0 = FloatVector.fromArray(S, table, patches[i] + j).fma(vector(v[i]), s0);
      }
      s0.add(s1).add(s2.add(s3)).intoArray(patch, j);
    }
  }

  private static FloatVector vector(float v) {
    return FloatVector.broadcast(S, v);
  }

  @Override
  void patchAdd(float[] patch, int[] patches, float[] v, int from, int k, int size, float[] table) {
    for (int j = 0; j < size; j += VL) {
      FloatVector part = FloatVector.fromArray(S, patch, j);
      for (int i = from; i < from + k; i++) {
        int at = patches[i] + j;
        part.fma(vector(v[i]), FloatVector.fromArray(S, table, at)).intoArray(table, at);
      }
    }
  }

  /** Whether these are the nine taps of a 3x3 kernel whose columns are the next pixel's, moved. */
  private static boolean isWindow(int[] places, int seen, int xStep) {
    boolean like = seen == 18;
    for (int t = 0; like && t < 18; t += 6) {
      like = places[t + 2] == places[t] + xStep && places[t + 4] == places[t] + 2 * xStep;
    }
    return like;
  }

  /** A window of 3x3 that slides along a row: the kernel and what the next pixel sees stay. */
  private static void window(
      float[] x,
      int xo,
      int xStep,
      float[] w,
      int wo,
      int[] places,
      float[] start,
      float[] y,
      int yo,
      int yStep,
      int pixels) {
    FloatVector w00 = FloatVector.fromArray(S, w, wo + places[1]);
    FloatVector w01 = FloatVector.fromArray(S, w, wo + places[3]);
    FloatVector w02 = FloatVector.fromArray(S, w, wo + places[5]);
    FloatVector w10 = FloatVector.fromArray(S, w, wo + places[7]);
    FloatVector w11 = FloatVector.fromArray(S, w, wo + places[9]);
    FloatVector w12 = FloatVector.fromArray(S, w, wo + places[11]);
    FloatVector w20 = FloatVector.fromArray(S, w, wo + places[13]);
    FloatVector w21 = FloatVector.fromArray(S, w, wo + places[15]);
    FloatVector w22 = FloatVector.fromArray(S, w, wo + places[17]);
    FloatVector bias = FloatVector.fromArray(S, start, wo);
    int top = xo + places[0];
    int middle = xo + places[6];
    int bottom = xo + places[12];
    FloatVector x00 = FloatVector.fromArray(S, x, top);
    FloatVector x01 = FloatVector.fromArray(S, x, top + xStep);
    FloatVector x10 = FloatVector.fromArray(S, x, middle);
    FloatVector x11 = FloatVector.fromArray(S, x, middle + xStep);
    FloatVector x20 = FloatVector.fromArray(S, x, bottom);
    FloatVector x21 = FloatVector.fromArray(S, x, bottom + xStep);
    for (int p = 0, at = 2 * xStep; p < pixels; p++, at += xStep) {
      FloatVector x02 = FloatVector.fromArray(S, x, top + at);
      FloatVector x12 = FloatVector.fromArray(S, x, middle + at);
      FloatVector x22 = FloatVector.fromArray(S, x, bottom + at);
      FloatVector sum = x02.fma(w02, x01.fma(w01, x00.fma(w00, bias)));
      sum = x12.fma(w12, x11.fma(w11, x10.fma(w10, sum)));
      sum = x22.fma(w22, x21.fma(w21, x20.fma(w20, sum)));
      sum.intoArray(y, yo + p * yStep);
      x00 = x01;
      x01 = x02;
      x10 = x11;
      x11 = x12;
      x20 = x21;
      x21 = x22;
    }
  }

  /** A tap's sum stays in a register while the pixels go by. */
  @Override
  void tapAdd(
      float[] x,
      int xo,
      int xStep,
      float[] g,
      int go,
      int pixels,
      int[] places,
      int seen,
      float[] y,
      int yo,
      int n) {
    int whole = n - n % VL;
    for (int t = 0; t < seen; t += 2) {
      for (int i = 0; i < whole; i += VL) {
        int from = xo + places[t] + i;
        int to = yo + places[t + 1] + i;
        FloatVector sum = FloatVector.fromArray(S, y, to);
        for (int p = 0; p < pixels; p++) {
          FloatVector v = FloatVector.fromArray(S, x, from + p * xStep);
          sum = v.fma(FloatVector.fromArray(S, g, go + p * n + i), sum);
        }
        sum.intoArray(y, to);
      }
    }
    tapAdd(x, xo, xStep, g, go, pixels, places, seen, y, yo, whole, n);
  }

  @Override
  void addPatches(
      float[] x,
      int xo,
      int line,
      int[] at,
      float[] v,
      int first,
      int n,
      int step,
      float[] w,
      int wo) {
    for (int j = 0; j < LANES; j += 2 * VL) {
      add(x, xo + j, line, at, v, first, n, step, w, wo + j);
    }
  }

  /** The sums of two vectors of a kernel's channels in registers, and the patches go by. */
  private static void add(
      float[] x,
      int xo,
      int line,
      int[] at,
      float[] v,
      int first,
      int n,
      int step,
      float[] w,
      int wo) {
    FloatVector p00 = FloatVector.fromArray(S, w, wo);
    FloatVector q00 = FloatVector.fromArray(S, w, wo + VL);
    FloatVector p01 = FloatVector.fromArray(S, w, wo + LANES);
    FloatVector q01 = FloatVector.fromArray(S, w, wo + LANES + VL);
    FloatVector p02 = FloatVector.fromArray(S, w, wo + 2 * LANES);
    FloatVector q02 = FloatVector.fromArray(S, w, wo + 2 * LANES + VL);
    FloatVector p10 = FloatVector.fromArray(S, w, wo + 3 * LANES);
    FloatVector q10 = FloatVector.fromArray(S, w, wo + 3 * LANES + VL);
    FloatVector p11 = FloatVector.fromArray(S, w, wo + 4 * LANES);
    FloatVector q11 = FloatVector.fromArray(S, w, wo + 4 * LANES + VL);
    FloatVector p12 = FloatVector.fromArray(S, w, wo + 5 * LANES);
    FloatVector q12 = FloatVector.fromArray(S, w, wo + 5 * LANES + VL);
    FloatVector p20 = FloatVector.fromArray(S, w, wo + 6 * LANES);
    FloatVector q20 = FloatVector.fromArray(S, w, wo + 6 * LANES + VL);
    FloatVector p21 = FloatVector.fromArray(S, w, wo + 7 * LANES);
    FloatVector q21 = FloatVector.fromArray(S, w, wo + 7 * LANES + VL);
    FloatVector p22 = FloatVector.fromArray(S, w, wo + 8 * LANES);
    FloatVector q22 = FloatVector.fromArray(S, w, wo + 8 * LANES + VL);
    for (int i = first; i < n; i += step) {
      FloatVector g = FloatVector.broadcast(S, v[i]);
      int top = xo + at[i];
      int middle = top + line;
      int bottom = middle + line;
      p00 = g.fma(FloatVector.fromArray(S, x, top), p00);
      q00 = g.fma(FloatVector.fromArray(S, x, top + VL), q00);
      p01 = g.fma(FloatVector.fromArray(S, x, top + LANES), p01);
      q01 = g.fma(FloatVector.fromArray(S, x, top + LANES + VL), q01);
      p02 = g.fma(FloatVector.fromArray(S, x, top + 2 * LANES), p02);
      q02 = g.fma(FloatVector.fromArray(S, x, top + 2 * LANES + VL), q02);
      p10 = g.fma(FloatVector.fromArray(S, x, middle), p10);
      q10 = g.fma(FloatVector.fromArray(S, x, middle + VL), q10);
      p11 = g.fma(FloatVector.fromArray(S, x, middle + LANES), p11);
      q11 = g.fma(FloatVector.fromArray(S, x, middle + LANES + VL), q11);
      p12 = g.fma(FloatVector.fromArray(S, x, middle + 2 * LANES), p12);
      q12 = g.fma(FloatVector.fromArray(S, x, middle + 2 * LANES + VL), q12);
      p20 = g.fma(FloatVector.fromArray(S, x, bottom), p20);
      q20 = g.fma(FloatVector.fromArray(S, x, bottom + VL), q20);
      p21 = g.fma(FloatVector.fromArray(S, x, bottom + LANES), p21);
      q21 = g.fma(FloatVector.fromArray(S, x, bottom + LANES + VL), q21);
      p22 = g.fma(FloatVector.fromArray(S, x, bottom + 2 * LANES), p22);
      q22 = g.fma(FloatVector.fromArray(S, x, bottom + 2 * LANES + VL), q22);
    }
    p00.intoArray(w, wo);
    q00.intoArray(w, wo + VL);
    p01.intoArray(w, wo + LANES);
    q01.intoArray(w, wo + LANES + VL);
    p02.intoArray(w, wo + 2 * LANES);
    q02.intoArray(w, wo + 2 * LANES + VL);
    p10.intoArray(w, wo + 3 * LANES);
    q10.intoArray(w, wo + 3 * LANES + VL);
    p11.intoArray(w, wo + 4 * LANES);
    q11.intoArray(w, wo + 4 * LANES + VL);
    p12.intoArray(w, wo + 5 * LANES);
    q12.intoArray(w, wo + 5 * LANES + VL);
    p20.intoArray(w, wo + 6 * LANES);
    q20.intoArray(w, wo + 6 * LANES + VL);
    p21.intoArray(w, wo + 7 * LANES);
    q21.intoArray(w, wo + 7 * LANES + VL);
    p22.intoArray(w, wo + 8 * LANES);
    q22.intoArray(w, wo + 8 * LANES + VL);
  }
}
