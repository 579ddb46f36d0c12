package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.NormGeometry;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.backend.SparseMatrix;
import java.util.Arrays;

/** The fused half of {@link OpenClBackend}. */
abstract class FusedOpenClBackend implements Backend {
  final OpenClDevice device;
  final Operands operands;
  final Elementwise elementwise;
  final Indexing indexing;
  final Reductions reductions;
  final MatrixProducts products;
  final Convolutions convolutions;
  final Pooling pooling;
  private final Losses losses;
  private final Optimizers optimizers;
  private final Normalization normalization;
  private final GroupNormalization groupNorm;
  private final SparseProducts sparse;

  FusedOpenClBackend(OpenClDevice device, Tuning tuning) {
    this.device = device;
    operands = new Operands(device);
    elementwise = new Elementwise(device, operands);
    indexing = new Indexing(device, operands);
    reductions = new Reductions(device, operands);
    Products inner =
        device.traits().processor()
            ? new ProcessorProducts(device, tuning)
            : new GpuProducts(device, tuning.gpu());
    products = new MatrixProducts(operands, inner, elementwise);
    pooling = new Pooling(device, operands);
    convolutions = new Convolutions(device, operands, inner, elementwise, pooling);
    losses = new Losses(device, operands);
    optimizers = new Optimizers(device, operands);
    normalization = new Normalization(device, operands);
    groupNorm = new GroupNormalization(device, operands, reductions);
    sparse = new SparseProducts(device, operands);
  }

  @Override
  public void clip(Buffer x, double low, double high, Buffer out) {
    optimizers.clip(x, low, high, out);
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
    optimizers.linf(x, grad, clean, step, radius, low, high, out);
  }

  @Override
  public void softmax(Buffer x, int rows, int columns, Buffer out) {
    losses.softmax("softmax", x, rows, columns, false, out);
  }

  @Override
  public void logSoftmax(Buffer x, int rows, int columns, Buffer out) {
    losses.softmax("logSoftmax", x, rows, columns, true, out);
  }

  @Override
  public void crossEntropy(
      Buffer logits, Buffer labels, int rows, int classes, Buffer probabilities, Buffer loss) {
    losses.crossEntropy(logits, labels, rows, classes, probabilities, loss);
  }

  @Override
  public void crossEntropyGrad(
      Buffer probabilities, Buffer labels, Buffer grad, int rows, int classes, Buffer out) {
    losses.crossEntropyGrad(probabilities, labels, grad, rows, classes, out);
  }

  @Override
  public void conv2dRelu(ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer out) {
    convolutions.forward(g, x, w, bias, true, out);
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
    convolutions.forwardPooled(g, pool, x, w, bias, out, winners);
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
    OpenClBuffer pixels = convolutions.opened(g, pool, grad, y, winners);
    convolutions.inputGrad(g, pixels, w, out);
    pixels.release();
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
    OpenClBuffer pixels = convolutions.opened(g, pool, grad, y, winners);
    convolutions.weightGrad(g, x, pixels, out);
    pixels.release();
  }

  @Override
  public void sgdStep(Sgd s, Buffer p, Buffer g, Buffer velocity) {
    optimizers.sgd(s, p, g, velocity);
  }

  @Override
  public void adamStep(Adam s, Buffer p, Buffer g, Buffer m, Buffer v, Buffer largest) {
    optimizers.adam(s, p, g, m, v, largest);
  }

  @Override
  public void rmsPropStep(
      RmsProp s, Buffer p, Buffer g, Buffer square, Buffer mean, Buffer velocity) {
    optimizers.rmsProp(s, p, g, square, mean, velocity);
  }

  @Override
  public void channelStats(Buffer x, int rows, int channels, Buffer mean, Buffer variance) {
    normalization.stats(x, rows, channels, mean, variance);
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
    normalization.normalize(x, rows, channels, mean, scale, shift, residual, relu, out);
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
    normalization.sums(grad, y, x, rows, channels, mean, sum, sumOfProducts);
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
        grad, y, x, rows, channels, mean, ofGrad, ofInput, constant, out, residualGrad);
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
    if (GroupNormalization.takes(g)) {
      groupNorm.forward(g, x, weight, bias, eps, out, mean, rstd);
    } else {
      Backend.super.groupNorm(g, x, weight, bias, eps, out, mean, rstd);
    }
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
    if (GroupNormalization.takes(g)) {
      groupNorm.grad(g, grad, x, mean, rstd, weight, out, weightGrad, biasGrad);
    } else {
      Backend.super.groupNormGrad(g, grad, x, mean, rstd, weight, out, weightGrad, biasGrad);
    }
  }

  @Override
  public void resample(SparseMatrix m, Buffer x, int outer, int inner, Buffer out) {
    int[] entries = Arrays.copyOf(m.starts(), m.rows() + 1 + m.size());
    System.arraycopy(m.places(), 0, entries, m.rows() + 1, m.size());
    Buffer table = allocate(DType.INT32, entries.length);
    Buffer weights = allocate(floatType(), m.size());
    write(table, entries);
    write(weights, m.weights());
    sparse.run(m, table, weights, x, outer, inner, out);
    release(weights);
    release(table);
  }
}
