package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponential of floats of 0 or less. The Vector API's own rounds differently once it is
 * compiled; and C2 of JDK 17, given vectors of another kind, makes objects of those in other loops,
 * so that the power of two is not made of an integer's bits either.
 */
final class VectorExp {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();

  /** Where e^x has become 0. */
  private static final float LEAST = -105;

  /** Added and subtracted, it leaves the nearest whole number. */
  private static final float ROUNDING = 0x1.8p23f;

  private static final float LOG2E = 1.442695f;

  /**
   * ln 2 in two parts, the first of so few digits that its products with whole numbers are exact.
   */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.1219444e-4f;

  private VectorExp() {}

  /**
   * y becomes e^y, for n numbers of 0 or less, n being whole vectors: 2^-j e^r, j whole and r
   * between plus and minus half of ln 2. The polynomial, as all here, is a least squares fit of the
   * relative error at Chebyshev points, to 9e-9. The power of two is made of its bits, from the
   * highest on.
   */
  static void exp(float[] y, float[] halvings, int n) {
    if (reduced(y, halvings, n)) {
      scaleByHighBits(y, halvings, n);
    }
    scaleByLowBits(y, halvings, n);
  }

  /** e^r, and j among the halvings; whether a j is 16 or more. */
  private static boolean reduced(float[] y, float[] halvings, int n) {
    FloatVector large = FloatVector.zero(S);
    for (int i = 0; i < n; i += VL) {
      FloatVector z = FloatVector.fromArray(S, y, i);
      z = z.blend(LEAST, z.compare(VectorOperators.LT, LEAST));
      FloatVector j = z.mul(-LOG2E).add(ROUNDING).sub(ROUNDING);
      FloatVector r = j.fma(constant(LN2_HIGH), z);
      r = j.fma(constant(LN2_LOW), r);
      FloatVector p = r.fma(1.3901484e-3f, 8.36374e-3f);
      p = p.fma(r, constant(4.166686e-2f)).fma(r, constant(1.6666573e-1f)).fma(r, constant(0.5f));
      p.mul(r).fma(r, r).add(1f).intoArray(y, i);
      j.intoArray(halvings, i);
      large = large.blend(1f, j.compare(VectorOperators.GE, 16f));
    }
    return large.compare(VectorOperators.GT, 0f).anyTrue();
  }

  private static void scaleByHighBits(float[] y, float[] halvings, int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector e = FloatVector.fromArray(S, y, i);
      FloatVector j = FloatVector.fromArray(S, halvings, i);
      var has = j.compare(VectorOperators.GE, 128f);
      e = e.mul(constant(1).blend(0x1p-128f, has)); // making subnormal numbers takes long
      j = j.blend(j.sub(128f), has);
      has = j.compare(VectorOperators.GE, 64f);
      e = e.blend(e.mul(0x1p-64f), has);
      j = j.blend(j.sub(64f), has);
      has = j.compare(VectorOperators.GE, 32f);
      e = e.blend(e.mul(0x1p-32f), has);
      j = j.blend(j.sub(32f), has);
      has = j.compare(VectorOperators.GE, 16f);
      e = e.blend(e.mul(0x1p-16f), has);
      j = j.blend(j.sub(16f), has);
      e.intoArray(y, i);
      j.intoArray(halvings, i);
    }
  }

  private static void scaleByLowBits(float[] y, float[] halvings, int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector e = FloatVector.fromArray(S, y, i);
      FloatVector j = FloatVector.fromArray(S, halvings, i);
      var has = j.compare(VectorOperators.GE, 8f);
      e = e.blend(e.mul(0x1p-8f), has);
      j = j.blend(j.sub(8f), has);
      has = j.compare(VectorOperators.GE, 4f);
      e = e.blend(e.mul(0x1p-4f), has);
      j = j.blend(j.sub(4f), has);
      has = j.compare(VectorOperators.GE, 2f);
      e = e.blend(e.mul(0x1p-2f), has);
      j = j.blend(j.sub(2f), has);
      has = j.compare(VectorOperators.GE, 1f);
      e = e.blend(e.mul(0x1p-1f), has);
      e.intoArray(y, i);
    }
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(S, value);
  }
}
