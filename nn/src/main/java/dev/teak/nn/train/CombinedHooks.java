package dev.teak.nn.train;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Several {@link TrainingHooks} as one; names of the second's tensors begin with {@code 1.}. */
record CombinedHooks(List<TrainingHooks> parts) implements TrainingHooks {
  @Override
  public void fit(Examples train, int batch) {
    parts.forEach(part -> part.fit(train, batch));
  }

  /** Each replays what the others do. */
  @Override
  public int replays() {
    return parts.stream().mapToInt(TrainingHooks::replays).reduce(1, Math::multiplyExact);
  }

  @Override
  public Batch batch(Module model, Batch batch, Step step) {
    Batch b = batch;
    for (TrainingHooks part : parts) {
      b = part.batch(model, b, step);
    }
    return b;
  }

  @Override
  public Objective objective(Objective inner) {
    Objective whole = inner;
    for (int i = parts.size() - 1; i >= 0; i--) {
      whole = parts.get(i).objective(whole);
    }
    return whole;
  }

  /** The first is the outermost, as of objectives. */
  @Override
  public Objective.Result backward(Module model, Supplier<Objective.Result> pass, Step step) {
    Supplier<Objective.Result> whole = pass;
    for (int i = parts.size() - 1; i >= 0; i--) {
      TrainingHooks part = parts.get(i);
      Supplier<Objective.Result> inner = whole;
      whole = () -> part.backward(model, inner, step);
    }
    return whole.get();
  }

  @Override
  public void gradients(Module model, Step step) {
    parts.forEach(part -> part.gradients(model, step));
  }

  @Override
  public void stepped(Module model, Step step) {
    parts.forEach(part -> part.stepped(model, step));
  }

  @Override
  public Map<String, Tensor> parameters() {
    return numbered(TrainingHooks::parameters);
  }

  @Override
  public Map<String, Tensor> state() {
    return numbered(TrainingHooks::state);
  }

  private Map<String, Tensor> numbered(Function<TrainingHooks, Map<String, Tensor>> of) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      String prefix = i + ".";
      of.apply(parts.get(i)).forEach((name, t) -> all.put(prefix + name, t));
    }
    return all;
  }

  /** Of two figures of one name the first counts. */
  @Override
  public Map<String, Double> figures() {
    Map<String, Double> all = new LinkedHashMap<>();
    parts.forEach(part -> part.figures().forEach(all::putIfAbsent));
    return all;
  }

  @Override
  public void close() {
    parts.forEach(TrainingHooks::close);
  }
}
