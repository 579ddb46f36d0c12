package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * 2-d convolution of {@code [N, H, W, C]}; the weight is {@code [out, kernel, kernel, in /
 * groups]}.
 */
public final class Conv2d extends Module {
  private final Tensor weight;
  private final Tensor bias;
  private final int stride;
  private final int padding;
  private final int dilation;
  private final int groups;

  /** Stride 1, no dilation, one group. */
  public Conv2d(int in, int out, int kernel, int padding, RandomStream init) {
    this(in, out, kernel, 1, padding, 1, 1, true, init);
  }

  /** With PyTorch's default initial values; {@code bias} is false where a batch norm follows. */
  public Conv2d(
      int in,
      int out,
      int kernel,
      int stride,
      int padding,
      int dilation,
      int groups,
      boolean bias,
      RandomStream init) {
    if (groups < 1 || in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "conv2d: " + groups + " groups must divide " + in + " inputs and " + out + " outputs");
    }
    Shape shape = Shape.of(out, kernel, kernel, in / groups);
    weight = parameter("weight", Init.torchDefault(shape, Init.fanIn(shape), init));
    this.bias =
        bias ? parameter("bias", Init.torchDefault(Shape.of(out), Init.fanIn(shape), init)) : null;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.groups = groups;
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.conv2d(x, weight, bias, stride, padding, dilation, groups);
  }

  /** With a relu behind it, and behind that a max-pooling of such windows; 0 for none. */
  Tensor forwardRelu(Tensor x, int window) {
    return window == 0
        ? Functional.conv2dRelu(x, weight, bias, stride, padding, dilation, groups)
        : Functional.conv2dReluMaxPool2d(
            x, weight, bias, stride, padding, dilation, groups, window);
  }
}
