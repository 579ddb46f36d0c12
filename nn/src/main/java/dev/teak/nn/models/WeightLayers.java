package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Conv2d;
import dev.teak.nn.ConvTranspose2d;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.Whitening;

/** The layers with weights; how many inputs they have follows from what comes before them. */
final class WeightLayers {
  private WeightLayers() {}

  private static int channels(Shape input) {
    if (input.rank() != 3) {
      throw new IllegalArgumentException("it takes an image [H, W, C]; put it before flatten");
    }
    return input.dim(2);
  }

  /** Throws unless a setting is 1 or more. */
  static void requireCount(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + ": " + value + ": must be 1 or more");
    }
  }

  private static void requireSliding(int kernel, int stride, int padding, int groups) {
    requireCount("kernel", kernel);
    requireCount("stride", stride);
    requireCount("groups", groups);
    if (padding < 0) {
      throw new IllegalArgumentException("padding: " + padding + ": must be 0 or more");
    }
  }

  /** {@link Conv2d}. */
  record Conv(int out, int kernel, int stride, int padding, int dilation, int groups, boolean bias)
      implements Layer {
    Conv {
      requireCount("out", out);
      requireSliding(kernel, stride, padding, groups);
      requireCount("dilation", dilation);
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return Conv2d.of(channels(input), out, kernel)
          .stride(stride)
          .padding(padding)
          .dilation(dilation)
          .groups(groups)
          .bias(bias)
          .init(init);
    }
  }

  /** {@link ConvTranspose2d}. */
  record ConvTranspose(
      int out, int kernel, int stride, int padding, int outputPadding, int groups, boolean bias)
      implements Layer {
    ConvTranspose {
      requireCount("out", out);
      requireSliding(kernel, stride, padding, groups);
      if (outputPadding < 0) {
        throw new IllegalArgumentException(
            "output_padding: " + outputPadding + ": must be 0 or more");
      }
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return ConvTranspose2d.of(channels(input), out, kernel)
          .stride(stride)
          .padding(padding)
          .groups(groups)
          .bias(bias)
          .outputPadding(outputPadding)
          .init(init);
    }
  }

  /** {@link Whitening}. */
  record Whiten(int kernel, double eps) implements Layer {
    @Override
    public Module build(Shape input, RandomStream init) {
      return new Whitening(channels(input), kernel, eps);
    }
  }

  /** {@link Linear}. */
  record Dense(int out, boolean bias) implements Layer {
    Dense {
      requireCount("out", out);
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      if (input.rank() != 1) {
        throw new IllegalArgumentException(
            "it takes a row of numbers; put flatten or global_avg_pool before it");
      }
      return new Linear(input.size(), out, bias, init);
    }
  }
}
