package dev.teak.defenses.mask;

import dev.teak.nn.settings.Registry;
import java.util.List;

/** All fills by name. */
public final class Fills {
  /** Every fill. */
  public static final Registry<Fill> REGISTRY =
      Registry.of("fill", Fill.class)
          .add("constant", "one value", new Fill.Constant(0))
          .add("blur", "means over so many by so many pixels", new Fill.Blur(3), "size")
          .add("sharpen", "each pixel against its neighbours", new Fill.Sharpen())
          .add("emboss", "relief, lit from the upper left", new Fill.Emboss())
          .add(
              "kernel",
              "the image under k x k numbers, row by row",
              new Fill.Kernel(List.of(1.0)),
              "values");

  private Fills() {}
}
