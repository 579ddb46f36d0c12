package dev.teak.nn;

import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.io.CheckpointException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Named tensors that are overwritten all together or not at all: weights, moments. */
public final class StateDict {
  /** How many misfits a message names. */
  private static final int LISTED = 20;

  private StateDict() {}

  /** Each tensor once, by the first of its names, in the order of those. */
  public static Map<String, Tensor> distinct(Map<String, Tensor> named) {
    Map<Tensor, String> seen = new IdentityHashMap<>();
    Map<String, Tensor> all = new LinkedHashMap<>();
    named.forEach(
        (name, t) -> {
          if (seen.putIfAbsent(t, name) == null) {
            all.put(name, t);
          }
        });
    return all;
  }

  /** A copy in memory of its own, bit for bit and outside any scope. */
  public static Tensor copyOf(Tensor t) {
    Tensor copy = Tensor.allocate(t.device(), t.dtype(), t.shape()).unscoped();
    Update.assign(copy, t);
    return copy;
  }

  /**
   * Overwrites each tensor of {@code to} with the one of its name, which may lie on another device.
   * One that has several names there may be given under any of them, but not with different values:
   * PyTorch would take the last of them in silence.
   *
   * @param problem how a message begins
   * @throws IllegalArgumentException naming what is missing, unexpected, of another shape or type,
   *     or given twice with different values
   */
  public static void copy(String problem, Map<String, Tensor> from, Map<String, Tensor> to) {
    Map<Tensor, String> sources = new IdentityHashMap<>(); // the first name that is given of each
    to.forEach(
        (name, t) -> {
          if (from.get(name) != null) {
            sources.putIfAbsent(t, name);
          }
        });
    List<String> wrong = new ArrayList<>();
    to.forEach(
        (name, t) -> {
          String why = misfit(name, t, sources.get(t), from);
          if (why != null) {
            wrong.add(why);
          }
        });
    from.keySet().stream()
        .filter(name -> !to.containsKey(name))
        .forEach(name -> wrong.add("'" + CheckpointException.quote(name) + "' is not expected"));
    if (!wrong.isEmpty()) {
      String listed = wrong.stream().limit(LISTED).collect(Collectors.joining("; "));
      int more = wrong.size() - LISTED;
      throw new IllegalArgumentException(
          problem + ": " + listed + (more > 0 ? "; and " + more + " more" : ""));
    }
    try (Scope scope = Scope.open()) {
      sources.forEach((t, name) -> Update.assign(t, from.get(name).to(t.device())));
    }
  }

  /** Why what is given under this name is nothing for {@code t}; null where it fits. */
  private static String misfit(String name, Tensor t, String first, Map<String, Tensor> from) {
    if (first == null) {
      return "'" + name + "' " + t.shape() + " is missing";
    }
    Tensor given = from.get(name);
    if (given == null) {
      return null; // another of its names is given
    }
    if (!given.shape().equals(t.shape())) {
      return "'" + name + "' is " + given.shape() + ", expected " + t.shape();
    }
    if (given.dtype().isFloat() != t.dtype().isFloat()) {
      return "'" + name + "' holds " + given.dtype() + ", expected " + t.dtype();
    }
    boolean same = first.equals(name) || Arrays.equals(values(from.get(first)), values(given));
    return same ? null : "'" + first + "' and '" + name + "' differ, but are one tensor here";
  }

  private static double[] values(Tensor t) {
    return t.dtype().isFloat()
        ? t.toDoubles()
        : Arrays.stream(t.toInts()).asDoubleStream().toArray();
  }
}
