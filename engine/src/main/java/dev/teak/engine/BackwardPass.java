package dev.teak.engine;

import dev.teak.engine.Autograd.Options;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One walk back over a graph: from an output to the tensors whose gradients are asked for, over
 * those nodes only that lead to one of them, the latest node first. So the gradient of a tensor is
 * complete when its node's turn comes: that is when its hooks see it.
 */
final class BackwardPass {
  private final Tensor output;
  private final Options options;
  private final boolean inner;
  private final List<Node> nodes; // inputs before outputs
  private final Map<Tensor, Tensor> gradients = new IdentityHashMap<>();
  private Set<Tensor> targets;
  private Set<Node> needed;
  private Scope scope; // of what the walk makes; null where the gradients have a graph of their own

  /** A walk over all that is behind {@code output}. */
  BackwardPass(Tensor output, Options options) {
    this(output, options, 0, false);
  }

  /**
   * A walk over what was recorded after node number {@code since}, for a pass that is under way.
   */
  BackwardPass(Tensor output, Options options, long since) {
    this(output, options, since, true);
  }

  private BackwardPass(Tensor output, Options options, long since, boolean inner) {
    this.output = output;
    this.options = options;
    this.inner = inner;
    this.nodes = recorded(output, since);
  }

  /** All nodes behind a tensor that have a number above {@code since}, inputs before outputs. */
  static List<Node> recorded(Tensor output, long since) {
    List<Node> nodes = new ArrayList<>();
    Set<Node> seen = new HashSet<>();
    Deque<Node> open = new ArrayDeque<>();
    visit(output.gradFn(), since, seen, open);
    while (!open.isEmpty()) {
      Node node = open.pop();
      nodes.add(node);
      for (Tensor input : node.inputs) {
        visit(input.gradFn(), since, seen, open);
      }
    }
    nodes.sort(Comparator.comparingLong(n -> n.number));
    return nodes;
  }

  private static void visit(Node node, long since, Set<Node> seen, Deque<Node> open) {
    if (node != null && node.number > since && seen.add(node)) {
      open.push(node);
    }
  }

  /** What {@code backward} adds gradients to: leaves, and tensors that asked to retain theirs. */
  Set<Tensor> accumulating() {
    Set<Tensor> found = identitySet(List.of());
    for (Node node : nodes) {
      for (Tensor input : node.inputs) {
        if (input.requiresGrad() && input.gradFn() == null) {
          found.add(input);
        }
      }
      if (node.output.isGradRetained()) {
        found.add(node.output);
      }
    }
    if (nodes.isEmpty() && output.requiresGrad()) {
      found.add(output);
    }
    return found;
  }

  static Set<Tensor> identitySet(Collection<Tensor> tensors) {
    Set<Tensor> set = Collections.newSetFromMap(new IdentityHashMap<>());
    set.addAll(tensors);
    return set;
  }

  /** The gradients of those of {@code targets} that the output depends on. */
  Map<Tensor, Tensor> to(Set<Tensor> targets) {
    this.targets = targets;
    this.needed = leadingTo(targets);
    try (Autograd.Mode mode = Autograd.backwardMode(options.createGraph())) {
      if (options.createGraph()) {
        walk();
        return gradients;
      }
      try (Scope mine = Scope.open()) {
        scope = mine;
        walk();
        gradients.values().forEach(mine::keep);
        return gradients;
      }
    }
  }

