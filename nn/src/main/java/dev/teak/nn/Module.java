package dev.teak.nn;

import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A function with parameters, as {@code torch.nn.Module}: it holds parameters (which train),
 * buffers (which do not, but belong to the state) and submodules, each by name. Starts in training
 * mode.
 */
public abstract class Module {
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<String, Module> submodules = new LinkedHashMap<>();
  private boolean training = true;

  /** The function itself. */
  public abstract Tensor forward(Tensor x);

  /** Registers a tensor that trains; it lives as long as the module. Returns it. */
  protected final Tensor parameter(String name, Tensor value) {
    parameters.put(name, value.detach().unscoped().requiresGrad(true));
    return parameters.get(name);
  }

  /** Registers a tensor that belongs to the state but does not train. Returns it. */
  protected final Tensor buffer(String name, Tensor value) {
    buffers.put(name, value.detach().unscoped());
    return buffers.get(name);
  }

  /** Registers a part. Returns it. */
  protected final <M extends Module> M submodule(String name, M module) {
    submodules.put(name, module);
    return module;
  }

  /** The parameters by full name ({@code 0.weight}), in the order of registration. */
  public final Map<String, Tensor> namedParameters() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    collect("", all, false);
    return all;
  }

  /** The parameters, in the order of registration. */
  public final List<Tensor> parameters() {
    return new ArrayList<>(namedParameters().values());
  }

  /** Parameters and buffers by full name: the tensors themselves, not copies. */
  public final Map<String, Tensor> stateDict() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    collect("", all, true);
    return all;
  }

  private void collect(String prefix, Map<String, Tensor> into, boolean withBuffers) {
    parameters.forEach((name, t) -> into.put(prefix + name, t));
    if (withBuffers) {
      buffers.forEach((name, t) -> into.put(prefix + name, t));
    }
    submodules.forEach((name, m) -> m.collect(prefix + name + ".", into, withBuffers));
  }

  /**
   * Overwrites parameters and buffers: all of them, or none where anything does not fit.
   *
   * @throws IllegalArgumentException naming what is missing, unexpected or of another shape
   */
  public final void loadStateDict(Map<String, Tensor> state) {
    Map<String, Tensor> own = stateDict();
    StringJoiner wrong = new StringJoiner("; ");
    own.forEach(
        (name, t) -> {
          Tensor given = state.get(name);
          if (given == null) {
            wrong.add("'" + name + "' " + t.shape() + " is missing");
          } else if (!given.shape().equals(t.shape())) {
            wrong.add("'" + name + "' is " + given.shape() + ", the model has " + t.shape());
          }
        });
    state.keySet().stream()
        .filter(name -> !own.containsKey(name))
        .forEach(name -> wrong.add("'" + name + "' is not in the model"));
    if (wrong.length() > 0) {
      throw new IllegalArgumentException("the weights do not fit the model: " + wrong);
    }
    own.forEach((name, t) -> Update.assign(t, state.get(name)));
  }

  /** Training mode on: dropout drops, batch norm uses the batch. */
  public final void train() {
    train(true);
  }

  /** Training mode off. */
  public final void eval() {
    train(false);
  }

  /** Sets the mode of this module and all its parts. */
  public final void train(boolean on) {
    training = on;
    submodules.values().forEach(m -> m.train(on));
  }

  /** Whether it is in training mode. */
  public final boolean isTraining() {
    return training;
  }

  /** Forgets all gradients. */
  public final void zeroGrad() {
    parameters().forEach(Tensor::zeroGrad);
  }

  /** Number of numbers that train. */
  public final long parameterCount() {
    return parameters().stream().mapToLong(p -> p.shape().size()).sum();
  }
}
