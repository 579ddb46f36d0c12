package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/** x W^T + b: {@code [..., in]} to {@code [..., out]}; W is {@code [out, in]}. */
public final class Linear extends Module {
  private final Tensor weight;
  private final Tensor bias;

  /** With PyTorch's default initial values. */
  public Linear(int in, int out, RandomStream init) {
    weight = parameter("weight", Init.torchDefault(Shape.of(out, in), in, init));
    bias = parameter("bias", Init.torchDefault(Shape.of(out), in, init));
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.linear(x, weight, bias);
  }
}
