package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.train.TrainingHooks;

/**
 * The autoencoder of "Denoising autoencoder and 10-fold ensemble" (docs/papers): 3x3 convolutions
 * of stride 2 to {@code outer} and {@code inner} channels, transposed ones back through {@code
 * inner} and {@code outer}, each with relu, and a 3x3 convolution to the image's channels with
 * sigmoid. An image {@code [28, 28, 1]} is {@code [7, 7, 8]} in the middle. With the defaults that
 * makes 3217 parameters for one channel.
 *
 * <p>It is for images of 4 x 4 or more. A side that is no multiple of 4 is encoded to a quarter,
 * rounded up, decoded to 4 times that, and cropped at its far end.
 *
 * @param outer channels next to the image
 * @param inner channels next to the code
 */
public record ConvAutoencoder(int outer, int inner) implements Autoencoder {
  /** With the paper's channels. */
  public static final ConvAutoencoder PAPER = new ConvAutoencoder(16, 8);

  /** Rejects widths below 1. */
  public ConvAutoencoder {
    WeightLayers.requireCount("outer", outer);
    WeightLayers.requireCount("inner", inner);
  }

  @Override
  public Module build(Shape image, RandomStream init) {
    ConvTrunk trunk = new ConvTrunk(image, this);
    return new Sequential(trunk.encoder(init), trunk.decoder(init));
  }

  @Override
  public TrainingHooks hooks(Module built, long seed) {
    return new MeanColor(built);
  }
}
