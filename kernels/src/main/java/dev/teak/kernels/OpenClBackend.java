package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.DeviceException;
import dev.teak.engine.Shape;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.IndexGeometry;
import dev.teak.engine.backend.IntFunction;
import dev.teak.engine.backend.MatMulGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.backend.Profile;
import dev.teak.engine.backend.ReduceFunction;
import dev.teak.engine.backend.StridedCopy;
import dev.teak.engine.backend.UnaryFunction;
import java.util.Objects;

/**
 * An OpenCL device as a backend: float32, asynchronous, every primitive a kernel of the device's
 * own. Opened by {@link OpenClProvider}. May be used from any thread; calls are done one after the
 * other.
 */
public final class OpenClBackend extends FusedOpenClBackend {
  private final String description;
  private final Transfers transfers;

  OpenClBackend(OpenClDevice device, String description, Tuning tuning) {
    super(device, tuning);
    this.description = description;
    transfers = new Transfers(device);
  }

  @Override
  public String name() {
    return device.traits().name();
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public DType floatType() {
    return device.traits().real();
  }

  @Override
  public Buffer allocate(DType dtype, int size) {
    if (dtype.isFloat() && dtype != floatType()) {
      throw new DeviceException(
          name()
              + ": "
              + dtype
              + " buffers are another device's; this one works in "
              + floatType());
    }
    if (size < 0) {
      throw new IllegalArgumentException("allocate: size " + size + ", expects 0 or more");
    }
    return device.memory().allocate(dtype, size);
  }

  @Override
  public void release(Buffer buffer) {
    if (!operands.any("release", "buffer", buffer, 0).release()) {
      throw new IllegalStateException("release: buffer was released before");
    }
  }

  @Override
  public long bytesInUse() {
    return device.memory().bytesInUse();
  }

  /** Bytes taken from the driver: in use, rounded up, or waiting for reuse. */
  long bytesFromDriver() {
    return device.memory().bytesFromDriver();
  }

  private boolean doubles() {
    return floatType() == DType.FLOAT64;
  }

  /** The device underneath, for tests. */
  OpenClDevice device() {
    return device;
  }

  @Override
  public void write(Buffer out, float[] source, int offset) {
    OpenClBuffer o = operands.reals("write", "output", out, 0);
    Objects.checkFromIndexSize(offset, o.size(), source.length);
    if (doubles()) {
      transfers.write(
          o,
          (staging, from, n) -> {
            for (int i = 0; i < n; i++) {
              staging.putDouble(source[offset + from + i]);
            }
          });
      return;
    }
    transfers.write(o, (staging, from, n) -> staging.asFloatBuffer().put(source, offset + from, n));
  }

  @Override
  public void write(Buffer out, double[] source) {
    OpenClBuffer o = operands.reals("write", "output", out, 0);
    Operands.host("write", source.length, o.size());
    if (doubles()) {
      transfers.write(o, (staging, from, n) -> staging.asDoubleBuffer().put(source, from, n));
      return;
    }
    transfers.write(
        o,
        (staging, from, n) -> {
          for (int i = 0; i < n; i++) {
            staging.putFloat((float) source[from + i]);
          }
        });
  }

  @Override
  public void write(Buffer out, int[] source) {
    OpenClBuffer o = operands.ints("write", "output", out, 0);
    Operands.host("write", source.length, o.size());
    transfers.write(o, (staging, from, n) -> staging.asIntBuffer().put(source, from, n));
  }

  @Override
  public void read(Buffer x, double[] target) {
    OpenClBuffer in = operands.reals("read", "input", x, 0);
    Operands.host("read", target.length, in.size());
    if (doubles()) {
      transfers.read(in, (staging, from, n) -> staging.asDoubleBuffer().get(target, from, n));
      return;
    }
    transfers.read(
        in,
        (staging, from, n) -> {
          for (int i = 0; i < n; i++) {
            target[from + i] = staging.getFloat();
          }
        });
  }

  @Override
  public void read(Buffer x, float[] target) {
    OpenClBuffer in = operands.reals("read", "input", x, 0);
    Operands.host("read", target.length, in.size());
    if (doubles()) {
      transfers.read(
          in,
          (staging, from, n) -> {
            for (int i = 0; i < n; i++) {
              target[from + i] = (float) staging.getDouble();
            }
          });
      return;
    }
    transfers.read(in, (staging, from, n) -> staging.asFloatBuffer().get(target, from, n));
  }

  @Override
  public void read(Buffer x, int[] target) {
    OpenClBuffer in = operands.any("read", "input", x, 0);
    Operands.host("read", target.length, in.size());
    if (in.dtype() == DType.INT32) {
      transfers.read(in, (staging, from, n) -> staging.asIntBuffer().get(target, from, n));
      return;
    }
    OpenClBuffer bytes = operands.bytes("read", "input", x, 0);
    transfers.read(
        bytes,
        (staging, from, n) -> {
          for (int i = 0; i < n; i++) {
            target[from + i] = Byte.toUnsignedInt(staging.get());
          }
        });
  }

  @Override
  public void fill(Buffer out, double value) {
    elementwise.fill(out, value);
  }

  @Override
  public void copy(Buffer src, Buffer out, StridedCopy how) {
    elementwise.copy(src, out, how);
  }

  @Override
  public void unary(UnaryFunction f, Buffer x, Buffer out) {
    elementwise.unary(f, x, out);
  }

  @Override
  public void binary(
      BinaryFunction f,
      Buffer a,
      Shape aShape,
      Buffer b,
      Shape bShape,
      Buffer out,
      Shape outShape) {
    elementwise.binary(f, a, aShape, b, bShape, out, outShape);
  }

  @Override
  public void binary(BinaryFunction f, Buffer x, double value, Buffer out) {
    elementwise.scalar(f, x, value, out);
  }

  @Override
  public void binary(IntFunction f, Buffer a, Buffer b, Buffer out) {
    elementwise.binary(f, a, b, out);
  }

  @Override
  public void cast(Buffer x, Buffer out) {
    elementwise.cast(x, out);
  }

  @Override
  public void where(Buffer condition, Buffer a, Buffer b, Buffer out) {
    elementwise.where(condition, a, b, out);
  }

  @Override
  public void oneHot(Buffer labels, int classes, Buffer out) {
    elementwise.oneHot(labels, classes, out);
  }

  @Override
  public void gather(IndexGeometry g, Buffer x, Buffer index, Buffer out) {
    indexing.gather(g, x, index, out);
  }

  @Override
  public void scatterAdd(IndexGeometry g, Buffer src, Buffer index, Buffer out) {
    indexing.scatterAdd(g, src, index, out);
  }

  @Override
  public void reduce(ReduceFunction f, Buffer x, int outer, int extent, int inner, Buffer out) {
    reductions.reduce(f, x, outer, extent, inner, out);
  }

  @Override
  public void argMax(Buffer x, int outer, int extent, int inner, Buffer out) {
    reductions.argMax(x, outer, extent, inner, out);
  }

  @Override
  public void argSort(
      Buffer x, int outer, int extent, int inner, int k, boolean descending, Buffer out) {
    indexing.argSort(x, outer, extent, inner, k, descending, out);
  }

  @Override
  public void cumSum(Buffer x, int outer, int extent, int inner, Buffer out) {
    indexing.cumSum(x, outer, extent, inner, out);
  }

  @Override
  public void matmul(MatMulGeometry g, Buffer a, Buffer b, Buffer out) {
    products.matmul(g, a, b, out);
  }

  @Override
  public void conv2d(ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer out) {
    convolutions.forward(g, x, w, bias, false, out);
  }

  @Override
  public void conv2dInputGrad(ConvGeometry g, Buffer grad, Buffer w, Buffer out) {
    convolutions.inputGrad(g, grad, w, out);
  }

  @Override
  public void conv2dWeightGrad(ConvGeometry g, Buffer x, Buffer grad, Buffer out) {
    convolutions.weightGrad(g, x, grad, out);
  }

  @Override
  public void maxPool2d(PoolGeometry g, Buffer x, Buffer out, Buffer winners) {
    pooling.maxPool(g, x, out, winners);
  }

  @Override
  public void maxPool2dGrad(PoolGeometry g, Buffer grad, Buffer winners, Buffer out) {
    pooling.maxPoolGrad(g, grad, winners, out);
  }

  @Override
  public void maxPool2dPick(PoolGeometry g, Buffer x, Buffer winners, Buffer out) {
    pooling.maxPoolPick(g, x, winners, out);
  }

  @Override
  public void avgPool2d(PoolGeometry g, Buffer x, Buffer out) {
    pooling.avgPool(g, x, out);
  }

  @Override
  public void avgPool2dGrad(PoolGeometry g, Buffer grad, Buffer out) {
    pooling.avgPoolGrad(g, grad, out);
  }

  @Override
  public void uniform(long key, long start, Buffer out) {
    elementwise.uniform(key, start, out);
  }

  @Override
  public Profile profile() {
    return device.profile();
  }

  @Override
  public void synchronize() {
    transfers.finish();
  }
}
