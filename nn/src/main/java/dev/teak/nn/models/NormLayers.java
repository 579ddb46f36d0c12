package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.GroupNorm;
import dev.teak.nn.LayerNorm;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import java.util.List;

/** The layers that bring numbers to a mean and a deviation. */
final class NormLayers {
  private NormLayers() {}

  private static void requireEps(double eps) {
    if (!(eps >= 0)) {
      throw new IllegalArgumentException("eps: " + eps + ": must be 0 or more");
    }
  }

  /** {@link BatchNorm}. */
  record Batch(double eps, double momentum) implements Layer {
    Batch {
      requireEps(eps);
      if (!(momentum >= 0 && momentum <= 1)) {
        throw new IllegalArgumentException("momentum: " + momentum + ": must be in 0..1");
      }
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return BatchNorm.of(input.dim(-1)).eps(eps).momentum(momentum).init();
    }
  }

  /** {@link GroupNorm}. */
  record Group(int groups, double eps) implements Layer {
    Group {
      requireEps(eps);
      if (groups < 1) {
        throw new IllegalArgumentException("groups: " + groups + ": must be 1 or more");
      }
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return GroupNorm.of(groups, input.dim(-1)).eps(eps).init();
    }
  }

  /** {@link LayerNorm} over the channels, which is what networks of images have. */
  record OverChannels(double eps) implements Layer {
    OverChannels {
      requireEps(eps);
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return LayerNorm.of(input.dim(-1)).eps(eps).init();
    }
  }

  /** {@link Layers#normalize(double[], double[])}. */
  record Fixed(List<Double> mean, List<Double> std) implements Layer {
    Fixed {
      mean = List.copyOf(mean);
      std = List.copyOf(std);
      if (mean.isEmpty() || mean.size() != std.size()) {
        throw new IllegalArgumentException(
            "std: has " + std.size() + " numbers, mean has " + mean.size() + "; as many of both");
      }
      if (!std.stream().allMatch(d -> d > 0)) {
        throw new IllegalArgumentException("std: " + std + ": must be above 0");
      }
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.normalize(array(mean), array(std));
    }

    private static double[] array(List<Double> values) {
      return values.stream().mapToDouble(v -> v).toArray();
    }
  }
}
