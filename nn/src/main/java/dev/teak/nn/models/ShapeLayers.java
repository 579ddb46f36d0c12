package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Dropout;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Optional;
import java.util.Locale;

/** The layers that pool, resize, flatten and drop. */
final class ShapeLayers {
  private ShapeLayers() {}

  private static void requireWindow(int window, Integer stride, int padding) {
    if (window < 1) {
      throw new IllegalArgumentException("window: " + window + ": must be 1 or more");
    }
    if (stride != null && stride < 1) {
      throw new IllegalArgumentException("stride: " + stride + ": must be 1 or more");
    }
    if (padding < 0 || padding > window / 2) {
      throw new IllegalArgumentException(
          "padding: " + padding + ": must be 0 to half of the window of " + window);
    }
  }

  /**
   * {@link Layers#maxPool2d(int, int, int)}.
   *
   * @param stride null for windows side by side
   */
  record MaxPool(int window, @Optional Integer stride, int padding) implements Layer {
    MaxPool {
      requireWindow(window, stride, padding);
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.maxPool2d(window, stride == null ? window : stride, padding);
    }
  }

  /**
   * {@link Layers#avgPool2d(int, int, int)}.
   *
   * @param stride null for windows side by side
   */
  record AvgPool(int window, @Optional Integer stride, int padding) implements Layer {
    AvgPool {
      requireWindow(window, stride, padding);
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.avgPool2d(window, stride == null ? window : stride, padding);
    }
  }

  /** {@link Layers#globalAvgPool2d}. */
  record GlobalAvgPool() implements Layer {
    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.globalAvgPool2d();
    }
  }

  /** {@link Layers#flatten}. */
  record Flatten() implements Layer {
    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.flatten();
    }
  }

  /** How pixels between pixels are found. */
  enum Mode {
    NEAREST,
    BILINEAR,
    BICUBIC;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@link Layers#upsample}. */
  record Upsample(double factor, Mode mode) implements Layer {
    Upsample {
      if (!(factor > 0) || Double.isInfinite(factor)) {
        throw new IllegalArgumentException("factor: " + factor + ": must be above 0, and finite");
      }
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.upsample(factor, mode.text());
    }
  }

  /** {@link Layers#resize}. */
  record Resize(int height, int width, Mode mode) implements Layer {
    Resize {
      if (height < 1 || width < 1) {
        throw new IllegalArgumentException(
            (height < 1 ? "height: " + height : "width: " + width) + ": must be 1 or more");
      }
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.resize(height, width, mode.text());
    }
  }

  /** {@link Dropout}. */
  record Drop(double p) implements Layer {
    Drop {
      if (!(p >= 0 && p < 1)) {
        throw new IllegalArgumentException("p: " + p + ": must be in [0, 1)");
      }
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return new Dropout(p, init.derived("dropout"));
    }
  }
}
