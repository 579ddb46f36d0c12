package dev.teak.bench.libtorch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import dev.teak.bench.Net;

/** {@link Net#AUTOENCODER} on libtorch. */
final class LibtorchAutoencoder extends LibtorchModel {
  private static final Shape ONE = new Shape(1, 1);

  /** How many arrays its parameters are. */
  static final int PARAMETERS = 10;

  private final TransposedConv transposed;

  LibtorchAutoencoder(Engine engine, NDManager owned) {
    super(engine, owned, Net.AUTOENCODER);
    transposed = new TransposedConv(owned);
  }

  @Override
  NDArray[] initial(NDManager owner) {
    return new NDArray[] {
      LibtorchWorks.channelsLast(owner, 16, 1, 3, 3),
      owner.zeros(new Shape(16)),
      LibtorchWorks.channelsLast(owner, 8, 16, 3, 3),
      owner.zeros(new Shape(8)),
      LibtorchWorks.channelsLast(owner, 8, 8, 3, 3),
      owner.zeros(new Shape(8)),
      LibtorchWorks.channelsLast(owner, 8, 16, 3, 3), // transposed: in, out
      owner.zeros(new Shape(16)),
      LibtorchWorks.channelsLast(owner, 1, 16, 3, 3),
      owner.zeros(new Shape(1))
    };
  }

  @Override
  NDArray logits(NDArray images, NDArray[] p, boolean training) {
    NDArray x = Activation.relu(half(images, p[0], p[1])); // [n, 1, 28, 28] -> [n, 16, 14, 14]
    x = Activation.relu(half(x, p[2], p[3])); // -> [n, 8, 7, 7]
    x = Activation.relu(transposed.of(x, p[4], p[5])); // -> [n, 8, 14, 14]
    x = Activation.relu(transposed.of(x, p[6], p[7])); // -> [n, 16, 28, 28]
    return Activation.sigmoid(LibtorchWorks.conv3x3(x, p[8], p[9]));
  }

  private static NDArray half(NDArray x, NDArray weight, NDArray bias) {
    return Conv2d.conv2d(x, weight, bias, TWO, ONE, ONE, 1).singletonOrThrow();
  }

  @Override
  NDArray loss(NDArray images, NDArray labels, NDArray[] p) {
    return logits(images, p, true).sub(images).square().mean();
  }
}
