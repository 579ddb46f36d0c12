package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Dropout;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The plain networks of Simonyan and Zisserman (ICLR 2015, table 1) with batch norm, under
 * torchvision's names: VGG-11 with 132.9 million parameters for 1000 classes, VGG-16 with 138.4,
 * most of them in the linear layers. Images of any size from 32 x 32 become 7 x 7 before these.
 *
 * @param blocks 3x3 convolutions of each of the five stages, behind which a max-pooling stands
 */
public record Vgg(List<Integer> blocks) implements Architecture {
  private static final int[] CHANNELS = {64, 128, 256, 512, 512};
  private static final int SIDE = 7;
  private static final int HIDDEN = 4096;

  /** Rejects all but five stages of one convolution or more. */
  public Vgg {
    blocks = List.copyOf(blocks);
    if (blocks.size() != CHANNELS.length) {
      throw new IllegalArgumentException("blocks: " + blocks + ": must be of five stages");
    }
    blocks.forEach(count -> WeightLayers.requireCount("blocks", count));
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    if (image.dim(0) < 32 || image.dim(1) < 32) {
      throw new IllegalArgumentException(
          "vgg: images " + image + " are too small; five poolings need 32 x 32 or more");
    }
    List<Module> features = new ArrayList<>();
    int in = image.dim(2);
    for (int i = 0; i < CHANNELS.length; i++) {
      for (int j = 0; j < blocks.get(i); j++) {
        features.add(Conv2d.of(in, CHANNELS[i], 3).padding(1).init(init));
        features.add(new BatchNorm(CHANNELS[i]));
        features.add(Layers.relu());
        in = CHANNELS[i];
      }
      features.add(Layers.maxPool2d(2));
    }
    Map<String, Module> parts = new LinkedHashMap<>();
    parts.put("features", new Sequential(features.toArray(Module[]::new)));
    parts.put("avgpool", Layers.adaptiveAvgPool2d(SIDE, SIDE));
    parts.put("flatten", Layers.flatten());
    parts.put("classifier", classifier(in * SIDE * SIDE, classes, init));
    Module model = new Named(parts);
    Initial.of(model)
        .convolutions(Initial.fanOut(init))
        .linear(Initial.normal(0.01, init))
        .noBiases();
    return model;
  }

  private static Module classifier(int in, int classes, RandomStream init) {
    try (Scope scope = Scope.open()) { // what a draw leaves takes several times 400 MB
      return new Sequential(
          new Linear(in, HIDDEN, init),
          Layers.relu(),
          new Dropout(0.5, init.derived("dropout/1")),
          new Linear(HIDDEN, HIDDEN, init),
          Layers.relu(),
          new Dropout(0.5, init.derived("dropout/2")),
          new Linear(HIDDEN, classes, init));
    }
  }
}
