package dev.teak.engine.backend;

import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;

/**
 * One axis of the images that a window slides over: tap t of output o lies at {@code o stride -
 * before + t dilation}, and beyond the image where that is below 0 or not below {@code in}.
 *
 * @param in extent of the image
 * @param taps extent of the window
 * @param stride step of the window
 * @param dilation distance between its taps
 * @param before padding in front of the image
 * @param after padding behind it
 * @param out extent of the result
 */
public record WindowAxis(
    int in, int taps, int stride, int dilation, int before, int after, int out) {

  /** Where the first tap of an output lies. */
  public int first(int o) {
    return o * stride - before;
  }

  /** Where a tap of an output lies. */
  public int at(int o, int tap) {
    return o * stride - before + tap * dilation;
  }

  /** From the first tap to the last, both counted. */
  public int span() {
    return dilation * (taps - 1) + 1;
  }

  /** What all outputs see, from the first tap of the first to the last of the last. */
  public int seen() {
    return (out - 1) * stride + span();
  }

  /** Extent of the image with its padding. */
  public int padded() {
    return in + before + after;
  }

  /** Whether neighboring outputs see neighboring windows without holes. */
  public boolean isDense() {
    return stride == 1 && dilation == 1;
  }

  /** Whether windows meet without overlap, and none hangs over the border. */
  public boolean isTiled() {
    return stride == taps && dilation == 1 && before == 0 && (long) out * taps <= in;
  }

  /** How many taps of an output lie inside the image. */
  public int inside(int o) {
    int first = first(o);
    int low = first < 0 ? (dilation - 1 - first) / dilation : 0;
    int high = Math.min(taps, (in - 1 - first + dilation) / dilation);
    return Math.max(0, high - low);
  }

  /** How many taps of an output lie inside the image or its padding. */
  public int insidePadded(int o) {
    long end = (long) in + after - first(o);
    return (int) Math.min(taps, (end - 1 + dilation) / dilation);
  }

  /** Whether there is a {@link #turned} one: a window in the padding alone would have none. */
  boolean hasTurned() {
    return stride == 1 && before < span() && out <= in + before;
  }

  /**
   * Of stride 1: the axis from the result to the image, whose tap {@code taps - 1 - t} leads from
   * where this one's tap t leads to.
   */
  WindowAxis turned() {
    return new WindowAxis(out, taps, 1, dilation, span() - 1 - before, in - out + before, in);
  }

  /** The axis of an image {@code in} long, with as many outputs as the window has places. */
  static WindowAxis of(
      int in, int taps, int stride, int dilation, int before, int after, boolean ceil) {
    long padded = (long) in + before + after;
    if (padded > Integer.MAX_VALUE) {
      throw new ShapeException(
          "padding " + before + " and " + after + " makes an extent of " + padded + " of " + in);
    }
    long spare = padded - dilation * (taps - 1L) - 1;
    long out = Math.floorDiv(spare + (ceil ? stride - 1 : 0), stride) + 1;
    if (ceil && (out - 1) * stride >= (long) in + before) {
      out--; // the last window may hang over the far border, but begins before it
    }
    if (out < 1 || taps < 1) {
      throw new ShapeException(
          "a window of "
              + taps
              + " with dilation "
              + dilation
              + " and padding "
              + before
              + " and "
              + after
              + " does not fit into "
              + in);
    }
    // Nothing depends on a single step; and gradients have a phase for each pixel of a step.
    int step = out == 1 ? 1 : stride;
    return new WindowAxis(in, taps, step, dilation, before, after, (int) out);
  }

  /** The axis of a convolution whose output is {@code out} long, with {@code more} behind it. */
  static WindowAxis transposed(
      String op, int out, int taps, int stride, int dilation, int before, int after, int more) {
    if (more < 0 || (more > 0 && more >= Math.max(stride, dilation))) {
      throw new ShapeException(
          op
              + ": output padding "
              + more
              + " must be 0 or more and below the stride "
              + stride
              + " or the dilation "
              + dilation);
    }
    long in = (out - 1L) * stride + dilation * (taps - 1L) + 1 + more - before - after;
    if (in < 1 || out < 1 || taps < 1) {
      throw new ShapeException(
          op
              + ": "
              + out
              + " pixels, a kernel of "
              + taps
              + " and padding "
              + before
              + " and "
              + after
              + " give an image of "
              + in);
    }
    int step = out == 1 ? 1 : stride; // of a single step nothing depends
    return new WindowAxis(Shape.extent(op, in), taps, step, dilation, before, after, out);
  }
}
