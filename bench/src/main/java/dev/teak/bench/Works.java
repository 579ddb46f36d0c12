package dev.teak.bench;

/**
 * What is compared, once for each side. Both sides implement the same list, so neither can be timed
 * at work that the other is not. Everything is float32 on the CPU with all its cores, unless the
 * side's name says otherwise; setup (making the inputs) is not timed.
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

  /**
   * The transposed convolution that leads back to a convolution's input, [n, p, p, k] to [n, h, h,
   * c] without bias, its output only.
   */
  Work convTransposeForward(ConvShape shape);

  /** The same, then the gradients of input and weights for an output gradient of ones. */
  Work convTransposeGradients(ConvShape shape);

  /** A convolution and a relu6 of it, as in MobileNetV2 without its norms. */
  Work convRelu6(ConvShape shape);

  /** A 3x3 convolution padded below and on the right alone, as TensorFlow pads at a stride of 2. */
  Work convPaddedBehind(ConvShape shape);

  /** The exact GELU of a matrix. */
  Work gelu(int rows, int columns);

  /** Layer norm of a matrix's rows, with weight and bias. */
  Work layerNorm(int rows, int columns);

  /** The same, then the gradients of all three for an output gradient of ones. */
  Work layerNormGradients(int rows, int columns);

  /** Square images resized to others, bilinear, pixels' corners being where they are. */
  Work resize(int images, int from, int to, int channels);

  /**
   * One training step: cross-entropy, or the mean squared error of an autoencoder, SGD with
   * momentum 0.9 and rate 0.01, in place.
   */
  Work trainingStep(Net net, int batch);

  /**
   * One step of adversarial training by N-FGSM (de Jorge et al. 2022): noise of 2 epsilon, one step
   * of epsilon along the gradient's sign on the network as in evaluation, both clipped to 0..1;
   * then {@link #trainingStep} on these images.
   */
  Work adversarialStep(Net net, int batch);

  /** Logits without any gradient, normalising by running statistics. */
  Work evaluation(Net net, int batch);

  /**
   * Projected gradient descent under L-inf, step size epsilon / 30, from the clean image, on the
   * network as in evaluation. No gradient of a parameter is asked for.
   */
  Work pgd(Net net, int batch, int steps);

  @Override
  void close();
}
