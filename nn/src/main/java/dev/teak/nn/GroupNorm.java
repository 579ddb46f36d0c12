package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;

/**
 * Group normalization of {@code [N, ..., C]} (Wu and He, ECCV 2018): each image's groups of
 * neighboring channels by their own mean and biased variance, then scaled and shifted by channel.
 * {@link #instance} is PyTorch's {@code InstanceNorm2d}.
 */
public final class GroupNorm extends Module {
  private final Spec spec;
  private final Tensor weight;
  private final Tensor bias;

  /**
   * How a group norm is to be; {@link #init} makes it.
   *
   * @param groups how many; they divide the channels
   * @param channels C
   * @param eps added to the variance; above 0, or 0
   * @param affine whether it has a weight and a bias {@code [C]}
   */
  public record Spec(int groups, int channels, double eps, boolean affine) {
    /** Rejects groups that do not divide the channels, and an eps below 0. */
    public Spec {
      if (groups < 1 || channels % groups != 0) {
        throw new IllegalArgumentException(
            "group norm: " + groups + " groups must divide " + channels + " channels");
      }
      Require.eps("group norm", eps);
    }

    /** With another eps. */
    public Spec eps(double value) {
      return new Spec(groups, channels, value, affine);
    }

    /** With a weight and a bias, or without. */
    public Spec affine(boolean wanted) {
      return new Spec(groups, channels, eps, wanted);
    }

    /** The layer, with a weight of 1 and a bias of 0. */
    public GroupNorm init() {
      return new GroupNorm(this);
    }
  }

  /** PyTorch's defaults: eps 1e-5, with a weight and a bias. */
  public static Spec of(int groups, int channels) {
    return new Spec(groups, channels, 1e-5, true);
  }

  /**
   * Instance normalization (Ulyanov et al., arXiv:1607.08022), a group being a channel, with
   * PyTorch's defaults: eps 1e-5, no weight and no bias.
   */
  public static Spec instance(int channels) {
    return of(channels, channels).affine(false);
  }

  private GroupNorm(Spec spec) {
    this.spec = spec;
    weight = spec.affine ? parameter("weight", Tensor.ones(spec.channels)) : null;
    bias = spec.affine ? parameter("bias", Tensor.zeros(spec.channels)) : null;
  }

  @Override
  protected String describe() {
    return "GroupNorm(" + spec.channels + " in " + spec.groups + " groups)";
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.groupNorm(x, spec.groups, weight, bias, spec.eps);
  }
}
