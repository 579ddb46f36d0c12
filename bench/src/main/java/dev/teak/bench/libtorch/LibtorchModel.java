package dev.teak.bench.libtorch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.teak.bench.Net;

/**
 * A network on libtorch, as arrays and operations: its training step, its evaluation and PGD on it.
 * DJL's own trainer is not used, it would only add to the time.
 */
abstract class LibtorchModel {
  static final Shape TWO = new Shape(2, 2);
  static final Shape ZERO = new Shape(0, 0);
  private static final float MOMENTUM = 0.9f;
  private static final float RATE = 0.01f;

  private final Engine engine;
  private final NDManager owned;
  private final Net net;
  private NDArray[] parameters;
  private NDArray[] velocities;

  LibtorchModel(Engine engine, NDManager owned, Net net) {
    this.engine = engine;
    this.owned = owned;
    this.net = net;
  }

  /** The network, with its parameters in {@code owned}. */
  static LibtorchModel of(Engine engine, NDManager owned, Net net) {
    LibtorchModel model =
        switch (net) {
          case MNIST_CNN -> new LibtorchCnn(engine, owned);
          case RESNET18 -> new LibtorchResNet(engine, owned);
          case AUTOENCODER -> new LibtorchAutoencoder(engine, owned);
          case DENOISED_CNN -> new LibtorchDenoised(engine, owned);
        };
    model.parameters = model.initial(owned);
    model.velocities = new NDArray[model.parameters.length];
    for (int i = 0; i < model.velocities.length; i++) {
      model.velocities[i] = model.parameters[i].zerosLike();
    }
    return model;
  }

  /** The parameters at the start. */
  abstract NDArray[] initial(NDManager owner);

  /** [batch, c, h, w] to [batch, 10], or an autoencoder's images. */
  abstract NDArray logits(NDArray images, NDArray[] p, boolean training);

  /** What a training step makes small: the mean cross-entropy. */
  NDArray loss(NDArray images, NDArray labels, NDArray[] p) {
    return crossEntropy(logits(images, p, true), labels).mean();
  }

  /** Pixels in [0, 1], [batch, c, h, w], channels-last where there are several. */
  NDArray images(int batch) {
    int side = net.side();
    if (net.channels() == 1) {
      return owned.randomUniform(0, 1, new Shape(batch, 1, side, side), DataType.FLOAT32);
    }
    Shape shape = new Shape(batch, side, side, net.channels());
    return owned.randomUniform(0, 1, shape, DataType.FLOAT32).transpose(0, 3, 1, 2);
  }

  /** Classes 0 to 9, [batch, 1] as {@code gather} wants them. */
  NDArray labels(int batch) {
    return owned.randomInteger(0, 10, new Shape(batch, 1), DataType.INT64);
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
        NDArray mean = loss(input, labels, leaves);
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

  /** One step of training on images that N-FGSM has made. Returns the loss. */
  float adversarialStep(NDArray images, NDArray labels) {
    float epsilon = (float) net.epsilon();
    try (NDManager step = owned.newSubManager()) {
      NDArray clean = LibtorchWorks.detached(images, step);
      NDArray noise = step.randomUniform(-2 * epsilon, 2 * epsilon, clean.getShape());
      NDArray noisy = clean.add(noise).maximum(0).minimum(1);
      NDArray up = signOfGradient(noisy, labels, step).muli(epsilon);
      return trainingStep(noisy.add(up).maximum(0).minimum(1), labels);
    }
  }

  /** The adversarial images are computed and thrown away. */
  void pgd(NDArray images, NDArray labels, int steps) {
    try (NDManager attack = owned.newSubManager()) {
      NDArray clean = LibtorchWorks.detached(images, attack);
      // The ball and the pixel range at once: two bounds for each pixel, computed once.
      NDArray low = clean.sub((float) net.epsilon()).maximum(0);
      NDArray high = clean.add((float) net.epsilon()).minimum(1);
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
      NDArray moved =
          signOfGradient(images, labels, step)
              .muli((float) (net.epsilon() / 30))
              .addi(LibtorchWorks.detached(images, step));
      NDArray next = moved.maximum(low).minimum(high);
      next.attach(attack);
      return next;
    }
  }

  /** Of the loss in the images, on the network as in evaluation. */
  private NDArray signOfGradient(NDArray images, NDArray labels, NDManager step) {
    NDArray input = LibtorchWorks.leaf(images, step);
    try (GradientCollector collector = engine.newGradientCollector()) {
      // The parameters want no gradient here, so libtorch computes none.
      collector.backward(crossEntropy(logits(input, parameters, false), labels).sum());
    }
    NDArray gradient = input.getGradient();
    gradient.attach(step);
    return gradient.signi();
  }

  /** The logits are computed and thrown away. */
  void evaluate(NDArray images) {
    try (NDManager step = owned.newSubManager()) {
      logits(LibtorchWorks.detached(images, step), parameters, false);
    }
  }

  /** -log softmax at the label, one an image: [n, 1]. */
  private static NDArray crossEntropy(NDArray logits, NDArray labels) {
    return logits.logSoftmax(1).gather(labels, 1).neg();
  }
}
