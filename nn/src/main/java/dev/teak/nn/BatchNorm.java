package dev.teak.nn;

import dev.teak.engine.Autograd;
import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.Map;

/**
 * Batch normalisation over all axes but the last (Ioffe and Szegedy 2015), for {@code [N, C]} and
 * {@code [N, H, W, C]} alike. Training uses the batch's mean and biased variance and moves the
 * running ones towards them (variance unbiased, momentum 0.1, as PyTorch); eval uses the running
 * ones.
 */
public final class BatchNorm extends Module {
  private static final double EPS = 1e-5;
  private static final double MOMENTUM = 0.1;
  private static final String COUNTER = "num_batches_tracked";

  private final Tensor weight;
  private final Tensor bias;
  private final Tensor runningMean;
  private final Tensor runningVar;

  /** For {@code channels} channels: scale 1, shift 0. */
  public BatchNorm(int channels) {
    weight = parameter("weight", Tensor.ones(channels));
    bias = parameter("bias", Tensor.zeros(channels));
    runningMean = buffer("running_mean", Tensor.zeros(channels));
    runningVar = buffer("running_var", Tensor.ones(channels));
  }

  @Override
  protected Tensor compute(Tensor x) {
    return compute(x, null, false);
  }

  /** With what a residual network puts behind it, in one pass: a sum, if not null, and a relu. */
  Tensor forward(Tensor x, Tensor residual, boolean relu) {
    if (isPlain()) {
      return compute(x, residual, relu);
    }
    Tensor y = forward(x);
    Tensor sum = residual == null ? y : y.add(residual);
    return relu ? sum.relu() : sum;
  }

  private Tensor compute(Tensor x, Tensor residual, boolean relu) {
    if (!isTraining()) {
      return Functional.batchNorm(x, runningMean, runningVar, weight, bias, residual, EPS, relu);
    }
    int samples = x.shape().with(-1, 1).size();
    if (samples < 2) {
      throw new IllegalArgumentException(
          "batch norm in training: input "
              + x.shape()
              + " has "
              + samples
              + " value a channel; its variance needs 2 or more");
    }
    var batch = Functional.batchNorm(x, weight, bias, residual, EPS, relu);
    try (Autograd.Mode plain = Autograd.noGrad()) {
      move(runningMean, batch.mean());
      move(runningVar, batch.variance().mul((double) samples / (samples - 1)));
    }
    return batch.y();
  }

  /** Whether a name is that of PyTorch's counter of batches, of a batch norm with this state. */
  static boolean isCounter(String name, Map<String, Tensor> state) {
    return name.endsWith(COUNTER)
        && state.containsKey(name.substring(0, name.length() - COUNTER.length()) + "running_mean");
  }

  private static void move(Tensor running, Tensor towards) {
    Update.assign(running, running.mul(1 - MOMENTUM).add(towards.mul(MOMENTUM)));
  }
}
