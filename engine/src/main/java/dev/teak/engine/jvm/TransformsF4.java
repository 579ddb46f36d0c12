package dev.teak.engine.jvm;

/** F(4, 3): 4 pixels from 6 points, in plain loops; {@link VectorTransformsF4} is its twin. */
class TransformsF4 extends WinogradTransforms {
  @Override
  int out() {
    return 4;
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
        float x4 = x[at + 4 * xStep];
        float x5 = x[at + 5 * xStep];
        float even = x4 - 4 * x2;
        float odd = x3 - 4 * x1;
        float even2 = x4 - x2;
        float odd2 = 2 * (x3 - x1);
        y[to] = 4 * x0 - 5 * x2 + x4;
        y[to + yStep] = even + odd;
        y[to + 2 * yStep] = even - odd;
        y[to + 3 * yStep] = even2 + odd2;
        y[to + 4 * yStep] = even2 - odd2;
        y[to + 5 * yStep] = 4 * x1 - 5 * x3 + x5;
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
        float x4 = x[at + 4 * xStep];
        float x5 = x[at + 5 * xStep];
        float sum1 = x1 + x2;
        float dif1 = x1 - x2;
        float sum2 = x3 + x4;
        float dif2 = x3 - x4;
        float b = bias[bo + c];
        y[to] = x0 + sum1 + sum2 + b;
        y[to + yStep] = dif1 + 2 * dif2 + b;
        y[to + 2 * yStep] = sum1 + 4 * sum2 + b;
        y[to + 3 * yStep] = dif1 + 8 * dif2 + x5 + b;
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
        float x2 = x[at + 2 * xStep];
        float x3 = x[at + 3 * xStep];
        float even = x0 + 4 * x2;
        float odd = 2 * x1 + 8 * x3;
        y[to] = x0;
        y[to + yStep] = x0 + x2 + (x1 + x3);
        y[to + 2 * yStep] = x0 + x2 - (x1 + x3);
        y[to + 3 * yStep] = even + odd;
        y[to + 4 * yStep] = even - odd;
        y[to + 5 * yStep] = x3;
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
        float ends = (x0 + x2) * (-1 / 6f);
        float far = x0 * (1 / 24f) + x2 * (1 / 6f);
        y[to] = x0 * 0.25f;
        y[to + yStep] = ends - x1 * (1 / 6f);
        y[to + 2 * yStep] = ends + x1 * (1 / 6f);
        y[to + 3 * yStep] = far + x1 * (1 / 12f);
        y[to + 4 * yStep] = far - x1 * (1 / 12f);
        y[to + 5 * yStep] = x2;
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
        float x4 = x[at + 4 * xStep];
        float x5 = x[at + 5 * xStep];
        float near = (x1 + x2) * (1 / 6f);
        float far = x3 + x4;
        y[to] = x0 * 0.25f - near + far * (1 / 24f);
        y[to + yStep] = (x2 - x1) * (1 / 6f) + (x3 - x4) * (1 / 12f);
        y[to + 2 * yStep] = far * (1 / 6f) - near + x5;
      }
    }
  }
}
