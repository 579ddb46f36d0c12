package dev.teak.engine;

import dev.teak.engine.op.Op;

/**
 * Is told what runs on a thread while it watches: anomaly mode is one, and so is the page that
 * shows a backward pass step by step. See {@link Autograd#observe}.
 */
public interface GraphObserver {
  /** An op ran, recorded or not; {@link Autograd#inBackward} tells whether for a gradient. */
  default void forward(Op op, Tensor output, Tensor... inputs) {}

  /**
   * A backward pass went through a node.
   *
   * @param gradient of the node's output, summed over all its uses, after hooks
   * @param products what the node adds to the gradient of each input, in the input's shape; null
   *     where none was asked for
   */
  default void backward(Node node, Tensor gradient, Tensor... products) {}
}
