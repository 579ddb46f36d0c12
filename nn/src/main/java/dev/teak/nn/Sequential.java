package dev.teak.nn;

import dev.teak.engine.Tensor;
import java.util.List;

/**
 * Modules one after the other, named 0, 1, 2, ... A convolution, the relu behind it and the
 * max-pooling behind that run as one op, and so do a convolution and another activation, and a
 * batch norm and its relu: the same numbers, without their way through memory.
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

  List<Module> layers() {
    return layers;
  }

  @Override
  protected Tensor compute(Tensor x) {
    for (int i = 0; i < layers.size(); i++) {
      if (plain(i) instanceof Conv2d conv && plain(i + 1) instanceof Relu) {
        int window = plain(i + 2) instanceof MaxPool2d pool ? pool.sideBySide() : 0;
        x = conv.forwardRelu(x, window);
        i += window == 0 ? 1 : 2;
      } else if (plain(i) instanceof Conv2d conv && plain(i + 1) instanceof Activation next) {
        x = conv.forwardActivated(x, next.function());
        i++;
      } else if (plain(i) instanceof BatchNorm norm && plain(i + 1) instanceof Relu) {
        x = norm.forward(x, null, true);
        i++;
      } else {
        x = layers.get(i).forward(x);
      }
    }
    return x;
  }

  /**
   * A layer that may lose itself in a fused op; null where there is none, or one that is hooked.
   */
  private Module plain(int i) {
    return i < layers.size() && layers.get(i).isPlain() ? layers.get(i) : null;
  }
}
