package dev.teak.nn.models;

import dev.teak.engine.RandomStream;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;

/** A convolution without a bias, a batch norm and an activation: torchvision's building block. */
final class ConvNorm {
  private ConvNorm() {}

  /**
   * Of an odd kernel, padded so that a stride of 1 keeps the size.
   *
   * @param activation null for none
   */
  static Module of(
      int in, int out, int kernel, int stride, int groups, Module activation, RandomStream init) {
    Module conv =
        Conv2d.of(in, out, kernel)
            .stride(stride)
            .padding(kernel / 2)
            .groups(groups)
            .bias(false)
            .init(init);
    return activation == null
        ? new Sequential(conv, new BatchNorm(out))
        : new Sequential(conv, new BatchNorm(out), activation);
  }
}
