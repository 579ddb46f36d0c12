package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import dev.teak.nn.ResNet;
import java.util.List;

/**
 * The residual networks of torchvision under its names (He et al. 2016; the wide ones by Zagoruyko
 * and Komodakis, BMVC 2016): ResNet-18 with 11.7 million parameters for 1000 classes, -34 with
 * 21.8, -50 with 25.6, Wide ResNet-50-2 with 68.9.
 *
 * @param width channels of the first stage, 64 in the paper; each later one has twice as many
 * @param stem a 3x3 convolution, or a 7x7 one with a stride of 2 and a max-pooling
 * @param blocks of each stage
 * @param bottleneck how many times as many channels as the stage has are within a block of three
 *     convolutions, 1 or 2; 0 for blocks of two
 */
public record ResNetOf(int width, Stem stem, List<Integer> blocks, int bottleneck)
    implements Architecture {
  /** Rejects widths and blocks below 1. */
  public ResNetOf {
    WeightLayers.requireCount("width", width);
    blocks = List.copyOf(blocks);
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("blocks: a network has one stage or more");
    }
    blocks.forEach(count -> WeightLayers.requireCount("blocks", count));
    if (bottleneck < 0) {
      throw new IllegalArgumentException("bottleneck: " + bottleneck + ": must be 0 or more");
    }
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    ResNet.Builder builder =
        ResNet.of(blocks.stream().mapToInt(i -> i).toArray()).width(width).bottleneck(bottleneck);
    if (stem == Stem.SMALL) {
      return builder.init(image.dim(2), classes, init);
    }
    Module model = builder.imagenet().init(image.dim(2), classes, init);
    Initial.of(model).convolutions(Initial.fanOut(init));
    return model;
  }
}
