package dev.teak.defenses.layer;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.WrapperDefense;
import dev.teak.engine.Functional;
import dev.teak.engine.Images;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Optional;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Feature denoising (Xie, Wu, van der Maaten, Yuille and He, CVPR 2019, section 4): behind a layer
 * stands a block that filters its feature maps, mixes their channels by a 1x1 convolution, and adds
 * the result to what came in. The convolution trains with the model. The whole is differentiable,
 * so its own gradient is that of whoever knows of it.
 *
 * @param layer full name of the layer, as {@link Module#getSubmodule} takes it; it gives {@code [N,
 *     H, W, C]}. Null for every relu that gives such, with a block behind each
 * @param filter of the feature maps
 */
public record FeatureDenoising(@Optional String layer, Filter filter) implements WrapperDefense {
  private static final int WINDOW = 3;

  /** The denoising operation (section 4.1 of the paper). */
  public enum Filter {
    /** Mean of 3x3 windows; zeros lie beyond the edge, as in the paper's average pooling. */
    MEAN {
      @Override
      Tensor of(Tensor x, Block block) {
        return Functional.avgPool2d(x, WINDOW, 1, WINDOW / 2);
      }
    },
    /** Median of 3x3 windows; beyond the edge lie its own pixels again. */
    MEDIAN {
      @Override
      Tensor of(Tensor x, Block block) {
        return median(x);
      }
    },
    /** A Gaussian over 3x3 windows, reflected at the edge; the paper has none. */
    GAUSSIAN {
      @Override
      Tensor of(Tensor x, Block block) {
        return Images.gaussianBlur(x, WINDOW);
      }
    },
    /**
     * Non-local means in the embedded Gaussian form: each pixel the mean of all, weighted by the
     * softmax of theta(x_i) phi(x_j) / sqrt(C), with 1x1 convolutions theta and phi.
     */
    NON_LOCAL {
      @Override
      Tensor of(Tensor x, Block block) {
        return block.nonLocal(x);
      }
    };

    abstract Tensor of(Tensor x, Block block);
  }

  /**
   * {@inheritDoc} The new convolutions are drawn by the seed.
   *
   * @throws IllegalArgumentException if there is no such layer, or it gives no feature maps
   */
  @Override
  public Module wrap(Trainee trainee) {
    RandomStream init = new RandomStream(trainee.seed(), "feature_denoising");
    Map<Module, Module> blocks = new LinkedHashMap<>(); // modules are equal to themselves alone
    Map<String, Module> parts = new LinkedHashMap<>();
    for (Map.Entry<Module, Shape> each : maps(trainee).entrySet()) {
      Block block = new Block(each.getValue().dim(3), filter, init);
      blocks.put(each.getKey(), block);
      parts.put("denoise" + parts.size(), block);
    }
    return new Rewired(
        trainee.model(),
        List.copyOf(blocks.keySet()),
        at -> at.registerForwardHook((layer, in, out) -> blocks.get(layer).forward(out)),
        parts);
  }

  /** The layers to stand behind, in the order in which they run, and what they give. */
  private Map<Module, Shape> maps(Trainee trainee) {
    List<Module> layers = Rewired.layers("feature_denoising", trainee.model(), layer);
    Map<Module, Shape> outputs = Rewired.outputs(trainee, layers);
    if (layer != null && !isMaps(outputs.get(layers.get(0)))) {
      Shape given = outputs.get(layers.get(0));
      throw new IllegalArgumentException(
          "feature_denoising: layer "
              + layer
              + " gives "
              + (given == null ? "nothing, for it does not run" : given)
              + "; expects feature maps [N, H, W, C]");
    }
    outputs.values().removeIf(shape -> !isMaps(shape));
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "feature_denoising: no relu of the model gives feature maps [N, H, W, C]; name a layer"
              + " that does, of "
              + trainee.model().namedModules().keySet());
    }
    return outputs;
  }

  private static boolean isMaps(Shape shape) {
    return shape != null && shape.rank() == 4;
  }

  /** {@inheritDoc} It is its own, behind what the model inside is attacked through. */
  @Override
  public Module attackedThrough(Trainee trainee, Module wrapped) {
    return ((Rewired) wrapped).over(trainee.model());
  }

  /** x + conv(filter(x)). */
  static final class Block extends Module {
    private final Filter filter;
    private final Module theta;
    private final Module phi;
    private final Module conv;

    Block(int channels, Filter filter, RandomStream init) {
      this.filter = filter;
      boolean embedded = filter == Filter.NON_LOCAL;
      theta = embedded ? submodule("theta", Conv2d.of(channels, channels, 1).init(init)) : null;
      phi = embedded ? submodule("phi", Conv2d.of(channels, channels, 1).init(init)) : null;
      conv = submodule("conv", Conv2d.of(channels, channels, 1).init(init));
    }

    @Override
    protected Tensor compute(Tensor x) {
      return x.add(conv.forward(filter.of(x, this)));
    }

    private Tensor nonLocal(Tensor x) {
      int n = x.shape().dim(0);
      int channels = x.shape().dim(3);
      int pixels = x.shape().dim(1) * x.shape().dim(2);
      Tensor a = theta.forward(x).reshape(n, pixels, channels);
      Tensor b = phi.forward(x).reshape(n, pixels, channels);
      // [N, HW, C] [N, C, HW] -> [N, HW, HW]
      Tensor weights = a.matmul(b.transpose(1, 2)).div(Math.sqrt(channels)).softmax();
      return weights.matmul(x.reshape(n, pixels, channels)).reshape(x.shape().dims());
    }
  }

  /** The fifth of nine neighbors. */
  private static Tensor median(Tensor x) {
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    Tensor padded = Images.pad(x, 1, 1, 1, 1, "replicate");
    List<Tensor> neighbors = new ArrayList<>();
    for (int i = 0; i < WINDOW; i++) {
      for (int j = 0; j < WINDOW; j++) {
        neighbors.add(padded.slice(1, i, i + h, 1).slice(2, j, j + w, 1));
      }
    }
    int middle = WINDOW * WINDOW / 2;
    return Tensor.stack(4, neighbors)
        .sort(4, false)
        .values()
        .slice(4, middle, middle + 1, 1)
        .squeeze(4);
  }
}
