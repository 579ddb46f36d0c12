package dev.teak.nn.augment;

import dev.teak.nn.settings.Registry;

/** All augmentations by name. */
public final class Augmentations {
  /** Every augmentation, as {@code crop 4; flip}. */
  public static final Registry<Augmentation> REGISTRY =
      Registry.of("augmentation", Augmentation.class)
          .add("flip", "left and right are exchanged in one of two images", new Flip())
          .add(
              "crop",
              "zeros are laid around the image, and a part of its old size is cut out anywhere",
              new Crop(4))
          .add("rotation", "turned by an angle up to this, either way", new Rotation(10))
          .add("cutout", "a square anywhere is black", new Cutout(8))
          .add("noise", "Gaussian noise is added, and the sum clipped to 0..1", new Noise(0.1));

  private Augmentations() {}
}