  private void walk() {
    gradients.put(output, seed());
    Set<Tensor> open = identitySet(targets); // whose hooks have not run
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      boolean target = targets.contains(node.output);
      if (!target && !needed.contains(node)) {
        continue;
      }
      // There is none where only inputs without a gradient, such as a condition, lead here.
      Tensor gradient = afterHooks(node.output);
      open.remove(node.output);
      if (gradient != null && needed.contains(node)) {
        pass(node, gradient);
        if (!target) {
          gradients.remove(node.output);
          release(gradient);
        }
        if (!options.retainGraph()) {
          node.consume();
        }
        if (inner) {
          release(node.output); // made for this pass alone, and all who used it have had their turn
        }
      }
    }
    if (!inner) { // else the pass that is under way has these hooks still before it
      open.forEach(this::afterHooks);
    }
    gradients.keySet().retainAll(targets);
  }

  private void release(Tensor temporary) {
    if (scope != null) {
      temporary.release();
    }
  }

  /** Takes the gradient of a node's output to the node's inputs. */
  private void pass(Node node, Tensor gradient) {
    boolean[] needs = new boolean[node.inputs.length];
    for (int i = 0; i < needs.length; i++) {
      Tensor input = node.inputs[i];
      needs[i] = targets.contains(input) || needed.contains(input.gradFn());
    }
    if (scope == null) {
      add(node, gradient, needs);
      return;
    }
    try (Scope temporaries = Scope.open()) {
      add(node, gradient, needs);
    }
  }

  /** Adds what a vjp gives to the gradients found so far, summing broadcast axes away. */
  private void add(Node node, Tensor gradient, boolean[] needs) {
    Tensor[] products = node.vjp(gradient, needs, !options.retainGraph());
    for (int i = 0; i < products.length; i++) {
      products[i] = needs[i] && products[i] != null ? fitted(node, i, products[i]) : null;
    }
    Autograd.notifyBackward(node, gradient, products);
    for (int i = 0; i < products.length; i++) {
      if (products[i] != null) {
        accumulate(node.inputs[i], products[i]);
      }
    }
  }

  private static Tensor fitted(Node node, int i, Tensor product) {
    Shape shape = node.inputs[i].shape();
    if (!shape.broadcastsTo(product.shape())) {
      throw new ShapeException(
          node.op.name()
              + ": its vjp gave "
              + product.shape()
              + " as the gradient of input "
              + i
              + ", which is "
              + shape
              + "; it must have that shape, or one that it broadcasts to");
    }
    return product.sumTo(shape);
  }

  private void accumulate(Tensor input, Tensor product) {
    Tensor before = gradients.get(input);
    if (before == null) {
      // An op may hand on the very gradient it was given, once or twice: each entry gets its own.
      gradients.put(input, scope == null ? product : kept(product.alias()));
    } else if (scope == null) {
      gradients.put(input, before.add(product));
    } else if (!before.addInPlaceIfUnshared(product)) {
      gradients.put(input, kept(before.add(product)));
      before.release();
    }
  }

  /** Moves a tensor from the innermost scope, that of one node's temporaries, to the walk's own. */
  private static Tensor kept(Tensor t) {
    return Scope.innermost().keep(t);
  }

  /** The gradient of a tensor as its hooks leave it; null where it has none. */
  private Tensor afterHooks(Tensor tensor) {
    Tensor gradient = gradients.get(tensor);
    List<UnaryOperator<Tensor>> hooks = tensor.hooks();
    if (gradient == null || hooks.isEmpty()) {
      return gradient;
    }
    // Whoever looks at a gradient may keep it: it belongs to the scope outside the walk.
    Tensor seen = scope == null ? gradient : scope.keep(gradient.alias());
    Tensor current = seen;
    for (int i = 0; i < hooks.size(); i++) {
      Tensor replaced = hooks.get(i).apply(current);
      if (replaced != null) {
        requireLike(tensor, replaced, i);
        current = replaced;
      }
    }
    if (current == seen) {
      return gradient;
    }
    release(gradient);
    gradients.put(tensor, scope == null ? current : current.alias());
    return gradients.get(tensor);
  }

  private static void requireLike(Tensor tensor, Tensor replaced, int hook) {
    String name = "hook " + hook + " on tensor " + tensor.shape();
    replaced.requireFloat(name);
    replaced.requireSameDevice(name, tensor);
    if (!replaced.shape().equals(tensor.shape())) {
      throw new ShapeException(
          name + ": gave a gradient " + replaced.shape() + "; it must have the tensor's shape");
    }
  }

  private Tensor seed() {
    Tensor seed = options.seed();
    if (seed == null) {
      if (output.shape().size() != 1) {
        throw new ShapeException(
            "grad: the output "
                + output.shape()
                + " is no scalar; reduce it with sum() or mean(), or give the gradient to start"
                + " from (Options.PLAIN.withSeed(g))");
      }
      return Tensor.full(output.device(), output.shape(), 1);
    }
    output.requireSameDevice("grad", seed);
    seed.requireFloat("grad: seed");
    if (!seed.shape().equals(output.shape())) {
      throw new ShapeException(
          "grad: the seed " + seed.shape() + " must have the output's shape " + output.shape());
    }
    return scope == null ? seed : seed.alias();
  }

  /** The nodes through which some target is reached. */
  private Set<Node> leadingTo(Set<Tensor> targets) {
    Set<Node> leading = new HashSet<>();
    for (Node node : nodes) {
      for (Tensor input : node.inputs) {
        if (targets.contains(input) || leading.contains(input.gradFn())) {
          leading.add(node);
          break;
        }
      }
    }
    return leading;
  }
}
