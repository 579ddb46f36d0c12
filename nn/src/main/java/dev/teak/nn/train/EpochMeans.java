package dev.teak.nn.train;

import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Figures of hooks that are means over an epoch's steps. Their sums stay on the device, so that no
 * step waits for them, and belong to the hooks' state, so that a resumed epoch ends in the same
 * figures.
 */
public final class EpochMeans implements AutoCloseable {
  private final Map<String, Tensor> sums = new LinkedHashMap<>();
  private long steps; // of an epoch

  /** Of figures by name. */
  public EpochMeans(Iterable<String> names) {
    for (String name : names) {
      sums.put(name, Tensor.full(Devices.current(), Shape.SCALAR, 0).unscoped());
    }
  }

  /** Counts a step's figure, a scalar; once a step for each name. */
  public void count(Step step, String name, Tensor figure) {
    steps = step.total() / step.epochs();
    Tensor sum = sums.get(name);
    try (Scope scope = Scope.open()) {
      boolean first = step.number() % steps == 0;
      Update.assign(sum, first ? figure : sum.add(figure.detach()));
    }
  }

  /** The sums themselves, by the figures' names: for {@link TrainingHooks#state}. */
  public Map<String, Tensor> sums() {
    return sums;
  }

  /** The means, at an epoch's end: for {@link TrainingHooks#figures}. */
  public Map<String, Double> figures() {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((name, sum) -> means.put(name, sum.item() / steps));
    return means;
  }

  @Override
  public void close() {
    sums.values().forEach(Tensor::release);
  }
}
