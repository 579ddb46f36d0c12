package dev.teak.engine;

import dev.teak.engine.op.Call;
import dev.teak.engine.op.Op;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One op that ran: what a backward pass walks over. Numbers grow, so inputs come before outputs.
 */
final class Node {
  private static final AtomicLong COUNTER = new AtomicLong();

  final long number = COUNTER.incrementAndGet();
  final Op op;
  final Tensor[] inputs;
  final Tensor output;
  private final int[] versions;
  private boolean consumed;

  Node(Op op, Tensor output, Tensor... inputs) {
    this.op = op;
    this.inputs = inputs;
    this.output = output;
    this.versions = new int[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      versions[i] = inputs[i].version();
    }
  }

  /** Gradients of the inputs that are needed, given that of the output. */
  Tensor[] vjp(Tensor gradient, boolean[] needs) {
    if (consumed) {
      throw new IllegalStateException(
          op.name()
              + ": backward ran through this graph already and freed what it had saved; ask the"
              + " first pass to retain the graph");
    }
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i].version() != versions[i]) {
        throw new IllegalStateException(
            op.name()
                + ": input "
                + i
                + " "
                + inputs[i].shape()
                + " was changed in place after the"
                + " forward pass; take the gradient before changing it, or change a copy");
      }
    }
    return op.vjp(gradient, new Call(inputs, output, needs));
  }

  void consume() {
    consumed = true;
    op.free();
  }
}
