package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Init;
import dev.teak.nn.Module;
import dev.teak.nn.ResNet;

/**
 * The residual networks for CIFAR-10 (He et al. 2016, section 4.2): three stages of 16, 32 and 64
 * channels whose shortcuts have no parameters (option A); 6 blocks + 2 layers, from 0.27 million
 * parameters for ResNet-20 to 0.85 for ResNet-56. Names are those of Idelbayev's implementation.
 *
 * @param blocks of each stage: 3, 5, 7 and 9 in ResNet-20, -32, -44 and -56
 */
public record CifarResNet(int blocks) implements Architecture {
  private static final int WIDTH = 16;

  /** Rejects a stage of no blocks. */
  public CifarResNet {
    WeightLayers.requireCount("blocks", blocks);
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    Module model =
        ResNet.of(blocks, blocks, blocks).width(WIDTH).cifar().init(image.dim(2), classes, init);
    Initial.of(model)
        .convolutions(shape -> Init.kaimingNormal(shape, init).toFloats())
        .linear(shape -> Init.kaimingNormal(shape, init).toFloats());
    return model;
  }
}
