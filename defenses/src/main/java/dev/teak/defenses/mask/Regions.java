package dev.teak.defenses.mask;

import dev.teak.nn.settings.Registry;

/** All regions by name. */
public final class Regions {
  /** Every region. */
  public static final Registry<Region> REGISTRY =
      Registry.of("region", Region.class)
          .add(
              "random",
              "each pixel with this probability, or exactly such a share of them",
              new Region.Random(0.3, false),
              "ratio")
          .add(
              "rectangle",
              "a given rectangle",
              new Region.Rectangle(0, 0, 1, 1),
              "top",
              "left",
              "height",
              "width")
          .add(
              "random_rectangle",
              "a rectangle anywhere",
              new Region.RandomRectangle(1, 1),
              "height",
              "width")
          .add("everywhere", "the whole image", new Region.Everywhere());

  private Regions() {}
}
