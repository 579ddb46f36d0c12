package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** F(4, 3) on the Vector API: channels are lanes; what is left over is plain. */
final class VectorTransformsF4 extends TransformsF4 {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();

  @Override
  void input(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int n,
      Lanes lanes) {
    int whole = n - n % VL;
    FloatVector p4 = FloatVector.broadcast(S, 4f);
    FloatVector m4 = FloatVector.broadcast(S, -4f);
    FloatVector m5 = FloatVector.broadcast(S, -5f);
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < whole; c += VL) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + lanes.at(c);
        FloatVector x0 = FloatVector.fromArray(S, x, at);
        FloatVector x1 = FloatVector.fromArray(S, x, at + xStep);
        FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * xStep);
        FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * xStep);
        FloatVector x4 = FloatVector.fromArray(S, x, at + 4 * xStep);
        FloatVector x5 = FloatVector.fromArray(S, x, at + 5 * xStep);
        FloatVector even = x2.fma(m4, x4);
        FloatVector odd = x1.fma(m4, x3);
        FloatVector even2 = x4.sub(x2);
        FloatVector odd2 = x3.sub(x1);
        odd2 = odd2.add(odd2);
        x0.fma(p4, x2.fma(m5, x4)).intoArray(y, to);
        even.add(odd).intoArray(y, to + yStep);
        even.sub(odd).intoArray(y, to + 2 * yStep);
        even2.add(odd2).intoArray(y, to + 3 * yStep);
        even2.sub(odd2).intoArray(y, to + 4 * yStep);
        x1.fma(p4, x3.fma(m5, x5)).intoArray(y, to + 5 * yStep);
      }
    }
    if (whole < n) {
      input(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, whole, n, lanes);
    }
  }

  @Override
  void output(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int n,
      float[] bias,
      int bo) {
    int whole = n - n % VL;
    FloatVector p2 = FloatVector.broadcast(S, 2f);
    FloatVector p4 = FloatVector.broadcast(S, 4f);
    FloatVector p8 = FloatVector.broadcast(S, 8f);
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < whole; c += VL) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + c;
        FloatVector x0 = FloatVector.fromArray(S, x, at);
        FloatVector x1 = FloatVector.fromArray(S, x, at + xStep);
        FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * xStep);
        FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * xStep);
        FloatVector x4 = FloatVector.fromArray(S, x, at + 4 * xStep);
        FloatVector x5 = FloatVector.fromArray(S, x, at + 5 * xStep);
        FloatVector b = FloatVector.fromArray(S, bias, bo + c);
        FloatVector sum1 = x1.add(x2).add(b);
        FloatVector dif1 = x1.sub(x2).add(b);
        FloatVector sum2 = x3.add(x4);
        FloatVector dif2 = x3.sub(x4);
        x0.add(sum1).add(sum2).intoArray(y, to);
        dif2.fma(p2, dif1).intoArray(y, to + yStep);
        sum2.fma(p4, sum1).intoArray(y, to + 2 * yStep);
        dif2.fma(p8, dif1.add(x5)).intoArray(y, to + 3 * yStep);
      }
    }
    if (whole < n) {
      output(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, whole, n, bias, bo);
    }
  }

  @Override
  void outputGrad(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int n,
      Lanes lanes) {
    int whole = n - n % VL;
    FloatVector p4 = FloatVector.broadcast(S, 4f);
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < whole; c += VL) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + lanes.at(c);
        FloatVector x0 = FloatVector.fromArray(S, x, at);
        FloatVector x1 = FloatVector.fromArray(S, x, at + xStep);
        FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * xStep);
        FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * xStep);
        FloatVector sum0 = x0.add(x2);
        FloatVector sum1 = x1.add(x3);
        FloatVector even = x2.fma(p4, x0);
        FloatVector odd = x3.fma(p4, x1);
        odd = odd.add(odd);
        x0.intoArray(y, to);
        sum0.add(sum1).intoArray(y, to + yStep);
        sum0.sub(sum1).intoArray(y, to + 2 * yStep);
        even.add(odd).intoArray(y, to + 3 * yStep);
        even.sub(odd).intoArray(y, to + 4 * yStep);
        x3.intoArray(y, to + 5 * yStep);
      }
    }
    if (whole < n) {
      outputGrad(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, whole, n, lanes);
    }
  }

  @Override
  void kernel(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int n) {
    int whole = n - n % VL;
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < whole; c += VL) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + c;
        FloatVector x0 = FloatVector.fromArray(S, x, at);
        FloatVector x1 = FloatVector.fromArray(S, x, at + xStep);
        FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * xStep);
        FloatVector ends = x0.add(x2).mul(-1 / 6f);
        FloatVector far = x0.mul(1 / 24f).add(x2.mul(1 / 6f));
        FloatVector mid = x1.mul(1 / 6f);
        FloatVector half = x1.mul(1 / 12f);
        x0.mul(0.25f).intoArray(y, to);
        ends.sub(mid).intoArray(y, to + yStep);
        ends.add(mid).intoArray(y, to + 2 * yStep);
        far.add(half).intoArray(y, to + 3 * yStep);
        far.sub(half).intoArray(y, to + 4 * yStep);
        x2.intoArray(y, to + 5 * yStep);
      }
    }
    if (whole < n) {
      kernel(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, whole, n);
    }
  }

  @Override
  void kernelGrad(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int n) {
    int whole = n - n % VL;
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < whole; c += VL) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + c;
        FloatVector x0 = FloatVector.fromArray(S, x, at);
        FloatVector x1 = FloatVector.fromArray(S, x, at + xStep);
        FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * xStep);
        FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * xStep);
        FloatVector x4 = FloatVector.fromArray(S, x, at + 4 * xStep);
        FloatVector x5 = FloatVector.fromArray(S, x, at + 5 * xStep);
        FloatVector near = x1.add(x2).mul(1 / 6f);
        FloatVector far = x3.add(x4);
        x0.mul(0.25f).sub(near).add(far.mul(1 / 24f)).intoArray(y, to);
        x2.sub(x1).mul(1 / 6f).add(x3.sub(x4).mul(1 / 12f)).intoArray(y, to + yStep);
        far.mul(1 / 6f).sub(near).add(x5).intoArray(y, to + 2 * yStep);
      }
    }
    if (whole < n) {
      kernelGrad(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, whole, n);
    }
  }
}
