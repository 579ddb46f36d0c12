package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/** Transposed 2-d convolution, {@code [N, H, W, in]} to a larger {@code [N, H', W', out]}. */
public final class ConvTranspose2d extends Module {
  private final Tensor weight;
  private final Tensor bias;
  private final int stride;
  private final int padding;
  private final int outputPadding;

  /** With PyTorch's default initial values; the weight is {@code [in, kernel, kernel, out]}. */
  public ConvTranspose2d(
      int in, int out, int kernel, int stride, int padding, int outputPadding, RandomStream init) {
    int fan = out * kernel * kernel;
    weight = parameter("weight", Init.torchDefault(Shape.of(in, kernel, kernel, out), fan, init));
    bias = parameter("bias", Init.torchDefault(Shape.of(out), fan, init));
    this.stride = stride;
    this.padding = padding;
    this.outputPadding = outputPadding;
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.convTranspose2d(x, weight, bias, stride, padding, outputPadding, 1, 1);
  }
}
