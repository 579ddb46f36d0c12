package dev.teak.nn;

import dev.teak.engine.Tensor;
import java.util.List;

/**
 * Modules one after the other, named 0, 1, 2, ... A convolution, the relu behind it and the
 * max-pooling behind that run as one op, and so do a batch norm and its relu: the same numbers,
 * without their way through memory.
 */
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
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i) instanceof Conv2d conv && at(i + 1) instanceof Relu) {
        int window = at(i + 2) instanceof MaxPool2d pool ? pool.sideBySide() : 0;
        x = conv.forwardRelu(x, window);
        i += window == 0 ? 1 : 2;
      } else if (layers.get(i) instanceof BatchNorm norm && at(i + 1) instanceof Relu) {
        x = norm.forward(x, null, true);
        i++;
      } else {
        x = layers.get(i).forward(x);
      }
    }
    return x;
  }

  private Module at(int i) {
    return i < layers.size() ? layers.get(i) : null;
  }
}
