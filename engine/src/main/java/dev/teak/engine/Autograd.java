package dev.teak.engine;

import dev.teak.engine.op.Op;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reverse-mode differentiation. Ops record themselves on the tensors they make; {@link #grad} walks
 * back over only those that lead to the inputs asked for, so an attack that wants the gradient of
 * an image never computes that of a weight.
 */
public final class Autograd {
  private static final ThreadLocal<Boolean> ENABLED = ThreadLocal.withInitial(() -> true);

  private Autograd() {}

  /** Whether ops of this thread are being recorded. */
  public static boolean isEnabled() {
    return ENABLED.get();
  }

  /** Stops recording on this thread until the returned handle is closed. */
  public static Mode noGrad() {
    return new Mode(false);
  }

  /** Switches recording on or off for a while; restores on close. */
  public static final class Mode implements AutoCloseable {
    private final boolean before = ENABLED.get();

    private Mode(boolean enabled) {
      ENABLED.set(enabled);
    }

    @Override
    public void close() {
      ENABLED.set(before);
    }
  }

  /**
   * What {@link #grad} may do beside the plain gradient.
   *
   * @param seed gradient of the output, of its shape; null means 1 and asks for a scalar output
   * @param createGraph whether the gradients can be differentiated again
   * @param retainGraph whether the graph can be walked again
   * @param allowUnused whether an input that the output does not depend on gives null, no error
   */
  public record Options(
      Tensor seed, boolean createGraph, boolean retainGraph, boolean allowUnused) {
    /** The plain gradient of a scalar. */
    public static final Options PLAIN = new Options(null, false, false, false);

    /** With a gradient of the output to start from. */
    public Options withSeed(Tensor gradient) {
      return new Options(gradient, createGraph, retainGraph, allowUnused);
    }

    /** With gradients that can be differentiated again; retains the graph as well. */
    public Options withGraph() {
      return new Options(seed, true, true, allowUnused);
    }

    /** With the graph kept for another walk. */
    public Options retaining() {
      return new Options(seed, createGraph, true, allowUnused);
    }

    /** With null for inputs that the output does not depend on. */
    public Options allowingUnused() {
      return new Options(seed, createGraph, retainGraph, true);
    }
  }

  /** The gradient of a scalar with respect to one input. */
  public static Tensor grad(Tensor output, Tensor input) {
    return grad(output, List.of(input), Options.PLAIN).get(0);
  }

  /**
   * The gradients of {@code output} with respect to {@code inputs}, in their order and shapes.
   *
   * @throws IllegalStateException if nothing connects an input to the output (unless allowed), or
   *     the graph was freed by an earlier pass
   * @throws ShapeException if the output is no scalar and there is no seed, or the seed does not
   *     fit
   */
  public static List<Tensor> grad(Tensor output, List<Tensor> inputs, Options options) {
    for (Tensor input : inputs) {
      if (!input.requiresGrad() && !options.allowUnused) {
        throw new IllegalStateException(
            "grad: input "
                + input.shape()
                + " does not require a gradient; call requiresGrad(true) on"
                + " it before it is used");
      }
    }
    Set<Tensor> targets = identitySet(inputs);
    Map<Tensor, Tensor> found = walk(output, targets, options);
    List<Tensor> result = new ArrayList<>(inputs.size());
    for (Tensor input : inputs) {
      Tensor g = found.get(input);
      if (g == null && !options.allowUnused) {
        throw new IllegalStateException(
            "grad: the output "
                + output.shape()
                + " does not depend on the input "
                + input.shape()
                + "; allow unused inputs to get null for it");
      }
      result.add(g);
    }
    return result;
  }

  /** Adds the gradient of {@code output} to {@code grad()} of every leaf that it depends on. */
  static void backward(Tensor output, Options options) {
    Set<Tensor> leaves = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Node node : reachable(output)) {
      for (Tensor input : node.inputs) {
        if (input.requiresGrad() && input.node() == null) {
          leaves.add(input);
        }
      }
    }
    if (output.node() == null) {
      if (!output.requiresGrad()) {
        throw new IllegalStateException(
            "backward: nothing that made this tensor "
                + output.shape()
                + " requires a gradient, or it was made under noGrad()");
      }
      leaves.add(output);
    }
    walk(output, leaves, options).forEach(Tensor::accumulateGrad);
  }

  /** Records that {@code op} made {@code output}, where a gradient may be asked for; returns it. */
  public static Tensor record(Op op, Tensor output, Tensor... inputs) {
    if (ENABLED.get()) {
      for (Tensor input : inputs) {
        if (input.requiresGrad()) {
          output.recordedAs(new Node(op, output, inputs));
          return output;
        }
      }
    }
    op.free();
    return output;
  }

  private static Map<Tensor, Tensor> walk(Tensor output, Set<Tensor> targets, Options options) {
    if (options.createGraph) {
      return walkBack(output, targets, options);
    }
    try (Mode plain = noGrad();
        Scope scope = Scope.open()) {
      Map<Tensor, Tensor> found = walkBack(output, targets, options);
      found.values().forEach(scope::keep);
      return found;
    }
  }

  private static Map<Tensor, Tensor> walkBack(Tensor output, Set<Tensor> targets, Options options) {
    Map<Tensor, Tensor> gradients = new IdentityHashMap<>();
    gradients.put(output, seed(output, options));
    List<Node> nodes = reachable(output);
    Set<Node> needed = leadingTo(targets, nodes);
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (!needed.contains(node)) {
        continue;
      }
      Tensor gradient = gradients.get(node.output);
      if (gradient == null) {
        continue; // only reached through inputs that have no gradient, such as a condition
      }
      propagate(node, gradient, targets, needed, gradients, options.createGraph);
      if (!targets.contains(node.output)) {
        gradients.remove(node.output);
        if (!options.createGraph) {
          gradient.release();
        }
      }
      if (!options.retainGraph) {
        node.consume();
      }
    }
    gradients.keySet().retainAll(targets);
    return gradients;
  }

  private static void propagate(
      Node node,
      Tensor gradient,
      Set<Tensor> targets,
      Set<Node> needed,
      Map<Tensor, Tensor> gradients,
      boolean createGraph) {
    boolean[] needs = new boolean[node.inputs.length];
    for (int i = 0; i < needs.length; i++) {
      Tensor input = node.inputs[i];
      needs[i] = targets.contains(input) || (input.node() != null && needed.contains(input.node()));
    }
    if (createGraph) {
      add(node, node.vjp(gradient, needs), needs, gradients, null);
      return;
    }
    try (Scope scope = Scope.open()) {
      add(node, node.vjp(gradient, needs), needs, gradients, scope);
    }
  }

  /** Adds what a vjp gave to the gradients found so far, summing broadcast axes away. */
  private static void add(
      Node node, Tensor[] products, boolean[] needs, Map<Tensor, Tensor> gradients, Scope scope) {
    for (int i = 0; i < products.length; i++) {
      if (!needs[i] || products[i] == null) {
        continue;
      }
      Tensor input = node.inputs[i];
      Tensor product = products[i].sumTo(input.shape());
      Tensor before = gradients.get(input);
      if (before == null) {
        // An op may hand on the very gradient it was given, once or twice: each entry gets its own.
        gradients.put(input, scope == null ? product : scope.keep(product.alias()));
      } else if (scope != null && before.addInPlaceIfUnshared(product)) {
        continue;
      } else {
        Tensor sum = before.add(product);
        gradients.put(input, scope == null ? sum : scope.keep(sum));
        if (scope != null) {
          before.release();
        }
      }
    }
  }

  private static Tensor seed(Tensor output, Options options) {
    if (options.seed != null) {
      if (!options.seed.shape().equals(output.shape())) {
        throw new ShapeException(
            "grad: the seed "
                + options.seed.shape()
                + " must have the output's shape "
                + output.shape());
      }
      return options.createGraph ? options.seed : options.seed.alias();
    }
    if (output.shape().size() != 1) {
      throw new ShapeException(
          "grad: the output "
              + output.shape()
              + " is no scalar; reduce it with sum() or mean(), or give"
              + " the gradient to start from");
    }
    return Tensor.full(output.device(), output.shape(), 1);
  }

  /** All nodes behind a tensor, inputs before outputs. */
  private static List<Node> reachable(Tensor output) {
    List<Node> nodes = new ArrayList<>();
    Set<Node> seen = new HashSet<>();
    Deque<Node> open = new ArrayDeque<>();
    if (output.node() != null && seen.add(output.node())) {
      open.add(output.node());
    }
    while (!open.isEmpty()) {
      Node node = open.pop();
      nodes.add(node);
      for (Tensor input : node.inputs) {
        if (input.node() != null && seen.add(input.node())) {
          open.push(input.node());
        }
      }
    }
    nodes.sort(Comparator.comparingLong(n -> n.number));
    return nodes;
  }

  /** The nodes through which some target is reached; {@code nodes} have inputs before outputs. */
  private static Set<Node> leadingTo(Set<Tensor> targets, List<Node> nodes) {
    Set<Node> needed = new HashSet<>();
    for (Node node : nodes) {
      for (Tensor input : node.inputs) {
        if (targets.contains(input) || (input.node() != null && needed.contains(input.node()))) {
          needed.add(node);
          break;
        }
      }
    }
    return needed;
  }

  private static Set<Tensor> identitySet(List<Tensor> tensors) {
    Set<Tensor> set = Collections.newSetFromMap(new IdentityHashMap<>());
    set.addAll(tensors);
    return set;
  }
}
