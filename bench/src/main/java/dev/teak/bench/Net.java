package dev.teak.bench;

/** The networks that are trained and attacked on both sides, for ten classes. */
public enum Net {
  /**
   * The usual one for MNIST: conv 32 3x3 padding 1, ReLU, max-pool 2, conv 64 3x3 padding 1, ReLU,
   * max-pool 2, flatten, dense 10.
   */
  MNIST_CNN("mnist cnn", 28, 1, 0.3, forwardOfCnn()),

  /** ResNet-18 in the form for CIFAR's images (He et al. 2016). */
  RESNET18("resnet-18", 32, 3, 8 / 255.0, 2 * 0.5557e9);

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

  /** The two convolutions and the dense layer. */
  private static double forwardOfCnn() {
    return ConvShape.of(1, 28, 1, 32).flops()
        + ConvShape.of(1, 14, 32, 64).flops()
        + 2.0 * 10 * 64 * 7 * 7;
  }
}
