package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;

/**
 * torchvision's {@code convnext_tiny} under its names (Liu et al., CVPR 2022). What it permutes
 * there and back lies here as it must from the start.
 */
final class ConvNext extends Module {
  private static final int[] CHANNELS = {96, 192, 384, 768};
  private static final int[] BLOCKS = {3, 3, 9, 3};

  private final Module features;
  private final Module classifier;

  ConvNext(int classes, RandomStream init) {
    Module[] parts = new Module[8];
    parts[0] = new Sequential(Conv2d.of(3, CHANNELS[0], 4).stride(4).init(init), norm(CHANNELS[0]));
    for (int stage = 0; stage < 4; stage++) {
      int channels = CHANNELS[stage];
      if (stage > 0) {
        int before = CHANNELS[stage - 1];
        parts[2 * stage] =
            new Sequential(norm(before), Conv2d.of(before, channels, 2).stride(2).init(init));
      }
      Module[] blocks = new Module[BLOCKS[stage]];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = new Block(channels, init);
      }
      parts[2 * stage + 1] = new Sequential(blocks);
    }
    features = submodule("features", new Sequential(parts));
    classifier =
        submodule(
            "classifier",
            new Sequential(norm(768), Layers.identity(), new Linear(768, classes, init)));
  }

  private static Module norm(int channels) {
    return LayerNorm.of(channels).eps(1e-6).init();
  }

  @Override
  protected Tensor compute(Tensor x) {
    return classifier.forward(features.forward(x).mean(1, 2));
  }

  /** x + scale block(x). */
  private static final class Block extends Module {
    private final Tensor scale;
    private final Module block;

    Block(int channels, RandomStream init) {
      scale = parameter("layer_scale", Tensor.ones(channels));
      block =
          submodule(
              "block",
              new Sequential(
                  Conv2d.of(channels, channels, 7).padding(3).groups(channels).init(init),
                  Layers.identity(),
                  norm(channels),
                  new Linear(channels, 4 * channels, init),
                  Layers.gelu(),
                  new Linear(4 * channels, channels, init)));
    }

    @Override
    protected Tensor compute(Tensor x) {
      return x.add(block.forward(x).mul(scale));
    }
  }
}
