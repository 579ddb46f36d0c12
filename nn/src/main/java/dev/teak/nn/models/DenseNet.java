package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Init;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Densely connected networks (Huang et al., CVPR 2017, table 1), under torchvision's names:
 * DenseNet-121 with 8.0 million parameters for 1000 classes, -169 with 14.1.
 *
 * @param growth channels that each layer adds
 * @param stem small: a 3x3 convolution and no pooling behind it
 * @param blocks layers of each dense block
 */
public record DenseNet(int growth, Stem stem, List<Integer> blocks) implements Architecture {
  /** Rejects growths and blocks below 1. */
  public DenseNet {
    WeightLayers.requireCount("growth", growth);
    blocks = List.copyOf(blocks);
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("blocks: a network has one or more");
    }
    blocks.forEach(count -> WeightLayers.requireCount("blocks", count));
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    int least = (stem == Stem.SMALL ? 1 : 4) << (blocks.size() - 1);
    if (image.dim(0) < least || image.dim(1) < least) {
      throw new IllegalArgumentException(
          "densenet: images " + image + " are too small; " + least + " x " + least + " or more");
    }
    int channels = 2 * growth;
    Map<String, Module> features = new LinkedHashMap<>();
    Conv2d.Builder first =
        stem == Stem.SMALL
            ? Conv2d.of(image.dim(2), channels, 3).padding(1)
            : Conv2d.of(image.dim(2), channels, 7).stride(2).padding(3);
    features.put("conv0", first.bias(false).init(init));
    features.put("norm0", new BatchNorm(channels));
    features.put("relu0", Layers.relu());
    if (stem == Stem.IMAGENET) {
      features.put("pool0", Layers.maxPool2d(3, 2, 1));
    }
    for (int i = 1; i <= blocks.size(); i++) {
      Map<String, Module> layers = new LinkedHashMap<>();
      for (int j = 1; j <= blocks.get(i - 1); j++) {
        layers.put("denselayer" + j, new DenseLayer(channels, growth, init));
        channels += growth;
      }
      features.put("denseblock" + i, new Named(layers));
      if (i < blocks.size()) {
        features.put("transition" + i, transition(channels, channels / 2, init));
        channels /= 2;
      }
    }
    features.put("norm5", new BatchNorm(channels));
    features.put("relu5", Layers.relu());
    Map<String, Module> parts = new LinkedHashMap<>();
    parts.put("features", new Named(features));
    parts.put("pool", Layers.globalAvgPool2d());
    parts.put("classifier", new Linear(channels, classes, init));
    Module model = new Named(parts);
    Initial.of(model).convolutions(shape -> Init.kaimingNormal(shape, init).toFloats()).noBiases();
    return model;
  }

  private static Module transition(int in, int out, RandomStream init) {
    Map<String, Module> parts = new LinkedHashMap<>();
    parts.put("norm", new BatchNorm(in));
    parts.put("relu", Layers.relu());
    parts.put("conv", Conv2d.of(in, out, 1).bias(false).init(init));
    parts.put("pool", Layers.avgPool2d(2));
    return new Named(parts);
  }

  /** Puts its own channels behind those that it is given. */
  private static final class DenseLayer extends Module {
    private final Module layers;

    DenseLayer(int in, int growth, RandomStream init) {
      Map<String, Module> parts = new LinkedHashMap<>();
      parts.put("norm1", new BatchNorm(in));
      parts.put("relu1", Layers.relu());
      parts.put("conv1", Conv2d.of(in, 4 * growth, 1).bias(false).init(init));
      parts.put("norm2", new BatchNorm(4 * growth));
      parts.put("relu2", Layers.relu());
      parts.put("conv2", Conv2d.of(4 * growth, growth, 3).padding(1).bias(false).init(init));
      parts.forEach(this::submodule);
      layers = new Named(parts); // no part: its parts are this one's
    }

    @Override
    protected Tensor compute(Tensor x) {
      return Tensor.concat(3, List.of(x, layers.forward(x)));
    }
  }
}
