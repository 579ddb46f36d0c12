package dev.teak.engine.jvm;

/**
 * The one-dimensional transforms of Winograd's F(m, 3) (Lavin and Gray 2016, section 4), each over
 * {@code n} neighbouring channels at a time. Element j of an input lies {@code xStep} behind
 * element j - 1, and so do the outputs, {@code yStep} apart. A call does {@code rows} such
 * transforms, {@code xRow} and {@code yRow} apart: one call down and one across transform a tile in
 * two dimensions.
 */
abstract class WinogradTransforms {
  /** Pixels that a tile computes, each way: m of F(m, 3). */
  abstract int out();

  /** Pixels that it sees, each way, and points. */
  final int in() {
    return out() + 2;
  }

  /** Points of a tile. */
  final int points() {
    return in() * in();
  }

  /** Pixels to points: in to in, the matrix B' of the paper. */
  abstract void input(
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
      Lanes lanes);

  /** Points to pixels: in to out, the matrix A', and a bias added to each. */
  abstract void output(
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
      int bo);

  /** Gradient of pixels to that of points: out to in, the matrix A. */
  abstract void outputGrad(
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
      Lanes lanes);

  /** Kernel to points: 3 to in, the matrix G. */
  abstract void kernel(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int n);

  /** Gradient of points to that of the kernel: in to 3, the matrix G'. */
  abstract void kernelGrad(
      float[] x,
      int xo,
      int xStep,
      int xRow,
      float[] y,
      int yo,
      int yStep,
      int yRow,
      int rows,
      int n);
}
