package dev.teak.nn.train;

import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * A batch that is not yet on a device.
 *
 * @param pixels {@code labels x H x W x C}
 * @param labels true classes
 * @param image {@code [H, W, C]}
 */
@SuppressWarnings("ArrayRecordComponent") // made once and handed on, never compared
record HostBatch(float[] pixels, int[] labels, Shape image) {
  /** On the current device. */
  Batch onDevice() {
    int n = labels.length;
    Tensor images = Tensor.of(pixels, n, image.dim(0), image.dim(1), image.dim(2));
    return Batch.of(images, Tensor.ofInts(labels, n));
  }
}
