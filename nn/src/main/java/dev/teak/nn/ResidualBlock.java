package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;

/**
 * relu(bn(conv(relu(bn(conv(x))))) + x), both convolutions 3x3 (He et al. 2016, figure 2); where
 * the shape changes, x goes through a 1x1 convolution and a batch norm. Names are torchvision's
 * {@code BasicBlock}.
 */
final class ResidualBlock extends Module {
  private final Conv2d conv1;
  private final BatchNorm bn1;
  private final Conv2d conv2;
  private final BatchNorm bn2;
  private final Module downsample;

  ResidualBlock(int in, int out, int stride, RandomStream init) {
    conv1 =
        submodule("conv1", Conv2d.of(in, out, 3).stride(stride).padding(1).bias(false).init(init));
    bn1 = submodule("bn1", new BatchNorm(out));
    conv2 = submodule("conv2", Conv2d.of(out, out, 3).padding(1).bias(false).init(init));
    bn2 = submodule("bn2", new BatchNorm(out));
    downsample =
        stride == 1 && in == out
            ? null
            : submodule(
                "downsample",
                new Sequential(
                    Conv2d.of(in, out, 1).stride(stride).bias(false).init(init),
                    new BatchNorm(out)));
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor y = bn1.forward(conv1.forward(x), null, true);
    Tensor shortcut = downsample == null ? x : downsample.forward(x);
    return bn2.forward(conv2.forward(y), shortcut, true);
  }
}
