package dev.teak.bench;

/**
 * What is compared, once for each side. Both sides implement the same list, so neither can be timed
 * at work that the other is not. Everything is float32 on the CPU with all its cores, unless the
 * side's name says otherwise; setup (making the inputs) is not timed.
 *
 * <p>"The CNN" is the usual one for MNIST: conv 32 3x3 padding 1, ReLU, max-pool 2, conv 64 3x3
 * padding 1, ReLU, max-pool 2, flatten, dense 10.
 */
public interface Works extends AutoCloseable {
  /** The side's name in the table: {@code libtorch}, or the name of Teak's backend. */
  String name();

  /** C = A B, all n by n. */
  Work gemm(int n);

  /** A convolution without bias, its output only. */
  Work convForward(ConvShape shape);

  /** The same, then the gradients of input and weights for an output gradient of ones. */
  Work convGradients(ConvShape shape);

  /** One training step of the CNN: cross-entropy, SGD with momentum 0.9 and rate 0.01, in place. */
  Work cnnTrainingStep(int batch);

  /**
   * Projected gradient descent on the CNN, L-inf 0.3, step size 0.01, from the clean image. No
   * gradient of a parameter is asked for.
   */
  Work cnnPgd(int batch, int steps);

  @Override
  void close();
}
