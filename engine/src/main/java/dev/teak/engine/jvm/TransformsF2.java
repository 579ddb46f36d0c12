package dev.teak.engine.jvm;

/** F(2, 3): 2 pixels from 4 points, in plain loops; {@link VectorTransformsF2} is its twin. */
class TransformsF2 extends WinogradTransforms {
  @Override
  int out() {
    return 2;
  }

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
    input(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, 0, n, lanes);
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
    output(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, 0, n, bias, bo);
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
    outputGrad(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, 0, n, lanes);
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
    kernel(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, 0, n);
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
    kernelGrad(x, xo, xStep, xRow, y, yo, yStep, yRow, rows, 0, n);
  }

  static void input(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int first,
      int n,
      Lanes lanes) {
    for (int row = 0; row < rows; row++) {
      for (int c = first; c < n; c++) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + lanes.at(c);
        float x0 = x[at];
        float x1 = x[at + xStep];
        float x2 = x[at + 2 * xStep];
        float x3 = x[at + 3 * xStep];
        y[to] = x0 - x2;
        y[to + yStep] = x1 + x2;
        y[to + 2 * yStep] = x2 - x1;
        y[to + 3 * yStep] = x1 - x3;
      }
    }
  }

  static void output(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int first,
      int n,
      float[] bias,
      int bo) {
    for (int row = 0; row < rows; row++) {
      for (int c = first; c < n; c++) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + c;
        float x0 = x[at];
        float x1 = x[at + xStep];
        float x2 = x[at + 2 * xStep];
        float x3 = x[at + 3 * xStep];
        float b = bias[bo + c];
        y[to] = x0 + x1 + x2 + b;
        y[to + yStep] = x1 - x2 - x3 + b;
      }
    }
  }

  static void outputGrad(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int first,
      int n,
      Lanes lanes) {
    for (int row = 0; row < rows; row++) {
      for (int c = first; c < n; c++) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + lanes.at(c);
        float x0 = x[at];
        float x1 = x[at + xStep];
        y[to] = x0;
        y[to + yStep] = x0 + x1;
        y[to + 2 * yStep] = x0 - x1;
        y[to + 3 * yStep] = -x1;
      }
    }
  }

  static void kernel(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int first,
      int n) {
    for (int row = 0; row < rows; row++) {
      for (int c = first; c < n; c++) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + c;
        float x0 = x[at];
        float x1 = x[at + xStep];
        float x2 = x[at + 2 * xStep];
        float ends = (x0 + x2) * 0.5f;
        float middle = x1 * 0.5f;
        y[to] = x0;
        y[to + yStep] = ends + middle;
        y[to + 2 * yStep] = ends - middle;
        y[to + 3 * yStep] = x2;
      }
    }
  }

  static void kernelGrad(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int first,
      int n) {
    for (int row = 0; row < rows; row++) {
      for (int c = first; c < n; c++) {
        int at = xo + row * xRow + c;
        int to = yo + row * yRow + c;
        float x0 = x[at];
        float x1 = x[at + xStep];
        float x2 = x[at + 2 * xStep];
        float x3 = x[at + 3 * xStep];
        float even = (x1 + x2) * 0.5f;
        y[to] = x0 + even;
        y[to + yStep] = (x1 - x2) * 0.5f;
        y[to + 2 * yStep] = even + x3;
      }
    }
  }
}
