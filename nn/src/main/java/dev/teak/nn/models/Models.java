package dev.teak.nn.models;

import dev.teak.nn.settings.Kind;
import dev.teak.nn.settings.Registry;
import dev.teak.nn.settings.Settings;
import java.util.List;

/**
 * All models by name: the zoo that files and the command line go through. Where a model is expected
 * there may stand layers of one's own as well ({@link LayerList}).
 */
public final class Models {
  /** The models with names. A new one is added here. */
  private static final Registry<Architecture> NAMED =
      Registry.of("model", Architecture.class)
          .add("mlp", "flatten and three dense layers, of 256, 128 and the classes", new Mlp())
          .add("cnn", "two convolutions with max-pooling and a dense layer", new Cnn())
          .add(
              "resnet18",
              "ResNet-18 (He et al. 2016) for images of about 32 x 32",
              new ResNet18(64))
          .add(
              "speed_net",
              "few wide convolutions behind one that whitens, for CIFAR-10 in little time",
              new SpeedNet(64))
          .add(
              "control_cnn",
              "convolutions with batch norm and max-pooling, dropout and two dense layers",
              new ControlCnn(3, 32, 0.5, 256))
          .add(
              "ensemble",
              "models made alike that answer as one",
              new EnsembleOf(new Cnn(), 10, Combine.MEAN_PROBABILITY, false));

  /** Models, by name or as layers. */
  public static final Kind<Architecture> REGISTRY = new NamedOrLayers<>(NAMED, Architecture.class);

  private Models() {}

  /**
   * A model of its text: {@code resnet18 width=16}, or layers with semicolons between.
   *
   * @throws dev.teak.nn.settings.SettingsException saying what is wrong, and what there is
   */
  public static Architecture parse(String text) {
    return Settings.parse(Architecture.class, text);
  }

  /** The names there are. */
  public static List<String> names() {
    return NAMED.names();
  }
}
