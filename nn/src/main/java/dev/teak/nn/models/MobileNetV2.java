package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Dropout;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * MobileNetV2 (Sandler et al., CVPR 2018, table 2), under torchvision's names: 3.5 million
 * parameters for 1000 classes.
 *
 * @param width multiple of the paper's channels, which are rounded to multiples of 8
 * @param stem small: the first two strides are 1
 */
public record MobileNetV2(double width, Stem stem) implements Architecture {
  /** Expansion, channels, blocks and stride of each stage. */
  private static final int[][] STAGES = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  private static final int FIRST = 32;
  private static final int LAST = 1280;

  /** Rejects a width that is not above 0. */
  public MobileNetV2 {
    if (!(width > 0 && width <= 16)) {
      throw new IllegalArgumentException("width: " + width + ": must be above 0, at most 16");
    }
  }

  /** The nearest multiple of 8, from 8, but no more than a tenth less. */
  private static int rounded(double channels) {
    int eights = Math.max(8, (int) (channels + 4) / 8 * 8);
    return eights < 0.9 * channels ? eights + 8 : eights;
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    boolean small = stem == Stem.SMALL;
    int in = rounded(FIRST * width);
    List<Module> features = new ArrayList<>();
    features.add(ConvNorm.of(image.dim(2), in, 3, small ? 1 : 2, 1, Layers.relu6(), init));
    for (int i = 0; i < STAGES.length; i++) {
      int out = rounded(STAGES[i][1] * width);
      for (int j = 0; j < STAGES[i][2]; j++) {
        int stride = j > 0 || (small && i == 1) ? 1 : STAGES[i][3];
        features.add(new InvertedResidual(in, out, stride, STAGES[i][0], init));
        in = out;
      }
    }
    int last = rounded(LAST * Math.max(1, width));
    features.add(ConvNorm.of(in, last, 1, 1, 1, Layers.relu6(), init));
    Map<String, Module> parts = new LinkedHashMap<>();
    parts.put("features", new Sequential(features.toArray(Module[]::new)));
    parts.put("pool", Layers.globalAvgPool2d());
    parts.put(
        "classifier",
        new Sequential(new Dropout(0.2, init.derived("dropout")), new Linear(last, classes, init)));
    Module model = new Named(parts);
    Initial.of(model)
        .convolutions(Initial.fanOut(init))
        .linear(Initial.normal(0.01, init))
        .noBiases();
    return model;
  }

  /** 1x1 to more channels, 3x3 on each by itself, 1x1 to few; with x itself where that fits. */
  private static final class InvertedResidual extends Module {
    private final Module conv;
    private final boolean residual;

    InvertedResidual(int in, int out, int stride, int expansion, RandomStream init) {
      int inner = in * expansion;
      List<Module> layers = new ArrayList<>();
      if (expansion != 1) {
        layers.add(ConvNorm.of(in, inner, 1, 1, 1, Layers.relu6(), init));
      }
      layers.add(ConvNorm.of(inner, inner, 3, stride, inner, Layers.relu6(), init));
      layers.add(Conv2d.of(inner, out, 1).bias(false).init(init));
      layers.add(new BatchNorm(out));
      conv = submodule("conv", new Sequential(layers.toArray(Module[]::new)));
      residual = stride == 1 && in == out;
    }

    @Override
    protected Tensor compute(Tensor x) {
      Tensor y = conv.forward(x);
      return residual ? x.add(y) : y;
    }
  }
}
