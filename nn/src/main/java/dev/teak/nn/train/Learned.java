package dev.teak.nn.train;

import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import dev.teak.nn.StateDict;
import dev.teak.nn.optim.AveragedWeights;
import dev.teak.nn.optim.Optimizer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that a training moves: what a checkpoint holds, and what is kept of the best epoch.
 *
 * @param average of the weights; null for none
 * @param best weights, buffers and the hooks' parameters of the best epoch so far: copies; empty
 *     before there is one
 */
record Learned(
    Module model,
    Optimizer optimizer,
    TrainingHooks hooks,
    AveragedWeights average,
    Map<String, Tensor> best) {

  /** Of a training that begins. */
  Learned(Module model, Optimizer optimizer, TrainingHooks hooks, AveragedWeights average) {
    this(model, optimizer, hooks, average, new LinkedHashMap<>());
  }

  /** The hooks' parameters, as the optimizer names them. */
  static Map<String, Tensor> own(TrainingHooks hooks) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    hooks.parameters().forEach((name, t) -> named.put("defense." + name, t));
    return named;
  }

  /** What an epoch leaves, the tensors themselves by name. */
  private Map<String, Tensor> now() {
    Map<String, Tensor> all = new LinkedHashMap<>(model.stateDict());
    all.putAll(own(hooks));
    return all;
  }

  /** Keeps what there is now as the best. */
  void keep() {
    now()
        .forEach(
            (name, t) -> {
              if (best.containsKey(name)) {
                Update.assign(best.get(name), t);
              } else {
                best.put(name, StateDict.copyOf(t));
              }
            });
  }

  /** Goes on from a best that was kept elsewhere; there may be none. */
  void loadBest(Map<String, Tensor> kept) {
    if (!kept.isEmpty()) {
      keep(); // tensors of the right shapes, each of its own
      StateDict.copy("the best weights do not fit the model", kept, best);
    }
  }

  /** Leaves in the model what a training ends with. */
  void finish() {
    if (!best.isEmpty()) {
      StateDict.copy("the best weights do not fit the model", best, now());
      best.values().forEach(Tensor::release);
      best.clear();
    } else if (average != null) {
      average.assign();
    }
  }
}
