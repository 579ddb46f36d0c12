package dev.teak.engine.backend;

import dev.teak.engine.Shape;

/**
 * A normalization of each sample by itself: x is {@code [outer, extent, groups, inner]}, and each
 * of the outer x groups sets of extent x inner values has a mean and a variance of its own. The
 * last two axes are the channels, which have a weight and a bias each.
 *
 * <p>Layer norm is {@code [rows, 1, 1, columns]}, group norm of images {@code [N, H W, groups, C /
 * groups]}, instance norm that with groups of one channel.
 *
 * @param outer samples
 * @param extent places of a sample, pixels for example
 * @param groups sets of channels
 * @param inner channels of a group
 */
public record NormGeometry(int outer, int extent, int groups, int inner) {
  /** Channels of all groups. */
  public int channels() {
    return groups * inner;
  }

  /** Whether each row has statistics of its own, and no more: layer norm. */
  public boolean isLayer() {
    return extent == 1 && groups == 1;
  }

  /** Values of a sample. */
  public int sample() {
    return extent * channels();
  }

  /** Means and variances of all samples. */
  public int statistics() {
    return outer * groups;
  }

  /** Values that one mean is taken of. */
  public int count() {
    return extent * inner;
  }

  /** The axes of x. */
  public Shape full() {
    return Shape.of(outer, extent, groups, inner);
  }

  /** The axes of a mean, as they broadcast to {@link #full}. */
  public Shape perSet() {
    return Shape.of(outer, 1, groups, 1);
  }

  /** The axes of a weight, as they broadcast to {@link #full}. */
  public Shape perChannel() {
    return Shape.of(groups, inner);
  }
}
