package dev.teak.nn.models;

import dev.teak.nn.settings.Registry;
import java.util.List;

/** All layers by name that a model of one's own may have. */
public final class LayerKinds {
  private static final double EPS = 1e-5;

  /** The layers. A new one is added here. */
  public static final Registry<Layer> REGISTRY =
      Registry.of("layer", Layer.class)
          .add(
              "conv",
              "2-d convolution to OUT channels",
              new WeightLayers.Conv(1, 3, 1, 0, 1, 1, true),
              "out")
          .add(
              "conv_transpose",
              "transposed convolution to OUT channels, which makes images larger",
              new WeightLayers.ConvTranspose(1, 3, 1, 0, 0, 1, true),
              "out")
          .add(
              "whitening",
              "a first convolution that uncorrelates patches; its filters come from the first batch",
              new WeightLayers.Whiten(2, 1e-4))
          .add("linear", "dense layer to OUT numbers", new WeightLayers.Dense(1, true), "out")
          .add("batch_norm", "each channel over the batch", new NormLayers.Batch(EPS, 0.1))
          .add(
              "group_norm",
              "groups of channels, image by image",
              new NormLayers.Group(1, EPS),
              "groups")
          .add("layer_norm", "all channels, pixel by pixel", new NormLayers.OverChannels(EPS))
          .add(
              "normalize",
              "(x - MEAN) / STD, one number for all channels or one for each",
              new NormLayers.Fixed(List.of(0.0), List.of(1.0)),
              "mean",
              "std")
          .add("relu", "max(x, 0)", new ActivationLayers.Relu())
          .add("leaky_relu", "x, or SLOPE x below 0", new ActivationLayers.LeakyRelu(0.01))
          .add("gelu", "x times the normal distribution function", new ActivationLayers.Gelu())
          .add("silu", "x / (1 + e^-x)", new ActivationLayers.Silu())
          .add("tanh", "tanh x", new ActivationLayers.Tanh())
          .add("sigmoid", "1 / (1 + e^-x)", new ActivationLayers.Sigmoid())
          .add("softmax", "probabilities of what should be logits", new ActivationLayers.Softmax())
          .add("max_pool", "largest of windows", new ShapeLayers.MaxPool(2, null, 0))
          .add("avg_pool", "mean of windows", new ShapeLayers.AvgPool(2, null, 0))
          .add("global_avg_pool", "mean of each channel", new ShapeLayers.GlobalAvgPool())
          .add("flatten", "an image as one row of numbers", new ShapeLayers.Flatten())
          .add(
              "upsample",
              "FACTOR times as high and wide",
              new ShapeLayers.Upsample(2, ShapeLayers.Mode.NEAREST),
              "factor")
          .add(
              "resize",
              "to HEIGHT x WIDTH pixels",
              new ShapeLayers.Resize(1, 1, ShapeLayers.Mode.BILINEAR),
              "height",
              "width")
          .add("dropout", "zeroes with probability P in training", new ShapeLayers.Drop(0.5));

  private LayerKinds() {}
}
