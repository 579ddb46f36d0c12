package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Dropout;
import dev.teak.nn.Layers;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.StochasticDepth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * EfficientNet-B0 (Tan and Le, ICML 2019, table 1), under torchvision's names: 5.3 million
 * parameters for 1000 classes.
 *
 * @param depth probability with which the last residual branch is dropped in training; earlier ones
 *     in proportion to their place
 */
public record EfficientNet(double depth) implements Architecture {
  /** Expansion, kernel, stride, channels and blocks of each stage. */
  private static final int[][] STAGES = {
    {1, 3, 1, 16, 1},
    {6, 3, 2, 24, 2},
    {6, 5, 2, 40, 2},
    {6, 3, 2, 80, 3},
    {6, 5, 1, 112, 3},
    {6, 5, 2, 192, 4},
    {6, 3, 1, 320, 1}
  };

  private static final int BLOCKS = 16;
  private static final int FIRST = 32;
  private static final int LAST = 1280;

  /** Rejects what is no probability. */
  public EfficientNet {
    if (!(depth >= 0 && depth < 1)) {
      throw new IllegalArgumentException("depth: " + depth + ": must be in [0, 1)");
    }
  }

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    List<Module> features = new ArrayList<>();
    features.add(ConvNorm.of(image.dim(2), FIRST, 3, 2, 1, Layers.silu(), init));
    int in = FIRST;
    int block = 0;
    for (int[] s : STAGES) {
      Module[] stage = new Module[s[4]];
      for (int j = 0; j < stage.length; j++) {
        Module drop =
            new StochasticDepth(depth * block / BLOCKS, "row", init.derived("depth/" + block));
        stage[j] = new Block(in, s[3], s[0], s[1], j == 0 ? s[2] : 1, drop, init);
        in = s[3];
        block++;
      }
      features.add(new Sequential(stage));
    }
    features.add(ConvNorm.of(in, LAST, 1, 1, 1, Layers.silu(), init));
    Map<String, Module> parts = new LinkedHashMap<>();
    parts.put("features", new Sequential(features.toArray(Module[]::new)));
    parts.put("avgpool", Layers.globalAvgPool2d());
    parts.put(
        "classifier",
        new Sequential(new Dropout(0.2, init.derived("dropout")), new Linear(LAST, classes, init)));
    Module model = new Named(parts);
    double bound = 1 / Math.sqrt(classes);
    Initial.of(model)
        .convolutions(Initial.fanOut(init))
        .linear(shape -> init.uniform(shape, -bound, bound).toFloats())
        .noBiases();
    return model;
  }

  /** An inverted residual block whose channels are weighted by what all pixels say of them. */
  private static final class Block extends Module {
    private final Module block;
    private final Module drop; // null where there is nothing to add to

    Block(int in, int out, int expansion, int kernel, int stride, Module drop, RandomStream init) {
      int inner = in * expansion;
      List<Module> layers = new ArrayList<>();
      if (expansion != 1) {
        layers.add(ConvNorm.of(in, inner, 1, 1, 1, Layers.silu(), init));
      }
      layers.add(ConvNorm.of(inner, inner, kernel, stride, inner, Layers.silu(), init));
      layers.add(new SqueezeExcitation(inner, in / 4, init));
      layers.add(ConvNorm.of(inner, out, 1, 1, 1, null, init));
      block = submodule("block", new Sequential(layers.toArray(Module[]::new)));
      this.drop = stride == 1 && in == out ? submodule("stochastic_depth", drop) : null;
    }

    @Override
    protected Tensor compute(Tensor x) {
      Tensor y = block.forward(x);
      return drop == null ? y : drop.forward(y).add(x);
    }
  }

  /** Hu et al., CVPR 2018: each channel times a number in 0..1 made of the means of all. */
  private static final class SqueezeExcitation extends Module {
    private final Module weights;

    SqueezeExcitation(int channels, int squeezed, RandomStream init) {
      Module first = submodule("fc1", Conv2d.of(channels, squeezed, 1).init(init));
      Module second = submodule("fc2", Conv2d.of(squeezed, channels, 1).init(init));
      weights = new Sequential(first, Layers.silu(), second, Layers.sigmoid());
    }

    @Override
    protected Tensor compute(Tensor x) {
      return x.mul(weights.forward(x.meanKeepDims(1, 2))); // [N, H, W, C] times [N, 1, 1, C]
    }
  }
}
