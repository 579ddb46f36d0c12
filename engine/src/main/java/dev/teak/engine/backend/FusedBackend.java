package dev.teak.engine.backend;

import static dev.teak.engine.backend.BinaryFunction.ADD;
import static dev.teak.engine.backend.BinaryFunction.MAX;
import static dev.teak.engine.backend.BinaryFunction.MIN;
import static dev.teak.engine.backend.BinaryFunction.MUL;
import static dev.teak.engine.backend.BinaryFunction.SUB;

import dev.teak.engine.Shape;

/**
 * The fused half of {@link Backend}: what a device may do in one pass and what is otherwise
 * composed of primitives. Every method here has one meaning, given by its default.
 */
public interface FusedBackend
    extends FusedNorm, FusedGroupNorm, FusedLoss, FusedImage, FusedOptimizer {
  private Backend self() {
    return (Backend) this;
  }

  /** out[i] = min(max(x[i], low), high); NaN stays NaN. */
  default void clip(Buffer x, double low, double high, Buffer out) {
    self().binary(MAX, x, low, out);
    self().binary(MIN, out, high, out);
  }

  /**
   * A step of an L-infinity attack: out = clean + clip(x + step sign(grad) - clean, -radius,
   * radius), brought into [low, high]. Where the gradient is NaN nothing says which way, so that
   * its sign counts as 0; that of an infinite gradient is -1 or 1.
   *
   * @param out may be x
   */
  default void linfStep(
      Buffer x,
      Buffer grad,
      Buffer clean,
      double step,
      double radius,
      double low,
      double high,
      Buffer out) {
    Backend b = self();
    Shape n = Shape.of(out.size());
    Buffer delta = b.allocate(b.floatType(), out.size());
    Buffer below = b.allocate(b.floatType(), out.size());
    // The sign, as [grad > 0] - [grad < 0]: both are 0 for NaN.
    b.binary(BinaryFunction.GT, grad, 0, delta);
    b.binary(BinaryFunction.LT, grad, 0, below);
    b.binary(SUB, delta, n, below, n, delta, n);
    b.release(below);
    b.binary(MUL, delta, step, delta);
    b.binary(ADD, x, n, delta, n, delta, n);
    b.binary(SUB, delta, n, clean, n, delta, n);
    b.clip(delta, -radius, radius, delta);
    b.binary(ADD, clean, n, delta, n, delta, n);
    b.clip(delta, low, high, out);
    b.release(delta);
  }

  /** out = max(conv2d(x, w) + bias, 0); the bias may be null. */
  default void conv2dRelu(ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer out) {
    self().conv2d(g, x, w, bias, out);
    self().unary(UnaryFunction.RELU, out, out);
  }

  /**
   * out = f(conv2d(x, w) + bias); the bias may be null.
   *
   * @param before becomes what f is applied to, of which its gradient is made; or null
   */
  default void conv2dActivation(
      UnaryFunction f, ConvGeometry g, Buffer x, Buffer w, Buffer bias, Buffer before, Buffer out) {
    Buffer z = before == null ? out : before;
    self().conv2d(g, x, w, bias, z);
    self().unary(f, z, out);
  }

  /**
   * Max-pooling of {@link #conv2dRelu}.
   *
   * @param winners as of {@link Backend#maxPool2d} where out is above 0; any place of the window
   *     elsewhere
   */
  default void conv2dReluMaxPool2d(
      ConvGeometry g,
      PoolGeometry pool,
      Buffer x,
      Buffer w,
      Buffer bias,
      Buffer out,
      Buffer winners) {
    Backend b = self();
    Buffer pixels = b.allocate(b.floatType(), g.output().size());
    b.conv2dRelu(g, x, w, bias, pixels);
    b.maxPool2d(pool, pixels, out, winners);
    b.release(pixels);
  }

  /**
   * {@link Backend#conv2dInputGrad} of the gradient of {@link #conv2dRelu}, or, with a pooling, of
   * {@link #conv2dReluMaxPool2d}.
   *
   * @param pool null where there was none
   * @param y what the forward call gave
   * @param winners what it noted, null without a pooling
   */
  default void conv2dReluInputGrad(
      ConvGeometry g,
      PoolGeometry pool,
      Buffer grad,
      Buffer y,
      Buffer winners,
      Buffer w,
      Buffer out) {
    Buffer pixels = opened(g, pool, grad, y, winners);
    self().conv2dInputGrad(g, pixels, w, out);
    self().release(pixels);
  }

  /** As {@link #conv2dReluInputGrad}, for {@link Backend#conv2dWeightGrad}. */
  default void conv2dReluWeightGrad(
      ConvGeometry g,
      PoolGeometry pool,
      Buffer x,
      Buffer grad,
      Buffer y,
      Buffer winners,
      Buffer out) {
    Buffer pixels = opened(g, pool, grad, y, winners);
    self().conv2dWeightGrad(g, x, pixels, out);
    self().release(pixels);
  }

  /** The gradient of the convolution's own output. */
  private Buffer opened(ConvGeometry g, PoolGeometry pool, Buffer grad, Buffer y, Buffer winners) {
    Backend b = self();
    Shape n = Shape.of(y.size());
    Buffer open = b.allocate(b.floatType(), y.size());
    b.binary(BinaryFunction.RELU_GRAD, y, n, grad, n, open, n);
    if (pool == null) {
      return open;
    }
    Buffer pixels = b.allocate(b.floatType(), g.output().size());
    b.maxPool2dGrad(pool, open, winners, pixels);
    b.release(open);
    return pixels;
  }
}
