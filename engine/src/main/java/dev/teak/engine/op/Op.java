package dev.teak.engine.op;

import dev.teak.engine.Tensor;

/**
 * A differentiable function of tensors, recorded by autograd. Its gradient is written in tensor
 * ops, so that it can be differentiated again: derivatives of any order come for free.
 */
public interface Op {
  /** Its name, formula and derivative in words. */
  OpInfo info();

  /** PyTorch's name for it, where there is one. */
  default String name() {
    return info().name();
  }

  /** Its name and its settings, for people: {@code softmax(log=true)}. */
  default String describe() {
    String settings = OpText.settings(this);
    return settings.isEmpty() ? name() : name() + "(" + settings + ")";
  }

  /**
   * The vector-Jacobian products: for every input i with {@code call.needs(i)}, the gradient of the
   * final scalar with respect to it; null elsewhere and where there is none. A gradient may have
   * the broadcast shape of the output: the engine sums it back to the input's shape.
   */
  Tensor[] vjp(Tensor gradient, Call call);

  /**
   * Floating-point operations of the forward, a multiplication and an addition counted as two, any
   * function of an element as one.
   */
  default long flops(Tensor output, Tensor... inputs) {
    return output.shape().size();
  }

  /** Frees what only the backward pass needed; called once, after it. */
  default void free() {}
}
