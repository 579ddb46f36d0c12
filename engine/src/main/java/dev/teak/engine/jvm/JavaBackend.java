package dev.teak.engine.jvm;

import dev.teak.engine.DType;
import dev.teak.engine.Philox;
import dev.teak.engine.Shape;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.HeapBuffer;
import dev.teak.engine.backend.IndexGeometry;
import dev.teak.engine.backend.IntFunction;
import dev.teak.engine.backend.MatMulGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.backend.ReduceFunction;
import dev.teak.engine.backend.StridedCopy;
import dev.teak.engine.backend.UnaryFunction;
import java.util.Arrays;
import java.util.List;

/**
 * The default backend: float32 in Java arrays, on all cores, with the Vector API where this JVM
 * offers it. This class only finds each primitive its loop, {@link FusedJavaBackend} each fused
 * form; how the work is cut stands in the classes beside them.
 */
public final class JavaBackend extends FusedJavaBackend {
  private final ArrayPool pool;
  private final Elementwise elementwise;
  private final Indexing indexing;
  private final MatMul matmul;

  private JavaBackend(
      Loops loops,
      TapLoops taps,
      Tile tile,
      List<WinogradTransforms> transforms,
      NormLoops norm,
      ArrayPool pool) {
    super(loops, taps, tile, transforms, norm, new Scratch(pool));
    this.pool = pool;
    this.elementwise = new Elementwise(loops, workers);
    this.indexing = new Indexing(workers);
    this.matmul = new MatMul(loops, tile, workers, scratch);
  }

  /** On the Vector API; throws where {@link #vectorAvailable} is false. */
  public static JavaBackend vector() {
    if (!vectorAvailable()) {
      throw new IllegalStateException(
          "this JVM runs without the Vector API; start it with --add-modules jdk.incubator.vector");
    }
    return new JavaBackend(
        new VectorLoops(),
        new VectorTapLoops(),
        VectorTile.ofMachine(),
        List.of(new VectorTransformsF4(), new VectorTransformsF2()),
        new VectorNormLoops(),
        new ArrayPool());
  }

  /** On plain loops. */
  public static JavaBackend scalar() {
    return new JavaBackend(
        new Loops(),
        new TapLoops(),
        new Tile(),
        List.of(new TransformsF4(), new TransformsF2()),
        new NormLoops(),
        new ArrayPool());
  }

  /**
   * On the Vector API where there is one, else on plain loops, with a warning how to have it;
   * {@code -Dteak.java.loops=scalar} asks for plain loops.
   */
  public static JavaBackend best() {
    if ("scalar".equals(System.getProperty("teak.java.loops"))) {
      return scalar();
    }
    if (vectorAvailable()) {
      return vector();
    }
    Slow.warn();
    return scalar();
  }

  /** Says once in a process why it is slow. */
  private static final class Slow {
    static {
      System.getLogger("dev.teak.engine")
          .log(
              System.Logger.Level.WARNING,
              "this JVM runs without the Vector API, so tensors are computed by plain loops, about"
                  + " ten times slower; start it with --add-modules jdk.incubator.vector (any"
                  + " OpenJDK build from 17 on has the module)");
    }

    static void warn() {}
  }

  /** Whether what this thread asks for from now on stays on it; gives what held before. */
  public static boolean stayOnThread(boolean here) {
    return Workers.stay(here);
  }

  /** Whether this JVM was started with the Vector API, with vectors of 128 bits or more. */
  public static boolean vectorAvailable() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public String description() {
    return "plain Java, "
        + loops.description()
        + ", "
        + workers.count()
        + " threads, JDK "
        + Runtime.version().feature();
  }

  @Override
  public DType floatType() {
    return DType.FLOAT32;
  }

  @Override
  public Buffer allocate(DType dtype, int size) {
    return pool.take(dtype, size);
  }

  @Override
  public void release(Buffer buffer) {
    pool.give((HeapBuffer) buffer);
  }

