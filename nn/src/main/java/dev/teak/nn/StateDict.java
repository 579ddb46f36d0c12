package dev.teak.nn;

import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.Map;
import java.util.StringJoiner;

/** Named tensors that are overwritten all together or not at all: weights, moments. */
public final class StateDict {
  private StateDict() {}

  /**
   * Overwrites each tensor of {@code to} with the one of its name, which may lie on another device.
   *
   * @param problem how a message begins
   * @throws IllegalArgumentException naming what is missing, unexpected or of another shape or type
   */
  public static void copy(String problem, Map<String, Tensor> from, Map<String, Tensor> to) {
    StringJoiner wrong = new StringJoiner("; ");
    to.forEach(
        (name, t) -> {
          Tensor given = from.get(name);
          if (given == null) {
            wrong.add("'" + name + "' " + t.shape() + " is missing");
          } else if (!given.shape().equals(t.shape())) {
            wrong.add("'" + name + "' is " + given.shape() + ", expected " + t.shape());
          } else if (given.dtype().isFloat() != t.dtype().isFloat()) {
            wrong.add("'" + name + "' holds " + given.dtype() + ", expected " + t.dtype());
          }
        });
    from.keySet().stream()
        .filter(name -> !to.containsKey(name))
        .forEach(name -> wrong.add("'" + name + "' is not expected"));
    if (wrong.length() > 0) {
      throw new IllegalArgumentException(problem + ": " + wrong);
    }
    try (Scope scope = Scope.open()) {
      to.forEach((name, t) -> Update.assign(t, from.get(name).to(t.device())));
    }
  }
}
