package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import java.util.function.Supplier;

/**
 * relu(bn(conv(relu(bn(conv(x))))) + x), both convolutions 3x3 (He et al. 2016, figure 2); where
 * the shape changes, x goes through a shortcut of its own. Names are torchvision's {@code
 * BasicBlock}.
 */
final class ResidualBlock extends Module {
  private final Conv2d conv1;
  private final BatchNorm bn1;
  private final Conv2d conv2;
  private final BatchNorm bn2;
  private final Module downsample; // null for x itself

  /**
   * A block.
   *
   * @param shortcut made last, after the convolutions have drawn their weights; may give null
   */
  ResidualBlock(int in, int out, int stride, Supplier<Module> shortcut, RandomStream init) {
    conv1 =
        submodule("conv1", Conv2d.of(in, out, 3).stride(stride).padding(1).bias(false).init(init));
    bn1 = submodule("bn1", new BatchNorm(out));
    conv2 = submodule("conv2", Conv2d.of(out, out, 3).padding(1).bias(false).init(init));
    bn2 = submodule("bn2", new BatchNorm(out));
    Module other = shortcut.get();
    downsample = other == null ? null : submodule("downsample", other);
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor y = bn1.forward(conv1.forward(x), null, true);
    Tensor past = downsample == null ? x : downsample.forward(x);
    return bn2.forward(conv2.forward(y), past, true);
  }
}
