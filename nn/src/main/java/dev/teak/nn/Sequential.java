package dev.teak.nn;

import dev.teak.engine.Tensor;
import java.util.List;

/** Modules one after the other, named 0, 1, 2, ... */
public final class Sequential extends Module {
  private final List<Module> layers;

  /** The layers in order. */
  public Sequential(Module... layers) {
    this.layers = List.of(layers);
    for (int i = 0; i < layers.length; i++) {
      submodule(Integer.toString(i), layers[i]);
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    for (Module layer : layers) {
      x = layer.forward(x);
    }
    return x;
  }
}
