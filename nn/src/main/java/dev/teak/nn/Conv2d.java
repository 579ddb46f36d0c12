package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;
import dev.teak.engine.op.Unary;

/**
 * 2-d convolution of {@code [N, H, W, in]}; the weight is {@code [out, kernelH, kernelW, in /
 * groups]}. To be read aloud: {@code Conv2d.of(3, 64, 3).stride(2).padding(1).init(random)}.
 */
public final class Conv2d extends Module {
  private final Tensor weight;
  private final Tensor bias;
  private final Sliding sliding;
  private final int groups;
  private final String text;

  private Conv2d(Builder b, RandomStream init) {
    Shape shape = Shape.of(b.out, b.kernelH, b.kernelW, b.in / b.groups);
    int fan = Init.fanIn(shape);
    weight = parameter("weight", Init.torchDefault(shape, fan, init));
    bias = b.bias ? parameter("bias", Init.torchDefault(Shape.of(b.out), fan, init)) : null;
    sliding = b.sliding;
    groups = b.groups;
    text = b.describe("Conv2d", "");
  }

  /** From {@code in} to {@code out} channels with a square kernel. */
  public static Builder of(int in, int out, int kernel) {
    return of(in, out, kernel, kernel);
  }

  /** With an oblong kernel. */
  public static Builder of(int in, int out, int kernelH, int kernelW) {
    return new Builder(in, out, kernelH, kernelW);
  }

  /** Names the settings of a convolution. */
  public static final class Builder extends ConvBuilder<Builder, Conv2d> {
    private Builder(int in, int out, int kernelH, int kernelW) {
      super(in, out, kernelH, kernelW);
    }

    @Override
    Builder self() {
      return this;
    }

    @Override
    public Conv2d init(RandomStream random) {
      return new Conv2d(this, random);
    }
  }

  @Override
  protected String describe() {
    return text;
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.conv2d(x, weight, bias, sliding, groups);
  }

  /** With another activation behind it. */
  Tensor forwardActivated(Tensor x, Unary activation) {
    return Functional.conv2dActivation(x, weight, bias, sliding, groups, activation);
  }

  /** With a relu behind it, and behind that a max-pooling of such windows; 0 for none. */
  Tensor forwardRelu(Tensor x, int window) {
    return window == 0
        ? Functional.conv2dRelu(x, weight, bias, sliding, groups)
        : Functional.conv2dReluMaxPool2d(x, weight, bias, sliding, groups, window);
  }
}
