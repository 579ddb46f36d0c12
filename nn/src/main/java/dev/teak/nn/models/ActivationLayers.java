package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;

/** The layers that are a function of each number by itself, or of a row of them. */
final class ActivationLayers {
  private ActivationLayers() {}

  /** {@link Layers#relu}. */
  record Relu() implements Layer {
    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.relu();
    }
  }

  /** {@link Layers#leakyRelu}. */
  record LeakyRelu(double slope) implements Layer {
    LeakyRelu {
      if (!(slope >= 0 && slope <= 1)) {
        throw new IllegalArgumentException("slope: " + slope + ": must be in 0..1");
      }
    }

    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.leakyRelu(slope);
    }
  }

  /** {@link Layers#gelu()}. */
  record Gelu() implements Layer {
    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.gelu();
    }
  }

  /** {@link Layers#silu}. */
  record Silu() implements Layer {
    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.silu();
    }
  }

  /** {@link Layers#tanh}. */
  record Tanh() implements Layer {
    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.tanh();
    }
  }

  /** {@link Layers#sigmoid}. */
  record Sigmoid() implements Layer {
    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.sigmoid();
    }
  }

  /** {@link Layers#softmax} over the channels. */
  record Softmax() implements Layer {
    @Override
    public Module build(Shape input, RandomStream init) {
      return Layers.softmax(-1);
    }
  }
}
