package dev.teak.kernels;

import dev.teak.engine.backend.MatMulGeometry;

/**
 * The three products that all linear algebra here is made of, in the form that suits a device. The
 * operands were checked, and no extent is 0 but perhaps the summed one.
 */
interface Products {
  /** out = op(a) op(b), a batch of them. */
  void matmul(MatMulGeometry g, OpenClBuffer a, OpenClBuffer b, OpenClBuffer out);

  /** Columns of the panels that {@link #packedMatmul} takes a right side of n columns in. */
  int panelColumns(int n);

  /** As {@link #matmul}, of a right side in panels {@code [batch][panel][k][panelColumns]}. */
  void packedMatmul(MatMulGeometry g, OpenClBuffer a, OpenClBuffer packed, OpenClBuffer out);

  /**
   * The windows of a walk over x, times its taps of w; then bias and relu where there are any.
   *
   * @param bias null for none
   */
  void walk(
      Walk walk, OpenClBuffer x, OpenClBuffer w, OpenClBuffer bias, boolean relu, OpenClBuffer out);

  /**
   * As {@link #walk} of a forward convolution, with a relu and a max-pooling whose windows cover
   * its output without overlap.
   *
   * @param winners as of {@link dev.teak.engine.backend.Backend#maxPool2d}
   * @return whether it was done; false where this form has no such pass
   */
  default boolean walkPooled(
      Walk walk,
      OpenClBuffer x,
      OpenClBuffer w,
      OpenClBuffer bias,
      int window,
      OpenClBuffer out,
      OpenClBuffer winners) {
    return false;
  }

  /** The gradient of a forward walk's weights: its windows over x, turned over, times dy. */
  void weightGrad(Walk walk, OpenClBuffer x, OpenClBuffer dy, OpenClBuffer dw);
}
