package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile on the Vector API for machines with 16 vector registers (AVX2): {@link
 * VectorTile}'s 16 sums would not leave one for the operands, so a tile is made in two halves of 4
 * rows.
 */
final class HalvedVectorTile extends VectorPacking {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();
  private static final int HALF = ROWS / 2;

  @Override
  void strips(
      int depth,
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
      float[] from,
      int fo,
      float[] t,
      int to) {
    for (int half = 0; half < ROWS; half += HALF) {
      int at = half * 2 * VL;
      halfStrips(depth, a, ao + half * STRIP, aStep, b, bo, from, fo + at, t, to + at);
    }
  }

  private static void halfStrips(
      int depth,
      float[] a,
      int ao,
      int aStep,
      float[] b,
      int bo,
      float[] from,
      int fo,
      float[] t,
      int to) {
    FloatVector c00 = FloatVector.fromArray(S, from, fo);
    FloatVector c01 = FloatVector.fromArray(S, from, fo + VL);
    FloatVector c10 = FloatVector.fromArray(S, from, fo + 2 * VL);
    FloatVector c11 = FloatVector.fromArray(S, from, fo + 3 * VL);
    FloatVector c20 = FloatVector.fromArray(S, from, fo + 4 * VL);
    FloatVector c21 = FloatVector.fromArray(S, from, fo + 5 * VL);
    FloatVector c30 = FloatVector.fromArray(S, from, fo + 6 * VL);
    FloatVector c31 = FloatVector.fromArray(S, from, fo + 7 * VL);
    for (int k = 0; k < depth; k += 2) {
      int at = ao + k + k / STRIP * (aStep - STRIP);
      int bt = bo + 2 * VL * k;
      FloatVector b0 = FloatVector.fromArray(S, b, bt);
      FloatVector b1 = FloatVector.fromArray(S, b, bt + VL);
      FloatVector v = FloatVector.broadcast(S, a[at]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(S, a[at + STRIP]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(S, a[at + 2 * STRIP]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(S, a[at + 3 * STRIP]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      b0 = FloatVector.fromArray(S, b, bt + 2 * VL);
      b1 = FloatVector.fromArray(S, b, bt + 3 * VL);
      v = FloatVector.broadcast(S, a[at + 1]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(S, a[at + STRIP + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(S, a[at + 2 * STRIP + 1]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(S, a[at + 3 * STRIP + 1]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
    }
    c00.intoArray(t, to);
    c01.intoArray(t, to + VL);
    c10.intoArray(t, to + 2 * VL);
    c11.intoArray(t, to + 3 * VL);
    c20.intoArray(t, to + 4 * VL);
    c21.intoArray(t, to + 5 * VL);
    c30.intoArray(t, to + 6 * VL);
    c31.intoArray(t, to + 7 * VL);
  }

  private static void halfRows(
      int depth,
      float[] a,
      int ao,
      int aRow,
      float[] b,
      int bo,
      float[] from,
      int fo,
      float[] t,
      int to) {
    int a1 = ao + aRow;
    int a2 = a1 + aRow;
    int a3 = a2 + aRow;
    FloatVector c00 = FloatVector.fromArray(S, from, fo);
    FloatVector c01 = FloatVector.fromArray(S, from, fo + VL);
    FloatVector c10 = FloatVector.fromArray(S, from, fo + 2 * VL);
    FloatVector c11 = FloatVector.fromArray(S, from, fo + 3 * VL);
    FloatVector c20 = FloatVector.fromArray(S, from, fo + 4 * VL);
    FloatVector c21 = FloatVector.fromArray(S, from, fo + 5 * VL);
    FloatVector c30 = FloatVector.fromArray(S, from, fo + 6 * VL);
    FloatVector c31 = FloatVector.fromArray(S, from, fo + 7 * VL);
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + 2 * VL * k);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + 2 * VL * k + VL);
      FloatVector v = FloatVector.broadcast(S, a[ao + k]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(S, a[a1 + k]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(S, a[a2 + k]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(S, a[a3 + k]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
    }
    c00.intoArray(t, to);
    c01.intoArray(t, to + VL);
    c10.intoArray(t, to + 2 * VL);
    c11.intoArray(t, to + 3 * VL);
    c20.intoArray(t, to + 4 * VL);
    c21.intoArray(t, to + 5 * VL);
    c30.intoArray(t, to + 6 * VL);
    c31.intoArray(t, to + 7 * VL);
  }

  @Override
  void strided(
      int depth, float[] a, int ao, int aStep, float[] b, int bo, int bStep, float[] t, int to) {
    for (int half = 0; half < ROWS; half += HALF) {
      halfStrided(depth, a, ao + half, aStep, b, bo, bStep, t, to + half * 2 * VL);
    }
  }

  private static void halfStrided(
      int depth, float[] a, int ao, int aStep, float[] b, int bo, int bStep, float[] t, int to) {
    int at = ao;
    int bt = bo;
    FloatVector c00 = FloatVector.fromArray(S, t, to);
    FloatVector c01 = FloatVector.fromArray(S, t, to + VL);
    FloatVector c10 = FloatVector.fromArray(S, t, to + 2 * VL);
    FloatVector c11 = FloatVector.fromArray(S, t, to + 3 * VL);
    FloatVector c20 = FloatVector.fromArray(S, t, to + 4 * VL);
    FloatVector c21 = FloatVector.fromArray(S, t, to + 5 * VL);
    FloatVector c30 = FloatVector.fromArray(S, t, to + 6 * VL);
    FloatVector c31 = FloatVector.fromArray(S, t, to + 7 * VL);
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bt);
      FloatVector b1 = FloatVector.fromArray(S, b, bt + VL);
      FloatVector v = FloatVector.broadcast(S, a[at]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(S, a[at + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(S, a[at + 2]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(S, a[at + 3]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      at += aStep;
      bt += bStep;
    }
    c00.intoArray(t, to);
    c01.intoArray(t, to + VL);
    c10.intoArray(t, to + 2 * VL);
    c11.intoArray(t, to + 3 * VL);
    c20.intoArray(t, to + 4 * VL);
    c21.intoArray(t, to + 5 * VL);
    c30.intoArray(t, to + 6 * VL);
    c31.intoArray(t, to + 7 * VL);
  }

  @Override
  void gathered(
      int depth,
      float[] a,
      int ao,
      int[] rowAt,
      int[] stepAt,
      float[] b,
      int bo,
      int bStep,
      float[] from,
      int fo,
      float[] t,
      int to) {
    for (int half = 0; half < ROWS; half += HALF) {
      halfGathered(
          depth,
          a,
          ao,
          rowAt,
          half,
          stepAt,
          b,
          bo,
          bStep,
          from,
          fo + half * 2 * VL,
          t,
          to + half * 2 * VL);
    }
  }

  private static void halfGathered(
      int depth,
      float[] a,
      int ao,
      int[] rowAt,
      int half,
      int[] stepAt,
      float[] b,
      int bo,
      int bStep,
      float[] from,
      int fo,
      float[] t,
      int to) {
    int bt = bo;
    int a0 = ao + rowAt[half + 0];
    int a1 = ao + rowAt[half + 1];
    int a2 = ao + rowAt[half + 2];
    int a3 = ao + rowAt[half + 3];
    FloatVector c00 = FloatVector.fromArray(S, from, fo);
    FloatVector c01 = FloatVector.fromArray(S, from, fo + VL);
    FloatVector c10 = FloatVector.fromArray(S, from, fo + 2 * VL);
    FloatVector c11 = FloatVector.fromArray(S, from, fo + 3 * VL);
    FloatVector c20 = FloatVector.fromArray(S, from, fo + 4 * VL);
    FloatVector c21 = FloatVector.fromArray(S, from, fo + 5 * VL);
    FloatVector c30 = FloatVector.fromArray(S, from, fo + 6 * VL);
    FloatVector c31 = FloatVector.fromArray(S, from, fo + 7 * VL);
    for (int k = 0; k < depth; k++) {
      int at = stepAt[k];
      FloatVector b0 = FloatVector.fromArray(S, b, bt);
      FloatVector b1 = FloatVector.fromArray(S, b, bt + VL);
      FloatVector v = FloatVector.broadcast(S, a[at + a0]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(S, a[at + a1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(S, a[at + a2]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(S, a[at + a3]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      bt += bStep;
    }
    c00.intoArray(t, to);
    c01.intoArray(t, to + VL);
    c10.intoArray(t, to + 2 * VL);
    c11.intoArray(t, to + 3 * VL);
    c20.intoArray(t, to + 4 * VL);
    c21.intoArray(t, to + 5 * VL);
    c30.intoArray(t, to + 6 * VL);
    c31.intoArray(t, to + 7 * VL);
  }
}
