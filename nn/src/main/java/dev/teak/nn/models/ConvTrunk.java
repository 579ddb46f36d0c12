package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Conv2d;
import dev.teak.nn.ConvTranspose2d;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;

/**
 * The halves of {@link ConvAutoencoder}, as they are or with a code of a few numbers between them.
 *
 * @param image {@code [H, W, C]}, 4 x 4 or more
 * @param widths of the convolutions
 */
record ConvTrunk(Shape image, ConvAutoencoder widths) {
  /** Rejects images that would be less than a pixel in the middle. */
  ConvTrunk {
    if (image.rank() != 3 || image.dim(0) < 4 || image.dim(1) < 4) {
      throw new IllegalArgumentException(
          "autoencoder: images "
              + image
              + ": two strides of 2 need images [H, W, C] of 4 x 4 or more");
    }
  }

  private static int quarter(int side) {
    return (side + 3) / 4;
  }

  /** What lies in the middle: {@code [H/4, W/4, inner]}, rounded up. */
  private Shape middle() {
    return Shape.of(quarter(image.dim(0)), quarter(image.dim(1)), widths.inner());
  }

  /** Images {@code [N, H, W, C]} to {@code [N, H/4, W/4, inner]}. */
  Module encoder(RandomStream init) {
    return new Sequential(
        Conv2d.of(image.dim(2), widths.outer(), 3).stride(2).padding(1).init(init),
        Layers.relu(),
        Conv2d.of(widths.outer(), widths.inner(), 3).stride(2).padding(1).init(init),
        Layers.relu());
  }

  /** {@code [N, H/4, W/4, inner]} to images in 0..1. */
  Module decoder(RandomStream init) {
    return new Sequential(
        twice(widths.inner(), widths.inner(), init),
        Layers.relu(),
        twice(widths.inner(), widths.outer(), init),
        Layers.relu(),
        Conv2d.of(widths.outer(), image.dim(2), 3).padding(1).init(init),
        Layers.sigmoid(),
        Layers.of(x -> x.slice(1, 0, image.dim(0), 1).slice(2, 0, image.dim(1), 1)));
  }

  /** To twice as many rows and columns. */
  private static Module twice(int in, int out, RandomStream init) {
    return ConvTranspose2d.of(in, out, 3).stride(2).padding(1).outputPadding(1).init(init);
  }

  /** Images to so many numbers each. */
  Module encoderTo(int numbers, RandomStream init) {
    return new Sequential(
        encoder(init), Layers.flatten(), new Linear(middle().size(), numbers, init));
  }

  /** So many numbers to an image each. */
  Module decoderFrom(int numbers, RandomStream init) {
    Shape m = middle();
    return new Sequential(
        new Linear(numbers, m.size(), init),
        Layers.relu(),
        Layers.of(x -> x.reshape(x.shape().dim(0), m.dim(0), m.dim(1), m.dim(2))),
        decoder(init));
  }
}
