package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import java.util.List;

/**
 * The zoo: models by name, for images {@code [H, W, C]} and a number of classes; all give logits.
 */
public final class Models {
  /** What {@link #byName} knows. */
  public static final List<String> NAMES = List.of("mlp", "cnn", "resnet18");

  private Models() {}

  /**
   * A model of this name.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static Module byName(String name, Shape image, int classes, RandomStream init) {
    return switch (name) {
      case "mlp" -> mlp(image, classes, init);
      case "cnn" -> cnn(image, classes, init);
      case "resnet18" -> resnet18(image, classes, init);
      default ->
          throw new IllegalArgumentException(
              "there is no model '" + name + "'; the models are " + String.join(", ", NAMES));
    };
  }

  /** Flatten, dense 256, relu, dense 128, relu, dense. */
  public static Module mlp(Shape image, int classes, RandomStream init) {
    return new Sequential(
        Layers.flatten(),
        new Linear(image.size(), 256, init),
        Layers.relu(),
        new Linear(256, 128, init),
        Layers.relu(),
        new Linear(128, classes, init));
  }

  /** Conv 32 3x3, relu, max-pool 2, conv 64 3x3, relu, max-pool 2, flatten, dense; padding 1. */
  public static Module cnn(Shape image, int classes, RandomStream init) {
    if (image.dim(0) < 4 || image.dim(1) < 4) {
      throw new IllegalArgumentException(
          "cnn: images " + image + " are too small; two poolings need 4 x 4 or more");
    }
    int flat = image.dim(0) / 4 * (image.dim(1) / 4) * 64;
    return new Sequential(
        Conv2d.of(image.dim(2), 32, 3).padding(1).init(init),
        Layers.relu(),
        Layers.maxPool2d(2),
        Conv2d.of(32, 64, 3).padding(1).init(init),
        Layers.relu(),
        Layers.maxPool2d(2),
        Layers.flatten(),
        new Linear(flat, classes, init));
  }

  /**
   * ResNet-18 (He et al. 2016) in its form for images of about 32 x 32: 11.2 million parameters.
   */
  public static Module resnet18(Shape image, int classes, RandomStream init) {
    return new ResNet(image.dim(2), classes, init, 2, 2, 2, 2);
  }
}
