package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * x W^T + b, or x W^T without a bias: {@code [..., in]} to {@code [..., out]}; W is {@code [out,
 * in]}.
 */
public final class Linear extends Module {
  private final Tensor weight;
  private final Tensor bias;

  /** With a bias, and PyTorch's default initial values. */
  public Linear(int in, int out, RandomStream init) {
    this(in, out, true, init);
  }

  /** With a bias or without, and PyTorch's default initial values. */
  public Linear(int in, int out, boolean bias, RandomStream init) {
    weight = parameter("weight", Init.torchDefault(Shape.of(out, in), in, init));
    this.bias = bias ? parameter("bias", Init.torchDefault(Shape.of(out), in, init)) : null;
  }

  @Override
  protected String describe() {
    String sizes = weight.shape().dim(1) + " -> " + weight.shape().dim(0);
    return "Linear(" + sizes + (bias == null ? ", no bias)" : ")");
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.linear(x, weight, bias);
  }
}
