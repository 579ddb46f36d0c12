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
    conv1 = submodule("conv1", new Conv2d(in, out, 3, stride, 1, 1, 1, false, init));
    bn1 = submodule("bn1", new BatchNorm(out));
    conv2 = submodule("conv2", new Conv2d(out, out, 3, 1, 1, 1, 1, false, init));
    bn2 = submodule("bn2", new BatchNorm(out));
    downsample =
        stride == 1 && in == out
            ? null
            : submodule(
                "downsample",
                new Sequential(
                    new Conv2d(in, out, 1, stride, 0, 1, 1, false, init), new BatchNorm(out)));
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor y = bn1.forward(conv1.forward(x), null, true);
    Tensor shortcut = downsample == null ? x : downsample.forward(x);
    return bn2.forward(conv2.forward(y), shortcut, true);
  }
}
