package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile on the Vector API: 8 x 2 vectors of sums that stay in registers over all steps.
 * Each walk is spelled out in a method of its own, since C2 must see it whole: with constant
 * distances it needs neither range checks nor address registers.
 */
final class VectorTile extends VectorPacking {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();

  /** The tile for this machine's registers: AVX2 has 16, AVX-512 and Arm's 128 bits have 32. */
  static Tile ofMachine() {
    return S.vectorBitSize() == 256 ? new HalvedVectorTile() : new VectorTile();
  }

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
    FloatVector c00 = FloatVector.fromArray(S, from, fo);
    FloatVector c01 = FloatVector.fromArray(S, from, fo + VL);
    FloatVector c10 = FloatVector.fromArray(S, from, fo + 2 * VL);
    FloatVector c11 = FloatVector.fromArray(S, from, fo + 3 * VL);
    FloatVector c20 = FloatVector.fromArray(S, from, fo + 4 * VL);
    FloatVector c21 = FloatVector.fromArray(S, from, fo + 5 * VL);
    FloatVector c30 = FloatVector.fromArray(S, from, fo + 6 * VL);
    FloatVector c31 = FloatVector.fromArray(S, from, fo + 7 * VL);
    FloatVector c40 = FloatVector.fromArray(S, from, fo + 8 * VL);
    FloatVector c41 = FloatVector.fromArray(S, from, fo + 9 * VL);
    FloatVector c50 = FloatVector.fromArray(S, from, fo + 10 * VL);
    FloatVector c51 = FloatVector.fromArray(S, from, fo + 11 * VL);
    FloatVector c60 = FloatVector.fromArray(S, from, fo + 12 * VL);
    FloatVector c61 = FloatVector.fromArray(S, from, fo + 13 * VL);
    FloatVector c70 = FloatVector.fromArray(S, from, fo + 14 * VL);
    FloatVector c71 = FloatVector.fromArray(S, from, fo + 15 * VL);
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
      v = FloatVector.broadcast(S, a[at + 4 * STRIP]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(S, a[at + 5 * STRIP]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(S, a[at + 6 * STRIP]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(S, a[at + 7 * STRIP]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
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
      v = FloatVector.broadcast(S, a[at + 4 * STRIP + 1]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(S, a[at + 5 * STRIP + 1]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(S, a[at + 6 * STRIP + 1]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(S, a[at + 7 * STRIP + 1]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
    }
    c00.intoArray(t, to);
    c01.intoArray(t, to + VL);
    c10.intoArray(t, to + 2 * VL);
    c11.intoArray(t, to + 3 * VL);
    c20.intoArray(t, to + 4 * VL);
    c21.intoArray(t, to + 5 * VL);
    c30.intoArray(t, to + 6 * VL);
    c31.intoArray(t, to + 7 * VL);
    c40.intoArray(t, to + 8 * VL);
    c41.intoArray(t, to + 9 * VL);
    c50.intoArray(t, to + 10 * VL);
    c51.intoArray(t, to + 11 * VL);
    c60.intoArray(t, to + 12 * VL);
    c61.intoArray(t, to + 13 * VL);
    c70.intoArray(t, to + 14 * VL);
    c71.intoArray(t, to + 15 * VL);
  }

  @Override
  void strided(
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
    FloatVector c40 = FloatVector.fromArray(S, t, to + 8 * VL);
    FloatVector c41 = FloatVector.fromArray(S, t, to + 9 * VL);
    FloatVector c50 = FloatVector.fromArray(S, t, to + 10 * VL);
    FloatVector c51 = FloatVector.fromArray(S, t, to + 11 * VL);
    FloatVector c60 = FloatVector.fromArray(S, t, to + 12 * VL);
    FloatVector c61 = FloatVector.fromArray(S, t, to + 13 * VL);
    FloatVector c70 = FloatVector.fromArray(S, t, to + 14 * VL);
    FloatVector c71 = FloatVector.fromArray(S, t, to + 15 * VL);
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
      v = FloatVector.broadcast(S, a[at + 4]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(S, a[at + 5]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(S, a[at + 6]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(S, a[at + 7]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
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
    c40.intoArray(t, to + 8 * VL);
    c41.intoArray(t, to + 9 * VL);
    c50.intoArray(t, to + 10 * VL);
    c51.intoArray(t, to + 11 * VL);
    c60.intoArray(t, to + 12 * VL);
    c61.intoArray(t, to + 13 * VL);
    c70.intoArray(t, to + 14 * VL);
    c71.intoArray(t, to + 15 * VL);
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
    int bt = bo;
    int a0 = ao + rowAt[0];
    int a1 = ao + rowAt[1];
    int a2 = ao + rowAt[2];
    int a3 = ao + rowAt[3];
    int a4 = ao + rowAt[4];
    int a5 = ao + rowAt[5];
    int a6 = ao + rowAt[6];
    int a7 = ao + rowAt[7];
    FloatVector c00 = FloatVector.fromArray(S, from, fo);
    FloatVector c01 = FloatVector.fromArray(S, from, fo + VL);
    FloatVector c10 = FloatVector.fromArray(S, from, fo + 2 * VL);
    FloatVector c11 = FloatVector.fromArray(S, from, fo + 3 * VL);
    FloatVector c20 = FloatVector.fromArray(S, from, fo + 4 * VL);
    FloatVector c21 = FloatVector.fromArray(S, from, fo + 5 * VL);
    FloatVector c30 = FloatVector.fromArray(S, from, fo + 6 * VL);
    FloatVector c31 = FloatVector.fromArray(S, from, fo + 7 * VL);
    FloatVector c40 = FloatVector.fromArray(S, from, fo + 8 * VL);
    FloatVector c41 = FloatVector.fromArray(S, from, fo + 9 * VL);
    FloatVector c50 = FloatVector.fromArray(S, from, fo + 10 * VL);
    FloatVector c51 = FloatVector.fromArray(S, from, fo + 11 * VL);
    FloatVector c60 = FloatVector.fromArray(S, from, fo + 12 * VL);
    FloatVector c61 = FloatVector.fromArray(S, from, fo + 13 * VL);
    FloatVector c70 = FloatVector.fromArray(S, from, fo + 14 * VL);
    FloatVector c71 = FloatVector.fromArray(S, from, fo + 15 * VL);
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
      v = FloatVector.broadcast(S, a[at + a4]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(S, a[at + a5]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(S, a[at + a6]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(S, a[at + a7]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
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
    c40.intoArray(t, to + 8 * VL);
    c41.intoArray(t, to + 9 * VL);
    c50.intoArray(t, to + 10 * VL);
    c51.intoArray(t, to + 11 * VL);
    c60.intoArray(t, to + 12 * VL);
    c61.intoArray(t, to + 13 * VL);
    c70.intoArray(t, to + 14 * VL);
    c71.intoArray(t, to + 15 * VL);
  }

  @Override
  void spaced(
      int depth,
      float[] a,
      int ao,
      int[] stepAt,
      float[] b,
      int bo,
      int bStep,
      float[] from,
      int fo,
      float[] t,
      int to) {
    int bt = bo;
    FloatVector c00 = FloatVector.fromArray(S, from, fo);
    FloatVector c01 = FloatVector.fromArray(S, from, fo + VL);
    FloatVector c10 = FloatVector.fromArray(S, from, fo + 2 * VL);
    FloatVector c11 = FloatVector.fromArray(S, from, fo + 3 * VL);
    FloatVector c20 = FloatVector.fromArray(S, from, fo + 4 * VL);
    FloatVector c21 = FloatVector.fromArray(S, from, fo + 5 * VL);
    FloatVector c30 = FloatVector.fromArray(S, from, fo + 6 * VL);
    FloatVector c31 = FloatVector.fromArray(S, from, fo + 7 * VL);
    FloatVector c40 = FloatVector.fromArray(S, from, fo + 8 * VL);
    FloatVector c41 = FloatVector.fromArray(S, from, fo + 9 * VL);
    FloatVector c50 = FloatVector.fromArray(S, from, fo + 10 * VL);
    FloatVector c51 = FloatVector.fromArray(S, from, fo + 11 * VL);
    FloatVector c60 = FloatVector.fromArray(S, from, fo + 12 * VL);
    FloatVector c61 = FloatVector.fromArray(S, from, fo + 13 * VL);
    FloatVector c70 = FloatVector.fromArray(S, from, fo + 14 * VL);
    FloatVector c71 = FloatVector.fromArray(S, from, fo + 15 * VL);
    for (int k = 0; k < depth; k++) {
      int at = ao + stepAt[k];
      FloatVector b0 = FloatVector.fromArray(S, b, bt);
      FloatVector b1 = FloatVector.fromArray(S, b, bt + VL);
      FloatVector v = FloatVector.broadcast(S, a[at]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(S, a[at + SPACE]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(S, a[at + 2 * SPACE]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(S, a[at + 3 * SPACE]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      v = FloatVector.broadcast(S, a[at + 4 * SPACE]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(S, a[at + 5 * SPACE]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(S, a[at + 6 * SPACE]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(S, a[at + 7 * SPACE]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
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
    c40.intoArray(t, to + 8 * VL);
    c41.intoArray(t, to + 9 * VL);
    c50.intoArray(t, to + 10 * VL);
    c51.intoArray(t, to + 11 * VL);
    c60.intoArray(t, to + 12 * VL);
    c61.intoArray(t, to + 13 * VL);
    c70.intoArray(t, to + 14 * VL);
    c71.intoArray(t, to + 15 * VL);
  }
}
