package dev.teak.nn.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import dev.teak.nn.StateDict;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * A training in the middle, in one file: weights, buffers, state of optimizer and hooks, averages,
 * the best epoch's weights, positions of random streams and counters, so that it goes on to the
 * same bits as one never stopped. Being one file, it is whole or not there. Whoever keeps the final
 * weights deletes it afterwards, not before.
 *
 * @param file where
 * @param settings what the run was called with and the {@link Trainer} does not know, such as the
 *     data's name; a resumed run must be called alike
 * @param everyBatches how often it is written, besides after every epoch
 */
public record Checkpoint(Path file, String settings, int everyBatches) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = "model.";
  private static final String OPTIMIZER = "optimizer.";
  private static final String HOOKS = "hooks.";
  private static final String AVERAGE = "average.";
  private static final String BEST = "best.";

  /** Rejects a distance below 1. */
  public Checkpoint {
    if (everyBatches < 1) {
      throw new IllegalArgumentException(
          "checkpoint: every " + everyBatches + " batches: must be 1 or more");
    }
  }

  /**
   * Where a run is.
   *
   * @param epoch epochs done
   * @param batch batches of the next epoch that are done
   * @param tally of it so far
   * @param seconds time it has taken so far
   * @param history the epochs done
   */
  record State(int epoch, int batch, Tally tally, double seconds, List<EpochResult> history) {
    static final State START = after(List.of());

    State {
      history = List.copyOf(history);
    }

    /** Between two epochs. */
    static State after(List<EpochResult> history) {
      return new State(history.size(), 0, Tally.NONE, 0, history);
    }
  }

  /**
   * All that is kept beside the tensors.
   *
   * @param setup what a resumed run must have in common, by name
   * @param steps of the optimizer, by parameter
   * @param streams positions of the model's random streams
   */
  private record Counters(
      Map<String, String> setup,
      Map<String, Integer> steps,
      Map<String, Long> streams,
      State state) {}

  void write(Learned learned, Map<String, String> setup, State state) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    add(tensors, MODEL, learned.model().stateDict());
    add(tensors, OPTIMIZER, learned.optimizer().state());
    add(tensors, HOOKS, learned.hooks().state());
    add(tensors, AVERAGE, averages(learned));
    add(tensors, BEST, learned.best());
    Map<String, Long> streams = new LinkedHashMap<>();
    learned.model().namedStreams().forEach((name, random) -> streams.put(name, random.position()));
    Counters counters = new Counters(complete(setup), learned.optimizer().steps(), streams, state);
    SafeTensors.write(file, tensors, Map.of("training", JSON.writeValueAsString(counters)));
  }

  private static void add(Map<String, Tensor> all, String prefix, Map<String, Tensor> part) {
    part.forEach((name, t) -> all.put(prefix + name, t));
  }

  private static Map<String, Tensor> averages(Learned learned) {
    return learned.average() == null ? Map.of() : learned.average().state();
  }

  private Map<String, String> complete(Map<String, String> setup) {
    Map<String, String> all = new LinkedHashMap<>(setup);
    all.put("settings", settings);
    return all;
  }

  /** Puts all of them where the file left them; {@link State#START} where there is none. */
  State read(Learned learned, Map<String, String> setup) throws IOException {
    if (!Files.exists(file)) {
      return State.START;
    }
    SafeTensors.Content content = SafeTensors.read(file);
    try {
      Counters counters = counters(content.metadata().get("training"));
      requireSame(counters.setup, complete(setup));
      Map<String, RandomStream> streams = learned.model().namedStreams();
      if (!counters.streams.keySet().equals(streams.keySet())) {
        throw new IllegalArgumentException(
            "has the random streams "
                + counters.streams.keySet()
                + ", the model "
                + streams.keySet());
      }
      learned.model().loadStateDict(part(content, MODEL));
      learned.optimizer().load(part(content, OPTIMIZER), counters.steps);
      StateDict.copy(
          "the defense's state does not fit", part(content, HOOKS), learned.hooks().state());
      StateDict.copy("the averages do not fit", part(content, AVERAGE), averages(learned));
      learned.loadBest(part(content, BEST));
      streams.forEach((name, random) -> random.seek(counters.streams.get(name)));
      return counters.state;
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file + ": " + e.getMessage());
    } finally {
      content.release();
    }
  }

  private static Counters counters(String json) {
    if (json == null) {
      throw new IllegalArgumentException("holds tensors, but is no training to be resumed");
    }
    try {
      Counters c = JSON.readValue(json, new TypeReference<Counters>() {});
      if (c != null && c.setup != null && c.steps != null && c.streams != null && c.state != null) {
        return c;
      }
      throw new IllegalArgumentException("its counters are not complete");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "its counters cannot be read: " + e.getOriginalMessage().lines().findFirst().get(), e);
    }
  }

  private static void requireSame(Map<String, String> then, Map<String, String> now) {
    StringJoiner different = new StringJoiner("; ");
    TreeSet<String> names = new TreeSet<>(then.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      String before = String.valueOf(then.get(name));
      String after = String.valueOf(now.get(name));
      if (!before.equals(after)) {
        different.add(name + " was [" + before + "], is [" + after + "]");
      }
    }
    if (different.length() > 0) {
      throw new IllegalArgumentException("belongs to a training with other settings: " + different);
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
