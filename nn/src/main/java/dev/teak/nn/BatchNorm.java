package dev.teak.nn;

import dev.teak.engine.Autograd;
import dev.teak.engine.Functional;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Batch normalization over all axes but the last (Ioffe and Szegedy 2015), for {@code [N, C]} and
 * {@code [N, H, W, C]} alike. Training uses the batch's mean and biased variance and moves the
 * running ones towards them (variance unbiased, as PyTorch); eval uses the running ones.
 */
public final class BatchNorm extends Module {
  static final String COUNTER = "num_batches_tracked";

  private final Spec spec;
  private final Tensor weight;
  private final Tensor bias;
  private final Tensor runningMean;
  private final Tensor runningVar;
  private final Tensor counter;
  private int recalibrating; // number of the next batch, from 1; 0 where it is not

  /**
   * How a batch norm is to be; {@link #init} makes it.
   *
   * @param channels C
   * @param eps added to the variance; above 0, or 0
   * @param momentum the part of running statistics that a batch replaces, in [0, 1]; null for the
   *     mean over all batches, which counts them in {@code num_batches_tracked}
   * @param affine whether it has a weight and a bias {@code [C]}
   * @param trackRunningStats whether it keeps running statistics; without them, eval uses the
   *     batch's own
   */
  public record Spec(
      int channels, double eps, Double momentum, boolean affine, boolean trackRunningStats) {
    /** Rejects an eps below 0 and a momentum outside [0, 1]. */
    public Spec {
      Require.eps("batch norm", eps);
      if (momentum != null && !(momentum >= 0 && momentum <= 1)) {
        throw new IllegalArgumentException(
            "batch norm: momentum " + momentum + " must be in [0, 1], or null");
      }
    }

    /** With another eps. */
    public Spec eps(double value) {
      return new Spec(channels, value, momentum, affine, trackRunningStats);
    }

    /** With another momentum, or null for the mean over all batches. */
    public Spec momentum(Double part) {
      return new Spec(channels, eps, part, affine, trackRunningStats);
    }

    /** With a weight and a bias, or without. */
    public Spec affine(boolean wanted) {
      return new Spec(channels, eps, momentum, wanted, trackRunningStats);
    }

    /** With running statistics, or without. */
    public Spec trackRunningStats(boolean wanted) {
      return new Spec(channels, eps, momentum, affine, wanted);
    }

    /** The layer, with a weight of 1, a bias of 0, a running mean of 0 and variance of 1. */
    public BatchNorm init() {
      return new BatchNorm(this);
    }
  }

  /** PyTorch's defaults: eps 1e-5, momentum 0.1, weight, bias and running statistics. */
  public static Spec of(int channels) {
    return new Spec(channels, 1e-5, 0.1, true, true);
  }

  /** {@link #of} as it is. */
  public BatchNorm(int channels) {
    this(of(channels));
  }

  private BatchNorm(Spec spec) {
    this.spec = spec;
    int c = spec.channels;
    boolean tracks = spec.trackRunningStats;
    weight = spec.affine ? parameter("weight", Tensor.ones(c)) : null;
    bias = spec.affine ? parameter("bias", Tensor.zeros(c)) : null;
    runningMean = tracks ? buffer("running_mean", Tensor.zeros(c)) : null;
    runningVar = tracks ? buffer("running_var", Tensor.ones(c)) : null;
    counter = tracks && spec.momentum == null ? buffer(COUNTER, Tensor.scalar(0)) : null;
  }

  @Override
  protected String describe() {
    return "BatchNorm(" + spec.channels + ")";
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
    if (!isTraining() && runningMean != null) {
      return Functional.batchNorm(
          x, runningMean, runningVar, weight, bias, residual, spec.eps, relu);
    }
    int samples = x.shape().with(-1, 1).size();
    if (isTraining() && samples < 2) {
      throw new IllegalArgumentException(
          "batch norm in training: input "
              + x.shape()
              + " has "
              + samples
              + " value a channel; its variance needs 2 or more");
    }
    var batch = Functional.batchNorm(x, weight, bias, residual, spec.eps, relu);
    if (runningMean != null) {
      try (Autograd.Mode plain = Autograd.noGrad()) {
        double part = nextPart();
        move(runningMean, batch.mean(), part);
        move(runningVar, batch.variance().mul((double) samples / (samples - 1)), part);
      }
    }
    return batch.y();
  }

  /** The part of the running statistics that this batch replaces. */
  private double nextPart() {
    if (recalibrating > 0) {
      return 1.0 / recalibrating++;
    }
    if (counter == null) {
      return spec.momentum;
    }
    Update.assign(counter, counter.add(1));
    return 1 / counter.item();
  }

  private static void move(Tensor running, Tensor towards, double part) {
    Update.assign(running, running.mul(1 - part).add(towards.mul(part)));
  }

  /**
   * Takes the running statistics of a model's batch norms anew, as means over these batches:
   * weights that were averaged or disturbed after training want it (Izmailov et al., UAI 2018,
   * section 3.2). The model runs in training mode, without gradients; afterwards every part is in
   * its own mode again.
   *
   * @param batches what the model's {@link #forward} takes, of the batch norms' usual size
   * @throws IllegalArgumentException where there is no batch
   */
  public static void recalibrate(Module model, Iterable<Tensor> batches) {
    if (!batches.iterator().hasNext()) {
      throw new IllegalArgumentException("batch norm: recalibration needs one batch or more");
    }
    List<BatchNorm> norms =
        model.namedModules().values().stream()
            .filter(m -> m instanceof BatchNorm norm && norm.runningMean != null)
            .map(m -> (BatchNorm) m)
            .toList();
    try (Module.Evaluating modes = model.evaluating();
        Autograd.Mode plain = Autograd.noGrad()) {
      model.train();
      norms.forEach(BatchNorm::begin);
      for (Tensor batch : batches) {
        try (Scope scope = Scope.open()) {
          model.forward(batch);
        }
      }
    } finally {
      norms.forEach(norm -> norm.recalibrating = 0);
    }
  }

  /** As new: what was there may be NaN, which no mean would forget. */
  private void begin() {
    try (Scope scope = Scope.open()) {
      Update.assign(runningMean, Tensor.full(runningMean.device(), runningMean.shape(), 0));
      Update.assign(runningVar, Tensor.full(runningVar.device(), runningVar.shape(), 1));
    }
    recalibrating = 1;
  }

  /** Whether a name is that of PyTorch's counter of batches, of a batch norm with this state. */
  static boolean isCounter(String name, Map<String, Tensor> state) {
    return name.endsWith(COUNTER)
        && state.containsKey(name.substring(0, name.length() - COUNTER.length()) + "running_mean");
  }

  /** A counter as this layer keeps it, in floats; files have whole numbers. */
  static Tensor asCounter(Tensor given) {
    return given.dtype().isFloat()
        ? given
        : Tensor.of(Arrays.stream(given.toInts()).asDoubleStream().toArray(), given.shape().dims());
  }
}
