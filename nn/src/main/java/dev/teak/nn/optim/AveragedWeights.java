package dev.teak.nn.optim;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import dev.teak.nn.StateDict;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model's weights averaged over a training, as PyTorch's {@code swa_utils.AveragedModel}: the
 * equal mean of stochastic weight averaging (Izmailov et al., UAI 2018), or an exponential one
 * (Polyak and Juditsky 1992). The first {@link #update} copies. Buffers, such as running
 * statistics, are those of the last update.
 *
 * <pre>{@code
 * AveragedWeights average = AveragedWeights.ema(model, 0.999);
 * ... optimizer.step(); average.update();
 * try (AveragedWeights.Applied averaged = average.apply()) {
 *   Evaluate.accuracy(model, validation);
 * }
 * }</pre>
 */
public final class AveragedWeights {
  private static final String COUNT = "n_averaged";

  private final Map<String, Tensor> own; // the model's, each once
  private final Map<String, Tensor> averages = new LinkedHashMap<>();
  private final Map<String, Tensor> parameters;
  private final Tensor count;
  private final double decay; // NaN for an equal mean

  private AveragedWeights(Module model, double decay) {
    this.own = StateDict.distinct(model.stateDict());
    own.values().removeIf(t -> !t.dtype().isFloat()); // counters
    this.parameters = model.namedParameters();
    this.decay = decay;
    own.forEach((name, t) -> averages.put(name, StateDict.copyOf(t)));
    this.count = Tensor.zeros().unscoped();
  }

  /** An exponential average: decay times the past, and 1 - decay of the weights. */
  public static AveragedWeights ema(Module model, double decay) {
    if (!(decay >= 0 && decay <= 1)) {
      throw new IllegalArgumentException("ema: decay " + decay + ": must be in [0, 1]");
    }
    return new AveragedWeights(model, decay);
  }

  /** The equal mean of the weights at all updates. */
  public static AveragedWeights swa(Module model) {
    return new AveragedWeights(model, Double.NaN);
  }

  /** Counts the model's weights as they are now into the average. */
  public void update() {
    double n = count.item();
    double share = Double.isNaN(decay) ? 1 / (n + 1) : 1 - decay;
    try (Scope scope = Scope.open();
        Autograd.Mode plain = Autograd.noGrad()) {
      averages.forEach(
          (name, average) -> {
            Tensor now = own.get(name);
            boolean first = n == 0 || !parameters.containsKey(name);
            Update.assign(average, first ? now : average.add(now.detach().sub(average).mul(share)));
          });
      Update.assign(count, (float) (n + 1));
    }
  }

  /** How many updates there were. */
  public long count() {
    return (long) count.item();
  }

  /**
   * The averages and their count by name, the tensors themselves: for checkpoints. {@link
   * StateDict#copy} puts them back.
   */
  public Map<String, Tensor> state() {
    Map<String, Tensor> all = new LinkedHashMap<>(averages);
    all.put(COUNT, count);
    return all;
  }

  /** Gives the model the averages for good. */
  public void assign() {
    own.forEach((name, t) -> Update.assign(t, averages.get(name)));
  }

  /** Gives the model the averages until the handle is closed: then it has its own weights again. */
  public Applied apply() {
    return new Applied(this);
  }

  /** Gives back on close what the weights were, bit for bit. */
  public static final class Applied implements AutoCloseable {
    private final Map<String, Tensor> own;
    private final Map<String, Tensor> before = new LinkedHashMap<>();

    private Applied(AveragedWeights average) {
      own = average.own;
      own.forEach((name, t) -> before.put(name, StateDict.copyOf(t)));
      average.assign();
    }

    @Override
    public void close() {
      own.forEach((name, t) -> Update.assign(t, before.get(name)));
      before.values().forEach(Tensor::release);
    }
  }
}