  @Override
  public long bytesInUse() {
    return pool.inUse();
  }

  @Override
  public void write(Buffer out, float[] source, int offset) {
    System.arraycopy(source, offset, to(out), 0, out.size());
  }

  @Override
  public void write(Buffer out, double[] source) {
    float[] y = to(out);
    for (int i = 0; i < out.size(); i++) {
      y[i] = (float) source[i];
    }
  }

  @Override
  public void write(Buffer out, int[] source) {
    System.arraycopy(source, 0, ((HeapBuffer) out).written().ints(), 0, out.size());
  }

  @Override
  public void read(Buffer x, double[] target) {
    float[] from = f(x);
    for (int i = 0; i < x.size(); i++) {
      target[i] = from[i];
    }
  }

  @Override
  public void read(Buffer x, float[] target) {
    System.arraycopy(f(x), 0, target, 0, x.size());
  }

  @Override
  public void read(Buffer x, int[] target) {
    if (x.dtype() == DType.INT32) {
      System.arraycopy(((HeapBuffer) x).ints(), 0, target, 0, x.size());
      return;
    }
    byte[] bytes = ((HeapBuffer) x).bytes();
    for (int i = 0; i < x.size(); i++) {
      target[i] = bytes[i] & 0xFF;
    }
  }

  @Override
  public void fill(Buffer out, double value) {
    HeapBuffer b = ((HeapBuffer) out).written();
    switch (out.dtype()) {
      case INT32 -> Arrays.fill(b.ints(), 0, b.size(), (int) value);
      case UINT8 -> Arrays.fill(b.bytes(), 0, b.size(), (byte) (int) value);
      default ->
          workers.ranges(
              b.size(),
              Elementwise.GRAIN,
              (from, to) -> Arrays.fill(b.floats(), from, to, (float) value));
    }
  }

  @Override
  public void copy(Buffer src, Buffer out, StridedCopy how) {
    elementwise.copy(((HeapBuffer) src).array(), ((HeapBuffer) out).written().array(), how);
  }

  @Override
  public void unary(UnaryFunction function, Buffer x, Buffer out) {
    float[] from = f(x);
    float[] y = to(out);
    workers.ranges(
        out.size(), Elementwise.GRAIN, (i, to) -> loops.unary(function, from, i, y, i, to - i));
  }

  @Override
  public void binary(
      BinaryFunction function,
      Buffer a,
      Shape aShape,
      Buffer b,
      Shape bShape,
      Buffer out,
      Shape outShape) {
    elementwise.binary(function, f(a), aShape, f(b), bShape, to(out), outShape);
  }

  @Override
  public void binary(BinaryFunction function, Buffer x, double value, Buffer out) {
    float[] from = f(x);
    float[] y = to(out);
    float s = (float) value;
    workers.ranges(
        out.size(),
        Elementwise.GRAIN,
        (i, to) -> loops.binary(function, from, i, s, false, y, i, to - i));
  }

  @Override
  public void binary(IntFunction f, Buffer a, Buffer b, Buffer out) {
    int[] u = ((HeapBuffer) a).ints();
    int[] v = ((HeapBuffer) b).ints();
    elementwise.binary(f, u, v, ((HeapBuffer) out).written().ints(), out.size());
  }

  @Override
  public void cast(Buffer x, Buffer out) {
    elementwise.cast(((HeapBuffer) x).array(), ((HeapBuffer) out).written().array(), out.size());
  }

  @Override
  public void where(Buffer condition, Buffer a, Buffer b, Buffer out) {
    float[] y = to(out);
    workers.ranges(
        out.size(),
        Elementwise.GRAIN,
        (i, to) -> loops.where(f(condition), f(a), f(b), y, i, to - i));
  }

  @Override
  public void oneHot(Buffer labels, int classes, Buffer out) {
    float[] y = to(out);
    int[] of = ((HeapBuffer) labels).ints();
    Arrays.fill(y, 0, out.size(), 0);
    for (int i = 0; i < labels.size(); i++) {
      y[i * classes + of[i]] = 1;
    }
  }

