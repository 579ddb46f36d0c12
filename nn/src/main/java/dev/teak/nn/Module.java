package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A function with parameters, as {@code torch.nn.Module}: it holds parameters (which train),
 * buffers (which do not, but belong to the state), random streams and submodules, each by name.
 * Starts in training mode.
 */
public abstract class Module {
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<String, RandomStream> streams = new LinkedHashMap<>();
  private final Map<String, Module> submodules = new LinkedHashMap<>();
  private boolean training = true;

  /** The function itself. */
  public abstract Tensor forward(Tensor x);

  /** Registers a tensor that trains; it lives as long as the module. Returns it. */
  protected final Tensor parameter(String name, Tensor value) {
    requireNew(name);
    parameters.put(name, value.detach().unscoped().requiresGrad(true));
    return parameters.get(name);
  }

  /** Registers a tensor that belongs to the state but does not train. Returns it. */
  protected final Tensor buffer(String name, Tensor value) {
    requireNew(name);
    buffers.put(name, value.detach().unscoped());
    return buffers.get(name);
  }

  /** Registers the source of a layer's random numbers, so that a checkpoint keeps its position. */
  protected final RandomStream stream(String name, RandomStream random) {
    requireNew(name);
    streams.put(name, random);
    return random;
  }

  /** Registers a part. Returns it. */
  protected final <M extends Module> M submodule(String name, M module) {
    requireNew(name);
    submodules.put(name, module);
    return module;
  }

  private void requireNew(String name) {
    boolean taken =
        parameters.containsKey(name)
            || buffers.containsKey(name)
            || streams.containsKey(name)
            || submodules.containsKey(name);
    if (taken || name.isEmpty() || name.contains(".")) {
      throw new IllegalArgumentException(
          "module: '"
              + name
              + "' "
              + (taken ? "is registered already" : "is no name")
              + "; names are unique, not empty and without dots");
    }
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

  /** The random streams by full name: a run that resumes sets their positions. */
  public final Map<String, RandomStream> namedStreams() {
    Map<String, RandomStream> all = new LinkedHashMap<>();
    collectStreams("", all);
    return all;
  }

  private void collectStreams(String prefix, Map<String, RandomStream> into) {
    streams.forEach((name, random) -> into.put(prefix + name, random));
    submodules.forEach((name, m) -> m.collectStreams(prefix + name + ".", into));
  }

  /**
   * Overwrites parameters and buffers: all of them, or none where anything does not fit. The values
   * may lie on another device.
   *
   * @throws IllegalArgumentException naming what is missing, unexpected or of another shape
   */
  public final void loadStateDict(Map<String, Tensor> state) {
    StateDict.copy("the weights do not fit the model", state, stateDict());
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

  /** Eval mode until the handle is closed: then every part is in the mode it was in before. */
  public final Evaluating evaluating() {
    return new Evaluating(this);
  }

  /** Restores on close the mode of each part by itself: one may have been frozen in eval mode. */
  public static final class Evaluating implements AutoCloseable {
    private final IdentityHashMap<Module, Boolean> before = new IdentityHashMap<>();

    private Evaluating(Module model) {
      remember(model);
      model.eval();
    }

    private void remember(Module module) {
      before.put(module, module.training);
      module.submodules.values().forEach(this::remember);
    }

    @Override
    public void close() {
      before.forEach((module, mode) -> module.training = mode);
    }
  }

  /** Lets all parameters train, or none: a part that is frozen keeps its values. */
  public final void requiresGrad(boolean wanted) {
    parameters().forEach(p -> p.requiresGrad(wanted));
  }

  /** Forgets all gradients. */
  public final void zeroGrad() {
    parameters().forEach(Tensor::zeroGrad);
  }

  /** Number of numbers that train. */
  public final long parameterCount() {
    return parameters().stream().mapToLong(p -> p.shape().size()).sum();
  }

  /** Gives the memory of parameters, buffers and gradients back; the module is then of no use. */
  public final void release() {
    zeroGrad();
    stateDict().values().forEach(Tensor::release);
  }
}
