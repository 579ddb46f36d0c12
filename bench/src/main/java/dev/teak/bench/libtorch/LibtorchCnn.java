package dev.teak.bench.libtorch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import dev.teak.bench.Net;

/** {@link Net#MNIST_CNN} on libtorch. */
final class LibtorchCnn extends LibtorchModel {
  private static final long FLAT = 64 * 7 * 7;

  LibtorchCnn(Engine engine, NDManager owned) {
    super(engine, owned, Net.MNIST_CNN);
  }

  @Override
  NDArray[] initial(NDManager owner) {
    return new NDArray[] {
      LibtorchWorks.channelsLast(owner, 32, 1, 3, 3),
      owner.zeros(new Shape(32)),
      LibtorchWorks.channelsLast(owner, 64, 32, 3, 3),
      owner.zeros(new Shape(64)),
      owner.randomNormal(0, 0.05f, new Shape(10, FLAT), DataType.FLOAT32),
      owner.zeros(new Shape(10))
    };
  }

  @Override
  NDArray logits(NDArray images, NDArray[] p, boolean training) {
    NDArray x = stage(images, p[0], p[1]); // [n, 1, 28, 28] -> [n, 32, 14, 14]
    x = stage(x, p[2], p[3]); // [n, 32, 14, 14] -> [n, 64, 7, 7]
    x = x.reshape(-1, FLAT);
    return Linear.linear(x, p[4], p[5]).singletonOrThrow();
  }

  /**
   * Convolution, ReLU, pooling. The maximum goes before the ReLU: the result is the same, and
   * libtorch, which does not fuse them, is faster by a quarter of the step.
   */
  private static NDArray stage(NDArray x, NDArray weight, NDArray bias) {
    NDArray y = LibtorchWorks.conv3x3(x, weight, bias);
    return Activation.relu(Pool.maxPool2d(y, TWO, TWO, ZERO, false));
  }
}
