package dev.teak.engine.jvm;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.HeapBuffer;
import dev.teak.engine.backend.NormGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.backend.SparseMatrix;
import dev.teak.engine.backend.UnaryFunction;
import java.util.List;

/** The fused half of {@link JavaBackend}. */
abstract class FusedJavaBackend implements Backend {
  final Loops loops;
  final Workers workers = Workers.all();
  final Scratch scratch;
  final Reductions reductions;
  final Convolution convolution;
  final Pooling pooling;
  private final Normalization normalization;
  private final GroupNormalization groupNorm;
  private final SparseProduct sparse;

  FusedJavaBackend(
      Loops loops,
      TapLoops taps,
      Tile tile,
      List<WinogradTransforms> transforms,
      NormLoops norm,
      Scratch scratch) {
    this.loops = loops;
    this.scratch = scratch;
    this.reductions = new Reductions(loops, workers, scratch);
    this.convolution = new Convolution(loops, taps, tile, transforms, workers, scratch);
    this.pooling = new Pooling(loops, workers, scratch);
    this.normalization = new Normalization(norm, loops, workers);
    this.groupNorm = new GroupNormalization(norm, loops, normalization, workers);
    this.sparse = new SparseProduct(loops, workers);
  }

  private Source opened(ConvGeometry g, PoolGeometry pool, Buffer grad, Buffer y, Buffer winners) {
    return pool == null
        ? pooling.reluGrad(f(grad), f(y), g.output())
        : pooling.reluMaxGrad(pool, f(grad), f(y), ((HeapBuffer) winners).bytes());
  }

  static float[] floatsOrNull(Buffer b) {
    return b == null ? null : f(b);
  }

  /** What a call reads. */
  static float[] f(Buffer b) {
    return ((HeapBuffer) b).floats();
  }

  /** What a call writes. */
  static float[] to(Buffer b) {
    return ((HeapBuffer) b).written().floats();
  }

  @Override
  public void clip(Buffer x, double low, double high, Buffer out) {
    float[] y = to(out);
    workers.ranges(
        out.size(),
        Elementwise.GRAIN,
        (i, to) -> loops.clip(f(x), (float) low, (float) high, y, i, to - i));
  }

  @Override
  public void linfStep(
      Buffer x,
      Buffer grad,
      Buffer clean,
      double step,
      double radius,
      double low,
      double high,
      Buffer out) {
    float[] y = to(out);
    workers.ranges(
        out.size(),
        Elementwise.GRAIN,
        (i, to) ->
            loops.linfStep(
                f(x),
                f(grad),
                f(clean),
                (float) step,
                (float) radius,
                (float) low,
                (float) high,
                y,
                i,
                to - i));
  }

  @Override
  public void softmax(Buffer x, int rows, int columns, Buffer out) {
    reductions.softmax(f(x), rows, columns, to(out), false);
  }

  @Override
  public void logSoftmax(Buffer x, int rows, int columns, Buffer out) {
    reductions.softmax(f(x), rows, columns, to(out), true);
  }

  @Override
  public void crossEntropy(
      Buffer logits, Buffer labels, int rows, int classes, Buffer probabilities, Buffer loss) {
    int[] of = ((HeapBuffer) labels).ints();
    reductions.crossEntropy(f(logits), of, rows, classes, to(probabilities), to(loss));
  }

  @Override
  public void crossEntropyGrad(
      Buffer probabilities, Buffer labels, Buffer grad, int rows, int classes, Buffer out) {
    int[] of = ((HeapBuffer) labels).ints();
    reductions.crossEntropyGrad(f(probabilities), of, f(grad), rows, classes, to(out));
  }

  @Override
  public void conv2dRelu(ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer out) {
    conv2dActivation(UnaryFunction.RELU, g, x, w, bias, null, out);
  }

  @Override
  public void conv2dActivation(
      UnaryFunction f, ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer before, Buffer out) {
    float[] y = to(out);
    float[] z = before == null ? y : to(before);
    Sink sink = Sink.activated(f, z, y, g.output(), loops);
    convolution.forward(g, f(x), (HeapBuffer) w, floatsOrNull(bias), sink);
  }

  @Override
  public void conv2dReluMaxPool2d(
      ConvGeometry g,
      PoolGeometry pool,
      Buffer x,
      Buffer w,
      Buffer bias,
      Buffer out,
      Buffer winners) {
    if (!pool.isTiled()) {
      Backend.super.conv2dReluMaxPool2d(g, pool, x, w, bias, out, winners);
      return;
    }
    Sink sink = pooling.reluMax(pool, to(out), ((HeapBuffer) winners).bytes());
    convolution.forward(g, f(x), (HeapBuffer) w, floatsOrNull(bias), sink);
  }