  @Override
  public void gather(IndexGeometry g, Buffer x, Buffer index, Buffer out) {
    int[] places = ((HeapBuffer) index).ints();
    indexing.gather(g, ((HeapBuffer) x).array(), places, ((HeapBuffer) out).written().array());
  }

  @Override
  public void scatterAdd(IndexGeometry g, Buffer src, Buffer index, Buffer out) {
    indexing.scatterAdd(g, f(src), ((HeapBuffer) index).ints(), to(out));
  }

  @Override
  public void reduce(
      ReduceFunction function, Buffer x, int outer, int extent, int inner, Buffer out) {
    reductions.reduce(function, f(x), outer, extent, inner, to(out));
  }

  @Override
  public void argMax(Buffer x, int outer, int extent, int inner, Buffer out) {
    reductions.argMax(f(x), outer, extent, inner, ((HeapBuffer) out).written().ints());
  }

  @Override
  public void argSort(
      Buffer x, int outer, int extent, int inner, int k, boolean descending, Buffer out) {
    int[] places = ((HeapBuffer) out).written().ints();
    indexing.argSort(f(x), outer, extent, inner, k, descending, places);
  }

  @Override
  public void cumSum(Buffer x, int outer, int extent, int inner, Buffer out) {
    indexing.cumSum(f(x), outer, extent, inner, to(out));
  }

  @Override
  public void matmul(MatMulGeometry g, Buffer a, Buffer b, Buffer out) {
    matmul.run(g, f(a), f(b), to(out));
  }

  @Override
  public void conv2d(ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer out) {
    convolution.forward(
        g, f(x), (HeapBuffer) w, floatsOrNull(bias), Sink.plain(to(out), g.output()));
  }

  @Override
  public void conv2dInputGrad(ConvGeometry g, Buffer grad, Buffer w, Buffer out) {
    convolution.inputGrad(g, Source.of(f(grad), g.output()), (HeapBuffer) w, to(out));
  }

  @Override
  public void conv2dWeightGrad(ConvGeometry g, Buffer x, Buffer grad, Buffer out) {
    convolution.weightGrad(g, f(x), Source.of(f(grad), g.output()), to(out));
  }

  @Override
  public void maxPool2d(PoolGeometry g, Buffer x, Buffer out, Buffer winners) {
    pooling.max(g, f(x), to(out), ((HeapBuffer) winners).bytes());
  }

  @Override
  public void maxPool2dGrad(PoolGeometry g, Buffer grad, Buffer winners, Buffer out) {
    pooling.maxGrad(g, f(grad), ((HeapBuffer) winners).bytes(), to(out));
  }

  @Override
  public void maxPool2dPick(PoolGeometry g, Buffer x, Buffer winners, Buffer out) {
    pooling.maxPick(g, f(x), ((HeapBuffer) winners).bytes(), to(out));
  }

  @Override
  public void avgPool2d(PoolGeometry g, Buffer x, Buffer out) {
    pooling.average(g, f(x), to(out));
  }

  @Override
  public void avgPool2dGrad(PoolGeometry g, Buffer grad, Buffer out) {
    pooling.averageGrad(g, f(grad), to(out));
  }

  @Override
  public void uniform(long key, long start, Buffer out) {
    float[] y = to(out);
    // The grain is a multiple of 4, so every range begins with a whole block.
    workers.ranges(
        out.size(),
        Elementwise.GRAIN,
        (from, to) -> {
          int[] block = new int[4];
          for (int i = from; i < to; i++) {
            if (i % 4 == 0) {
              Philox.block(key, (start + i) / 4, block);
            }
            y[i] = Philox.toUniform(block[i % 4]);
          }
        });
  }

  @Override
  public void synchronize() {
    // Every call is done when it returns.
  }
}
