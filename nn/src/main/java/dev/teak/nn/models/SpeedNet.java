package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.Whitening;
import java.util.ArrayList;
import java.util.List;

/**
 * A net for CIFAR-10 in little time, in the manner of its speed records (Page 2019; Jordan 2024,
 * arXiv 2404.00498): a {@link Whitening} of 2 x 2 patches, then three blocks of two 3 x 3
 * convolutions with batch norm and relu, the first of each halving the image, then the largest of
 * each channel and a dense layer whose logits are a ninth.
 *
 * @param width channels of the first block, 64 in the paper; the other two have four times as many
 */
public record SpeedNet(int width) implements Architecture {
  private static final double WHITENING_EPS = 1e-4;
  private static final double SCALE = 1.0 / 9;

  /** Rejects a width below 1. */
  public SpeedNet {
    WeightLayers.requireCount("width", width);
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    if (image.dim(0) < 9 || image.dim(1) < 9) {
      throw new IllegalArgumentException(
          "speed_net: images " + image + ": three halvings need 9 x 9 or more");
    }
    List<Module> all = new ArrayList<>();
    all.add(new Whitening(image.dim(2), 2, WHITENING_EPS));
    all.add(Layers.relu());
    int in = 2 * (2 * 2) * image.dim(2); // filters of 2 x 2 pixels, each with its negative
    for (int out : new int[] {width, 4 * width, 4 * width}) {
      all.add(convolution(in, out, init));
      all.add(Layers.maxPool2d(2));
      all.add(new BatchNorm(out));
      all.add(Layers.relu());
      all.add(convolution(out, out, init));
      all.add(new BatchNorm(out));
      all.add(Layers.relu());
      in = out;
    }
    all.add(Layers.of(x -> x.amax(1, 2)));
    all.add(new Linear(in, classes, init));
    all.add(Layers.of(x -> x.mul(SCALE)));
    return new Sequential(all.toArray(Module[]::new));
  }

  private static Conv2d convolution(int in, int out, RandomStream init) {
    return Conv2d.of(in, out, 3).padding(1).bias(false).init(init);
  }
}