  @Override
  public void conv2dReluInputGrad(
      ConvGeometry g,
      PoolGeometry pool,
      Buffer grad,
      Buffer y,
      Buffer winners,
      Buffer w,
      Buffer out) {
    if (pool != null && !pool.isTiled()) {
      Backend.super.conv2dReluInputGrad(g, pool, grad, y, winners, w, out);
      return;
    }
    convolution.inputGrad(g, opened(g, pool, grad, y, winners), (HeapBuffer) w, to(out));
  }

  @Override
  public void conv2dReluWeightGrad(
      ConvGeometry g,
      PoolGeometry pool,
      Buffer x,
      Buffer grad,
      Buffer y,
      Buffer winners,
      Buffer out) {
    if (pool != null && !pool.isTiled()) {
      Backend.super.conv2dReluWeightGrad(g, pool, x, grad, y, winners, out);
      return;
    }
    convolution.weightGrad(g, f(x), opened(g, pool, grad, y, winners), to(out));
  }

  @Override
  public void sgdStep(Sgd s, Buffer p, Buffer g, Buffer velocity) {
    float[] weights = to(p);
    float[] v = velocity == null ? null : to(velocity);
    workers.ranges(
        p.size(), Elementwise.GRAIN, (from, to) -> Optimizers.sgd(s, weights, f(g), v, from, to));
  }

  @Override
  public void adamStep(Adam s, Buffer p, Buffer g, Buffer m, Buffer v, Buffer largest) {
    float[] weights = to(p);
    float[] mean = to(m);
    float[] square = to(v);
    float[] most = largest == null ? null : to(largest);
    workers.ranges(
        p.size(),
        Elementwise.GRAIN,
        (from, to) -> Optimizers.adam(s, weights, f(g), mean, square, most, from, to));
  }

  @Override
  public void rmsPropStep(
      RmsProp s, Buffer p, Buffer g, Buffer square, Buffer mean, Buffer velocity) {
    float[] weights = to(p);
    float[] squares = to(square);
    float[] means = mean == null ? null : to(mean);
    float[] v = velocity == null ? null : to(velocity);
    workers.ranges(
        p.size(),
        Elementwise.GRAIN,
        (from, to) -> Optimizers.rmsProp(s, weights, f(g), squares, means, v, from, to));
  }

  @Override
  public void channelStats(Buffer x, int rows, int channels, Buffer mean, Buffer variance) {
    normalization.stats(f(x), rows, channels, to(mean), to(variance));
  }

  @Override
  public void normalize(
      Buffer x,
      int rows,
      int channels,
      Buffer mean,
      Buffer scale,
      Buffer shift,
      Buffer residual,
      boolean relu,
      Buffer out) {
    float[] added = floatsOrNull(residual);
    normalization.normalize(
        f(x), rows, channels, f(mean), f(scale), f(shift), added, relu, to(out));
  }

  @Override
  public void normalizeSums(
      Buffer grad,
      Buffer y,
      Buffer x,
      int rows,
      int channels,
      Buffer mean,
      Buffer sum,
      Buffer sumOfProducts) {
    normalization.sums(
        f(grad), floatsOrNull(y), f(x), rows, channels, f(mean), to(sum), to(sumOfProducts));
  }

  @Override
  public void normalizeGrad(
      Buffer grad,
      Buffer y,
      Buffer x,
      int rows,
      int channels,
      Buffer mean,
      Buffer ofGrad,
      Buffer ofInput,
      Buffer constant,
      Buffer out,
      Buffer residualGrad) {
    normalization.grad(
        f(grad),
        floatsOrNull(y),
        f(x),
        rows,
        channels,
        f(mean),
        f(ofGrad),
        f(ofInput),
        f(constant),
        to(out),
        residualGrad == null ? null : to(residualGrad));
  }

  @Override
  public void groupNorm(
      NormGeometry g,
      Buffer x,
      Buffer weight,
      Buffer bias,
      double eps,
      Buffer out,
      Buffer mean,
      Buffer rstd) {
    groupNorm.forward(g, f(x), f(weight), f(bias), eps, to(out), to(mean), to(rstd));
  }

  @Override
  public void groupNormGrad(
      NormGeometry g,
      Buffer grad,
      Buffer x,
      Buffer mean,
      Buffer rstd,
      Buffer weight,
      Buffer out,
      Buffer weightGrad,
      Buffer biasGrad) {
    groupNorm.grad(
        g, f(grad), f(x), f(mean), f(rstd), f(weight), to(out), to(weightGrad), to(biasGrad));
  }

  @Override
  public void resample(SparseMatrix m, Buffer x, int outer, int inner, Buffer out) {
    sparse.run(m, f(x), outer, inner, to(out));
  }
}
