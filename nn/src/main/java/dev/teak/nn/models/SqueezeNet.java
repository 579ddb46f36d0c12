package dev.teak.nn.models;

import dev.teak.engine.PoolWindow;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Dropout;
import dev.teak.nn.Init;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SqueezeNet 1.1 (Iandola et al., arXiv:1602.07360, in the authors' later form, which has fewer
 * operations), under torchvision's names: 1.2 million parameters for 1000 classes. Its logits are
 * means of what is behind a relu, so none is below 0.
 */
public record SqueezeNet() implements Architecture {
  private static final int FEATURES = 512;
  private static final PoolWindow POOL = PoolWindow.of(3).stride(2).ceilMode(true);

  @Override
  public Module build(Shape image, int classes, RandomStream init) {
    if (image.dim(0) < 17 || image.dim(1) < 17) {
      throw new IllegalArgumentException(
          "squeezenet1_1: images " + image + " are too small; 17 x 17 or more are needed");
    }
    Map<String, Module> parts = new LinkedHashMap<>();
    parts.put(
        "features",
        new Sequential(
            Conv2d.of(image.dim(2), 64, 3).stride(2).init(init),
            Layers.relu(),
            Layers.maxPool2d(POOL),
            new Fire(64, 16, 64, init),
            new Fire(128, 16, 64, init),
            Layers.maxPool2d(POOL),
            new Fire(128, 32, 128, init),
            new Fire(256, 32, 128, init),
            Layers.maxPool2d(POOL),
            new Fire(256, 48, 192, init),
            new Fire(384, 48, 192, init),
            new Fire(384, 64, 256, init),
            new Fire(512, 64, 256, init)));
    Module last = Conv2d.of(FEATURES, classes, 1).init(init);
    parts.put(
        "classifier",
        new Sequential(
            new Dropout(0.5, init.derived("dropout")),
            last,
            Layers.relu(),
            Layers.globalAvgPool2d()));
    Module model = new Named(parts);
    Initial.of(model).convolutions(shape -> Init.kaimingUniform(shape, init).toFloats()).noBiases();
    Initial.of(last).convolutions(Initial.normal(0.01, init));
    return model;
  }

  /** 1x1 to few channels, from which 1x1 and 3x3 each make as many. */
  private static final class Fire extends Module {
    private final Module squeeze;
    private final Module small;
    private final Module large;

    Fire(int in, int few, int many, RandomStream init) {
      Module first = submodule("squeeze", Conv2d.of(in, few, 1).init(init));
      Module one = submodule("expand1x1", Conv2d.of(few, many, 1).init(init));
      Module three = submodule("expand3x3", Conv2d.of(few, many, 3).padding(1).init(init));
      squeeze = new Sequential(first, Layers.relu()); // no parts, but how the parts run
      small = new Sequential(one, Layers.relu());
      large = new Sequential(three, Layers.relu());
    }

    @Override
    protected Tensor compute(Tensor x) {
      Tensor y = squeeze.forward(x);
      return Tensor.concat(3, List.of(small.forward(y), large.forward(y)));
    }
  }
}
