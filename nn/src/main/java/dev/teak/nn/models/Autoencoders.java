package dev.teak.nn.models;

import dev.teak.nn.settings.Kind;
import dev.teak.nn.settings.Registry;

/**
 * All autoencoders by name. Where one is expected there may stand layers of one's own as well
 * ({@link LayerList}).
 */
public final class Autoencoders {
  /** The autoencoders with names. A new one is added here. */
  private static final Registry<Autoencoder> NAMED =
      Registry.of("autoencoder", Autoencoder.class)
          .add(
              "conv_autoencoder",
              "two strided convolutions, two transposed ones, and one that gives the image",
              ConvAutoencoder.PAPER)
          .add(
              "vae",
              "variational: a normal distribution of codes for each image (Kingma and Welling)",
              new Vae(16, 1, false))
          .add(
              "aae",
              "adversarial: codes that a discriminator takes for normal (Makhzani et al.)",
              new Aae(16, 128, 1, 1e-3));

  /** Autoencoders, by name or as layers. */
  public static final Kind<Autoencoder> REGISTRY = new NamedOrLayers<>(NAMED, Autoencoder.class);

  private Autoencoders() {}
}
