package dev.teak.engine.jvm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** F(2, 3) on the Vector API: channels are lanes; what is left over is plain. */
final class VectorTransformsF2 extends TransformsF2 {
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
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < whole; c += VL) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + lanes.at(c);
        FloatVector x0 = FloatVector.fromArray(S, x, at);
        FloatVector x1 = FloatVector.fromArray(S, x, at + xStep);
        FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * xStep);
        FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * xStep);
        x0.sub(x2).intoArray(y, to);
        x1.add(x2).intoArray(y, to + yStep);
        x2.sub(x1).intoArray(y, to + 2 * yStep);
        x1.sub(x3).intoArray(y, to + 3 * yStep);
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
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < whole; c += VL) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + c;
        FloatVector x0 = FloatVector.fromArray(S, x, at);
        FloatVector x1 = FloatVector.fromArray(S, x, at + xStep);
        FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * xStep);
        FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * xStep);
        FloatVector b = FloatVector.fromArray(S, bias, bo + c);
        x0.add(x1).add(x2).add(b).intoArray(y, to);
        x1.sub(x2).sub(x3).add(b).intoArray(y, to + yStep);
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
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < whole; c += VL) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + lanes.at(c);
        FloatVector x0 = FloatVector.fromArray(S, x, at);
        FloatVector x1 = FloatVector.fromArray(S, x, at + xStep);
        x0.intoArray(y, to);
        x0.add(x1).intoArray(y, to + yStep);
        x0.sub(x1).intoArray(y, to + 2 * yStep);
        x1.neg().intoArray(y, to + 3 * yStep);
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
        FloatVector ends = x0.add(x2).mul(0.5f);
        FloatVector middle = x1.mul(0.5f);
        x0.intoArray(y, to);
        ends.add(middle).intoArray(y, to + yStep);
        ends.sub(middle).intoArray(y, to + 2 * yStep);
        x2.intoArray(y, to + 3 * yStep);
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
        FloatVector even = x1.add(x2).mul(0.5f);
        x0.add(even).intoArray(y, to);
        x1.sub(x2).mul(0.5f).intoArray(y, to + yStep);
        even.add(x3).intoArray(y, to + 2 * yStep);
      }
    }
    if (whole < n) {
      kernelGrad(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, whole, n);
    }
  }
}
