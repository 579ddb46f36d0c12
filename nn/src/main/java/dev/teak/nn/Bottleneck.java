package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import java.util.function.Supplier;

/**
 * A residual block of three convolutions (He et al. 2016, figure 5): 1x1 to fewer channels, 3x3,
 * and 1x1 to more. The stride is that of the 3x3 one, as in torchvision, whose names these are.
 */
final class Bottleneck extends Module {
  private final Conv2d conv1;
  private final BatchNorm bn1;
  private final Conv2d conv2;
  private final BatchNorm bn2;
  private final Conv2d conv3;
  private final BatchNorm bn3;
  private final Module downsample; // null for x itself

  /**
   * A block.
   *
   * @param inner channels of the 3x3 convolution
   * @param shortcut made last, after the convolutions have drawn their weights; may give null
   */
  Bottleneck(int in, int inner, int out, int stride, Supplier<Module> shortcut, RandomStream init) {
    conv1 = submodule("conv1", Conv2d.of(in, inner, 1).bias(false).init(init));
    bn1 = submodule("bn1", new BatchNorm(inner));
    conv2 =
        submodule(
            "conv2", Conv2d.of(inner, inner, 3).stride(stride).padding(1).bias(false).init(init));
    bn2 = submodule("bn2", new BatchNorm(inner));
    conv3 = submodule("conv3", Conv2d.of(inner, out, 1).bias(false).init(init));
    bn3 = submodule("bn3", new BatchNorm(out));
    Module other = shortcut.get();
    downsample = other == null ? null : submodule("downsample", other);
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor y = bn1.forward(conv1.forward(x), null, true);
    y = bn2.forward(conv2.forward(y), null, true);
    Tensor past = downsample == null ? x : downsample.forward(x);
    return bn3.forward(conv3.forward(y), past, true);
  }
}
