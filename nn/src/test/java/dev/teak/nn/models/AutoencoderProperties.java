package dev.teak.nn.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Kind;
import dev.teak.nn.settings.Settings;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Every autoencoder, on images of every size. */
class AutoencoderProperties {
  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of(Autoencoders.REGISTRY.entries().stream().map(Kind.Entry::name).toList());
  }

  @Property(tries = 60)
  void imagesComeBackInTheirShapeAndRange(
      @ForAll("names") String name,
      @ForAll @IntRange(min = 4, max = 33) int height,
      @ForAll @IntRange(min = 4, max = 33) int width,
      @ForAll boolean color,
      @ForAll @IntRange(max = 3) int count) {
    Shape image = Shape.of(height, width, color ? 3 : 1);
    Shape images = Shape.of(count, height, width, image.dim(2));
    try (Scope scope = Scope.open()) {
      Module model =
          Settings.parse(Autoencoder.class, name).build(image, new RandomStream(1, "init"));
      for (int mode = 0; mode < 2; mode++) {
        Tensor y = model.forward(new RandomStream(2, "x").uniform(images));
        assertEquals(images, y.shape());
        for (float v : y.toFloats()) {
          assertTrue(v >= 0 && v <= 1, () -> "pixel " + v);
        }
        model.eval();
      }
    }
  }
}
