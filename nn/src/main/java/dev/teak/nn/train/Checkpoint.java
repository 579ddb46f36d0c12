package dev.teak.nn.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.optim.Optimizer;
import dev.teak.nn.train.TrainingListener.EpochResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training in the middle, in one file: weights, optimizer state and counters, so that it goes on
 * to the same bits as one never stopped. Being one file, it is whole or not there.
 *
 * @param file where
 * @param settings what the run was called with; a resumed run must be called alike
 * @param everyBatches how often it is written, besides after every epoch
 */
public record Checkpoint(Path file, String settings, int everyBatches) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = "model.";
  private static final String OPTIMIZER = "optimizer.";

  /**
   * The counters of a run.
   *
   * @param epoch epochs done
   * @param batch batches of the next epoch that are done
   * @param lossSum sum of losses over its examples so far
   * @param right examples of it classified correctly so far
   * @param seconds time it has taken so far
   * @param optimizerSteps steps of the optimizer
   * @param history the epochs done
   */
  record State(
      int epoch,
      int batch,
      double lossSum,
      long right,
      double seconds,
      int optimizerSteps,
      List<EpochResult> history) {
    static final State START = new State(0, 0, 0, 0, 0, 0, List.of());
  }

  void write(Module model, Optimizer optimizer, State state) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    model.stateDict().forEach((name, t) -> tensors.put(MODEL + name, t));
    optimizer.state().forEach((name, t) -> tensors.put(OPTIMIZER + name, t));
    String json = JSON.writeValueAsString(state);
    SafeTensors.write(file, tensors, Map.of("settings", settings, "state", json));
  }

  /** Puts model and optimizer where the file left them; {@link State#START} where there is none. */
  State read(Module model, Optimizer optimizer) throws IOException {
    if (!Files.exists(file)) {
      return State.START;
    }
    SafeTensors.Content content = SafeTensors.read(file);
    String then = content.metadata().get("settings");
    if (then == null) {
      throw new CheckpointException(file + ": holds tensors, but is no training to be resumed");
    }
    if (!then.equals(settings)) {
      throw new CheckpointException(
          file
              + ": belongs to a training with other settings; it was ["
              + then
              + "], this is ["
              + settings
              + "]");
    }
    model.loadStateDict(part(content, MODEL));
    Map<String, Tensor> moments = part(content, OPTIMIZER);
    optimizer.state().forEach((name, t) -> Update.assign(t, require(moments, name)));
    State state = counters(content.metadata().get("state"));
    optimizer.setSteps(state.optimizerSteps);
    return state;
  }

  private Tensor require(Map<String, Tensor> moments, String name) {
    if (!moments.containsKey(name)) {
      throw new CheckpointException(file + ": the optimizer's '" + name + "' is missing");
    }
    return moments.get(name);
  }

  private State counters(String json) {
    try {
      return JSON.readValue(String.valueOf(json), State.class);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          file + ": its counters cannot be read: " + e.getOriginalMessage());
    }
  }

  private static Map<String, Tensor> part(SafeTensors.Content content, String prefix) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    content
        .tensors()
        .forEach(
            (name, t) -> {
              if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), t);
              }
            });
    return part;
  }
}
