package dev.teak.bench;

/**
 * The networks that are trained and attacked on both sides; those that classify, for ten classes.
 */
public enum Net {
  /**
   * The usual one for MNIST: conv 32 3x3 padding 1, ReLU, max-pool 2, conv 64 3x3 padding 1, ReLU,
   * max-pool 2, flatten, dense 10.
   */
  MNIST_CNN("mnist cnn", 28, 1, 0.3, forwardOfCnn()),

  /** ResNet-18 in the form for CIFAR's images (He et al. 2016). */
  RESNET18("resnet-18", 32, 3, 8 / 255.0, 2 * 0.5557e9),

  /**
   * A convolutional autoencoder for MNIST: conv 16 and 8 of stride 2, transposed 8 and 16 of stride
   * 2, each 3x3 with ReLU, conv 1 3x3 with sigmoid. It learns to give its images back.
   */
  AUTOENCODER("autoencoder", 28, 1, 0.3, forwardOfAutoencoder()),

  /** The same in front of the network for MNIST. */
  DENOISED_CNN("denoised mnist cnn", 28, 1, 0.3, forwardOfAutoencoder() + forwardOfCnn());

  private final String title;
  private final int side;
  private final int channels;
  private final double epsilon;
  private final double flops;

  Net(String title, int side, int channels, double epsilon, double flops) {
    this.title = title;
    this.side = side;
    this.channels = channels;
    this.epsilon = epsilon;
    this.flops = flops;
  }

  /** What the table calls it. */
  public String title() {
    return title;
  }

  /** Height and width of an image. */
  public int side() {
    return side;
  }

  /** Channels of an image. */
  public int channels() {
    return channels;
  }

  /** L-infinity bound of its attacks. */
  public double epsilon() {
    return epsilon;
  }

  /** Floating-point operations of a forward pass for one image. */
  public double flops() {
    return flops;
  }

  /** The five convolutions; a transposed one does as much as that which goes the other way. */
  private static double forwardOfAutoencoder() {
    return new ConvShape(1, 28, 1, 16, 3, 2, 1).flops()
        + new ConvShape(1, 14, 16, 8, 3, 2, 1).flops()
        + new ConvShape(1, 14, 8, 8, 3, 2, 1).flops()
        + new ConvShape(1, 28, 16, 8, 3, 2, 1).flops()
        + ConvShape.of(1, 28, 16, 1).flops();
  }

  /** The two convolutions and the dense layer. */
  private static double forwardOfCnn() {
    return ConvShape.of(1, 28, 1, 32).flops()
        + ConvShape.of(1, 14, 32, 64).flops()
        + 2.0 * 10 * 64 * 7 * 7;
  }
}
