package dev.teak.engine.backend;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.Shape;

/**
 * A device that computes. Primitives are here; fused forms are defaults composed of primitives, in
 * {@link FusedBackend}, so that a new device implements the primitives, passes the contract tests,
 * and then overrides what it can do faster.
 *
 * <p>Outputs are allocated by the caller and wholly overwritten, never read, unless a method says
 * so. An elementwise output may be the same buffer as an input. Calls may return before the work is
 * done, but act as if done in order; only the {@code read} methods wait. Sizes were checked by the
 * caller.
 */
public interface Backend extends FusedBackend {
  /** What {@code --device} calls it, for example {@code java} or {@code opencl:0}. */
  String name();

  /** One line for people: hardware, width, threads. */
  String description();

  /** The working type of floats: FLOAT32, or FLOAT64 on the reference backend. */
  DType floatType();

  // --- memory ---

  /** Memory for {@code size} elements, its contents undefined. */
  Buffer allocate(DType dtype, int size);

  /** Takes a buffer back for reuse; it must not be used again by the caller. */
  void release(Buffer buffer);

  /** Bytes now held by buffers that are allocated and not released. */
  long bytesInUse();

  /** Copies {@code out.size()} floats from the host, from {@code offset}, into a float buffer. */
  void write(Buffer out, float[] source, int offset);

  /** Copies {@code out.size()} doubles from the host into a float buffer, rounding if needed. */
  void write(Buffer out, double[] source);

  /** Copies {@code out.size()} ints from the host into an INT32 buffer. */
  void write(Buffer out, int[] source);

  /** Copies a float buffer of any working type to the host; waits for it. */
  void read(Buffer x, double[] target);

  /** Copies a float buffer of any working type to the host, rounding if needed; waits for it. */
  void read(Buffer x, float[] target);

  /** Copies an INT32 or UINT8 buffer (bytes as 0..255) to the host; waits for it. */
  void read(Buffer x, int[] target);

  // --- movement and elementwise ---

  /** Sets every element of a buffer of any type. */
  void fill(Buffer out, double value);

  /** Copies through strides; only the elements that the copy names are written. Any equal types. */
  void copy(Buffer src, Buffer out, StridedCopy how);

  /** out[i] = f(x[i]). */
  void unary(UnaryFunction f, Buffer x, Buffer out);

  /** out = f(a, b), both broadcast to {@code outShape}. */
  void binary(
      BinaryFunction f, Buffer a, Shape aShape, Buffer b, Shape bShape, Buffer out, Shape outShape);

  /** out[i] = f(x[i], value). */
  void binary(BinaryFunction f, Buffer x, double value, Buffer out);

  /** out[i] = f(a[i], b[i]) of INT32 buffers. */
  void binary(IntFunction f, Buffer a, Buffer b, Buffer out);

  /**
   * out[i] = x[i] in out's type, which is another one. Floats become whole numbers by being cut off
   * toward 0, NaN becomes 0, and what is beyond a type's bounds becomes the nearest bound: 0 and
   * 255 of UINT8.
   */
  void cast(Buffer x, Buffer out);

  /** out[i] = condition[i] != 0 ? a[i] : b[i]; the condition is of the working type. */
  void where(Buffer condition, Buffer a, Buffer b, Buffer out);

  /**
   * out[i, j] = j == labels[i] ? 1 : 0, for {@code [labels, classes]}; labels are INT32, in range.
   */
  void oneHot(Buffer labels, int classes, Buffer out);

  // --- indexing ---

  /**
   * out[o, j, i] = x[o, index[o, j, i], i]; x and out are of any one type, indices in range. With
   * {@link #scatterAdd} each is the other's transpose.
   */
  void gather(IndexGeometry g, Buffer x, Buffer index, Buffer out);

  /**
   * out[o, k, i] = the sum of src[o, j, i] over all j with index[o, j, i] = k, added from the first
   * j to the last; 0 where there is none. Indices are in range.
   */
  void scatterAdd(IndexGeometry g, Buffer src, Buffer index, Buffer out);

  // --- reductions ---

  /**
   * Reduces the middle axis of x {@code [outer, extent, inner]} into out {@code [outer, inner]}.
   */
  void reduce(ReduceFunction f, Buffer x, int outer, int extent, int inner, Buffer out);

  /**
   * Place of the first largest element along the middle axis of {@code [outer, extent, inner]}, as
   * INT32; a NaN counts as largest.
   */
  void argMax(Buffer x, int outer, int extent, int inner, Buffer out);

  /**
   * The places of the first {@code k} elements of the middle axis of {@code [outer, extent, inner]}
   * in order of size, as INT32 {@code [outer, k, inner]}; a NaN counts as largest, equals keep
   * their order.
   */
  void argSort(Buffer x, int outer, int extent, int inner, int k, boolean descending, Buffer out);

  /** out[o, e, i] = the sum of x[o, 0, i] to x[o, e, i], added in that order. */
  void cumSum(Buffer x, int outer, int extent, int inner, Buffer out);

  // --- linear algebra ---

  /** out = op(a) op(b), a batch of products. */
  void matmul(MatMulGeometry g, Buffer a, Buffer b, Buffer out);

  /**
   * Convolution (cross-correlation, as in every framework) plus a bias {@code [K]}, null for none.
   */
  void conv2d(ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer out);

  /**
   * Gradient of {@link #conv2d} with respect to x: gradient {@code [N,P,Q,K]} to {@code [N,H,W,C]}.
   */
  void conv2dInputGrad(ConvGeometry g, Buffer grad, Buffer w, Buffer out);

  /** Gradient of {@link #conv2d} with respect to w. */
  void conv2dWeightGrad(ConvGeometry g, Buffer x, Buffer grad, Buffer out);

  // --- pooling ---

  /**
   * Maximum of each window, a NaN counting as largest; {@code winners} (UINT8) gets the first
   * winner's place, row * window + column.
   */
  void maxPool2d(PoolGeometry g, Buffer x, Buffer out, Buffer winners);

  /** Scatters a gradient {@code [N,P,Q,C]} to the winners, adding where windows overlap. */
  void maxPool2dGrad(PoolGeometry g, Buffer grad, Buffer winners, Buffer out);

  /**
   * Picks the winners' places out of x {@code [N,H,W,C]}: the transpose of {@link #maxPool2dGrad}.
   */
  void maxPool2dPick(PoolGeometry g, Buffer x, Buffer winners, Buffer out);

  /** Mean of each window, padding counted as zeros (PyTorch's {@code count_include_pad}). */
  void avgPool2d(PoolGeometry g, Buffer x, Buffer out);

  /** Transpose of {@link #avgPool2d}: spreads a gradient {@code [N,P,Q,C]} over its windows. */
  void avgPool2dGrad(PoolGeometry g, Buffer grad, Buffer out);

  // --- randomness ---

  /**
   * Uniform numbers in [0, 1), multiples of 2^-24: element i is word {@code (start + i) % 4} of
   * Philox 4x32-10 block {@code (start + i) / 4} under {@code key}, shifted right by 8. {@code
   * start} is a multiple of 4.
   */
  void uniform(long key, long start, Buffer out);

  /** Waits until all work given so far is done. */
  void synchronize();

  /**
   * Begins to time every kernel, until the profile is closed.
   *
   * @throws DeviceException if this device has no clock for its kernels
   */
  default Profile profile() {
    throw new DeviceException(
        name() + ": does not time its kernels; 'teak devices' lists the OpenCL devices, which do");
  }
}
