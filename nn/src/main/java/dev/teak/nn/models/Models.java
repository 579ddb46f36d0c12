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
              "ResNet-18 (He et al. 2016) for images of about 32 x 32, or 224 x 224 with"
                  + " stem=imagenet",
              new ResNetOf(64, Stem.SMALL, List.of(2, 2, 2, 2), 0))
          .add("resnet34", "ResNet-34, for images of about 224 x 224", imagenet(0, 3, 4, 6, 3))
          .add("resnet50", "ResNet-50, for images of about 224 x 224", imagenet(1, 3, 4, 6, 3))
          .add(
              "wide_resnet50_2",
              "ResNet-50 of twice the width within its blocks (Zagoruyko and Komodakis 2016)",
              imagenet(2, 3, 4, 6, 3))
          .add(
              "mobilenet_v2",
              "MobileNetV2 (Sandler et al. 2018)",
              new MobileNetV2(1, Stem.IMAGENET))
          .add(
              "densenet121",
              "DenseNet-121 (Huang et al. 2017)",
              new DenseNet(32, Stem.IMAGENET, List.of(6, 12, 24, 16)))
          .add(
              "densenet169",
              "DenseNet-169",
              new DenseNet(32, Stem.IMAGENET, List.of(6, 12, 32, 32)))
          .add(
              "vgg11_bn",
              "VGG-11 with batch norm (Simonyan and Zisserman 2015)",
              new Vgg(List.of(1, 1, 2, 2, 2)))
          .add("vgg16_bn", "VGG-16 with batch norm", new Vgg(List.of(2, 2, 3, 3, 3)))
          .add("squeezenet1_1", "SqueezeNet 1.1 (Iandola et al. 2016)", new SqueezeNet())
          .add("efficientnet_b0", "EfficientNet-B0 (Tan and Le 2019)", new EfficientNet(0.2))
          .add("resnet20", "ResNet-20 for CIFAR-10 (He et al. 2016)", new CifarResNet(3))
          .add("resnet32", "ResNet-32 for CIFAR-10", new CifarResNet(5))
          .add("resnet44", "ResNet-44 for CIFAR-10", new CifarResNet(7))
          .add("resnet56", "ResNet-56 for CIFAR-10", new CifarResNet(9))
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

  private static ResNetOf imagenet(int bottleneck, Integer... blocks) {
    return new ResNetOf(64, Stem.IMAGENET, List.of(blocks), bottleneck);
  }

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
