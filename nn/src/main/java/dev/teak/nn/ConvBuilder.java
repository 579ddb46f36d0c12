package dev.teak.nn;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Sliding;

/**
 * The settings that convolutions share, named one by one; what is not named is PyTorch's default:
 * stride 1, no padding, no dilation, one group, with a bias.
 *
 * @param <S> the builder itself
 * @param <M> what it builds
 */
public abstract sealed class ConvBuilder<S extends ConvBuilder<S, M>, M extends Module>
    permits Conv2d.Builder, ConvTranspose2d.Builder {
  final int in;
  final int out;
  final int kernelH;
  final int kernelW;
  Sliding sliding = Sliding.of();
  int groups = 1;
  boolean bias = true;

  ConvBuilder(int in, int out, int kernelH, int kernelW) {
    if (in < 1 || out < 1 || kernelH < 1 || kernelW < 1) {
      throw new IllegalArgumentException(
          "a convolution of "
              + in
              + " to "
              + out
              + " channels with a kernel of "
              + kernelH
              + " x "
              + kernelW
              + ": all must be 1 or more");
    }
    this.in = in;
    this.out = out;
    this.kernelH = kernelH;
    this.kernelW = kernelW;
  }

  abstract S self();

  /** Step of the kernel, both ways; 1 or more. */
  public S stride(int both) {
    return sliding(sliding.stride(both));
  }

  /** Zeros around the image, on all sides; 0 or more. */
  public S padding(int all) {
    return sliding(sliding.padding(all));
  }

  /** Distance between the kernel's taps, both ways; 1 or more. */
  public S dilation(int both) {
    return sliding(sliding.dilation(both));
  }

  /** Steps and dilations of each axis and padding of each side. */
  public S sliding(Sliding how) {
    this.sliding = how;
    return self();
  }

  /**
   * Channel groups that do not see each other.
   *
   * @throws IllegalArgumentException if they do not divide both numbers of channels
   */
  public S groups(int count) {
    if (count < 1 || in % count != 0 || out % count != 0) {
      throw new IllegalArgumentException(
          "conv2d: " + count + " groups must divide " + in + " inputs and " + out + " outputs");
    }
    this.groups = count;
    return self();
  }

  /** Whether there is a bias: not where a batch norm follows. */
  public S bias(boolean wanted) {
    this.bias = wanted;
    return self();
  }

  /** The settings as a layer's line has them; PyTorch's defaults are left out. */
  final String describe(String name, String more) {
    StringBuilder text = new StringBuilder(name + "(" + in + " -> " + out);
    text.append(", ").append(kernelH).append('x').append(kernelW);
    if (sliding.strideH() != 1 || sliding.strideW() != 1) {
      text.append(", stride ").append(both(sliding.strideH(), sliding.strideW()));
    }
    if (!sliding.padding(0).equals(sliding)) {
      text.append(", padding ").append(sides());
    }
    if (sliding.dilationH() != 1 || sliding.dilationW() != 1) {
      text.append(", dilation ").append(both(sliding.dilationH(), sliding.dilationW()));
    }
    text.append(more);
    if (groups != 1) {
      text.append(", groups ").append(groups);
    }
    return text.append(bias ? ")" : ", no bias)").toString();
  }

  private String sides() {
    String height = both(sliding.top(), sliding.bottom());
    String width = both(sliding.left(), sliding.right());
    return height.equals(width) ? height : height + " and " + width;
  }

  static String both(int first, int second) {
    return first == second ? Integer.toString(first) : first + "x" + second;
  }

  /** The layer, with PyTorch's default initial values drawn from {@code random}. */
  public abstract M init(RandomStream random);
}
