package dev.teak.bench.libtorch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.GradientCollector;

/**
 * The CNN of {@link dev.teak.bench.Works} on libtorch, as arrays and operations: its training step
 * and PGD on it. DJL's own trainer is not used, it would only add to the time.
 */
final class LibtorchCnn {
  private static final Shape TWO = new Shape(2, 2);
  private static final Shape ZERO = new Shape(0, 0);
  private static final long FLAT = 64 * 7 * 7;
  private static final float MOMENTUM = 0.9f;
  private static final float RATE = 0.01f;
  private static final float EPSILON = 0.3f;
  private static final float STEP = 0.01f;

  private final Engine engine;
  private final NDManager owned;
  private final NDArray[] parameters;
  private final NDArray[] velocities;

  LibtorchCnn(Engine engine, NDManager owned) {
    this.engine = engine;
    this.owned = owned;
    this.parameters =
        new NDArray[] {
          LibtorchWorks.channelsLast(owned, 32, 1, 3, 3),
          owned.zeros(new Shape(32)),
          LibtorchWorks.channelsLast(owned, 64, 32, 3, 3),
          owned.zeros(new Shape(64)),
          owned.randomNormal(0, 0.05f, new Shape(10, FLAT), DataType.FLOAT32),
          owned.zeros(new Shape(10))
        };
    this.velocities = new NDArray[parameters.length];
    for (int i = 0; i < parameters.length; i++) {
      velocities[i] = parameters[i].zerosLike();
    }
  }

  /** Pixels in [0, 1], [batch, 1, 28, 28]. */
  static NDArray images(NDManager owner, int batch) {
    return owner.randomUniform(0, 1, new Shape(batch, 1, 28, 28), DataType.FLOAT32);
  }

  /** Classes 0 to 9, [batch, 1] as {@code gather} wants them. */
  static NDArray labels(NDManager owner, int batch) {
    return owner.randomInteger(0, 10, new Shape(batch, 1), DataType.INT64);
  }

  /** One step of SGD with momentum; the parameters change in place. Returns the loss. */
  float trainingStep(NDArray images, NDArray labels) {
    try (NDManager step = owned.newSubManager()) {
      NDArray[] leaves = new NDArray[parameters.length];
      for (int i = 0; i < leaves.length; i++) {
        leaves[i] = LibtorchWorks.leaf(parameters[i], step);
      }
      NDArray input = LibtorchWorks.detached(images, step);
      float loss;
      try (GradientCollector collector = engine.newGradientCollector()) {
        NDArray mean = crossEntropy(logits(input, leaves), labels).mean();
        collector.backward(mean);
        loss = mean.getFloat();
      }
      update(leaves, step);
      return loss;
    }
  }

  /** v = 0.9 v + g; p = p - 0.01 v. */
  private void update(NDArray[] leaves, NDManager step) {
    for (int i = 0; i < leaves.length; i++) {
      NDArray gradient = leaves[i].getGradient();
      gradient.attach(step);
      velocities[i].muli(MOMENTUM).addi(gradient);
      NDArray velocity = LibtorchWorks.detached(velocities[i], step);
      parameters[i].subi(velocity.mul(RATE));
    }
  }

  /** The adversarial images are computed and thrown away. */
  void pgd(NDArray images, NDArray labels, int steps) {
    try (NDManager attack = owned.newSubManager()) {
      NDArray clean = LibtorchWorks.detached(images, attack);
      // The ball and the pixel range at once: two bounds for each pixel, computed once.
      NDArray low = clean.sub(EPSILON).maximum(0);
      NDArray high = clean.add(EPSILON).minimum(1);
      NDArray adversarial = clean.duplicate();
      for (int i = 0; i < steps; i++) {
        NDArray next = pgdStep(adversarial, labels, low, high, attack);
        adversarial.close();
        adversarial = next;
      }
    }
  }

  private NDArray pgdStep(
      NDArray images, NDArray labels, NDArray low, NDArray high, NDManager attack) {
    try (NDManager step = attack.newSubManager()) {
      NDArray input = LibtorchWorks.leaf(images, step);
      try (GradientCollector collector = engine.newGradientCollector()) {
        // The parameters want no gradient here, so libtorch computes none.
        collector.backward(crossEntropy(logits(input, parameters), labels).sum());
      }
      NDArray gradient = input.getGradient();
      gradient.attach(step);
      NDArray moved = gradient.signi().muli(STEP).addi(LibtorchWorks.detached(images, step));
      NDArray next = moved.maximum(low).minimum(high);
      next.attach(attack);
      return next;
    }
  }

  private static NDArray logits(NDArray images, NDArray[] p) {
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

  /** -log softmax at the label, one an image: [n, 1]. */
  private static NDArray crossEntropy(NDArray logits, NDArray labels) {
    return logits.logSoftmax(1).gather(labels, 1).neg();
  }
}
