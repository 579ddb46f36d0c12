package dev.teak.engine;

import dev.teak.engine.op.Call;
import dev.teak.engine.op.Op;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * One op that ran: what a backward pass walks over, {@code grad_fn} in PyTorch. Numbers grow, so
 * inputs come before outputs.
 */
public final class Node {
  private static final AtomicLong COUNTER = new AtomicLong();

  final long number = COUNTER.incrementAndGet();
  final Op op;
  final Tensor[] inputs;
  final Tensor output;
  private int[] versions; // of the inputs, then of the output; null when saved values are gone

  Node(Op op, Tensor output, Tensor... inputs) {
    this.op = op;
    this.inputs = inputs;
    this.output = output;
    this.versions = new int[inputs.length + 1];
    for (int i = 0; i < inputs.length; i++) {
      versions[i] = inputs[i].version();
    }
    versions[inputs.length] = output.version();
  }

  /** The number of the node made last, on any thread. */
  static long latest() {
    return COUNTER.get();
  }

  /** Grows from node to node: the order in which the ops ran. */
  public long number() {
    return number;
  }

  /** The op that ran. */
  public Op op() {
    return op;
  }

  /** What went in; {@link Tensor#gradFn} of each leads on. */
  public List<Tensor> inputs() {
    return Collections.unmodifiableList(Arrays.asList(inputs));
  }

  /** What came out. */
  public Tensor output() {
    return output;
  }

  /** The op with its settings, and the shapes: {@code matmul(...) of [2, 3], [3, 4] to [2, 4]}. */
  @Override
  public String toString() {
    String shapes =
        Arrays.stream(inputs).map(t -> t.shape().toString()).collect(Collectors.joining(", "));
    return op.describe() + " of " + shapes + " to " + output.shape();
  }

  /** Gradients of the inputs that are needed, given that of the output. */
  Tensor[] vjp(Tensor gradient, boolean[] needs, boolean isLast) {
    if (versions == null) {
      throw new IllegalStateException(
          op.name()
              + ": a backward pass ran through this graph already and freed what it had saved; ask"
              + " that one to retain the graph (Options.PLAIN.retaining()), or compute the output"
              + " anew");
    }
    for (int i = 0; i < inputs.length; i++) {
      requireAsItWas("input " + i, inputs[i], versions[i]);
    }
    requireAsItWas("output", output, versions[inputs.length]);
    Tensor[] products = op.vjp(gradient, new Call(inputs, output, needs, isLast));
    if (products.length != inputs.length) {
      throw new IllegalStateException(
          op.name()
              + ": its vjp gave "
              + products.length
              + " gradients for "
              + inputs.length
              + " inputs; give one for each, null where there is none");
    }
    return products;
  }

  private void requireAsItWas(String which, Tensor t, int version) {
    if (t.isReleased()) {
      throw new IllegalStateException(
          op.name()
              + ": "
              + which
              + " "
              + t.shape()
              + " was freed before the backward pass that needs it; run backward before its scope"
              + " closes or release() is called, or let it out with scope.keep(tensor)");
    }
    if (t.version() != version) {
      throw new IllegalStateException(
          op.name()
              + ": "
              + which
              + " "
              + t.shape()
              + " was changed in place after the forward pass, and the gradient needs what it held;"
              + " run backward before the change, or change a copy");
    }
  }

  /** Frees what only a backward pass needs. */
  void consume() {
    versions = null;
    op.free();
  }
}
