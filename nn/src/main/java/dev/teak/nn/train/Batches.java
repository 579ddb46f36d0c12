package dev.teak.nn.train;

import dev.teak.engine.Hooks;
import dev.teak.engine.Shape;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Module;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How an epoch is cut into batches, so that none of them is too small to learn from: a batch norm
 * takes a variance, which one value does not have.
 *
 * @param count of batches, all of the usual size but the last
 * @param examples they have together
 */
record Batches(int count, int examples) {
  /**
   * The batches of an epoch on these examples. A last one of a single image joins the one before
   * where the model, in the modes that it is trained in, has a batch norm that learns.
   *
   * @throws IllegalArgumentException if there is nothing to learn from
   */
  static Batches of(Examples train, int batch, boolean dropLast, Module model) {
    int whole = train.size() / batch;
    int rest = train.size() % batch;
    if (train.size() == 0 || (dropLast && whole == 0)) {
      throw new IllegalArgumentException(
          "training: "
              + train.size()
              + " images to learn from; there must be "
              + (dropLast ? batch + " or more, for a shorter batch is dropped" : "1 or more"));
    }
    Map<String, Module> norms = learningNorms(model);
    if (!norms.isEmpty() && (train.size() == 1 || batch == 1)) {
      tryOne(model, train.slice(0, 1), norms);
    }
    boolean joined = rest == 1 && whole > 0 && !norms.isEmpty();
    return new Batches(
        rest == 0 || dropLast || joined ? whole : whole + 1,
        dropLast ? train.size() - rest : train.size());
  }

  /** Where the batches from number {@code first} on lie in an epoch's order. */
  List<Loader.Range> from(int first, int batch) {
    return IntStream.range(first, count)
        .mapToObj(i -> new Loader.Range(i * batch, i + 1 < count ? (i + 1) * batch : examples))
        .toList();
  }

  /** The batch norms that take mean and variance from the batch. */
  private static Map<String, Module> learningNorms(Module model) {
    Map<String, Module> norms = new LinkedHashMap<>(model.namedModules());
    norms.values().removeIf(part -> !(part instanceof BatchNorm) || !part.isTraining());
    return norms;
  }

  /** Looks what batch norms are given of a single image, in eval mode: that changes nothing. */
  private static void tryOne(Module model, Examples one, Map<String, Module> norms) {
    List<Hooks.Handle> hooks = new ArrayList<>();
    norms.forEach(
        (name, norm) ->
            hooks.add(
                norm.registerForwardHook(
                    (part, x, y) -> {
                      requireVariance(name, x.shape());
                      return null;
                    })));
    try {
      Evaluate.predictions(model, one);
    } finally {
      hooks.forEach(Hooks.Handle::remove);
    }
  }

  private static void requireVariance(String norm, Shape input) {
    if (input.size() == input.dim(-1)) {
      throw new IllegalArgumentException(
          "training: of a batch of 1 image, the batch norm '"
              + norm
              + "' is given "
              + input
              + ", 1 value a channel; its variance needs 2 or more: train on batches of 2 images or"
              + " more, or with it in eval mode");
    }
  }
}
