package dev.teak.engine;

import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.FusedOptimizer;
import dev.teak.engine.backend.StridedCopy;

/**
 * The only doors through which a tensor's contents change: what optimizers and loaders do to
 * parameters. A graph recorded before the change refuses to run backward through it.
 */
public final class Update {
  private Update() {}

  /** Overwrites a tensor with host values, rounded to its type. */
  public static void assign(Tensor target, float... values) {
    if (values.length != target.shape().size()) {
      throw new ShapeException("assign: " + values.length + " values for tensor " + target.shape());
    }
    target.device().write(target.buffer(), values, 0);
    target.changed();
  }

  /** Overwrites a tensor with another of its shape on its device, bit for bit. */
  public static void assign(Tensor target, Tensor source) {
    require("assign", target, source);
    int[] size = {target.shape().size()};
    int[] next = {1};
    StridedCopy all = new StridedCopy(size, 0, next, 0, next);
    target.device().copy(source.buffer(), target.buffer(), all);
    target.changed();
  }

  /**
   * One step of SGD in place, as PyTorch's.
   *
   * @param velocity of the parameter's shape, zero at first; null where momentum is 0
   */
  public static void sgd(FusedOptimizer.Sgd settings, Tensor p, Tensor grad, Tensor velocity) {
    require("sgd", p, grad, velocity);
    p.device().sgdStep(settings, p.buffer(), grad.buffer(), buffer(velocity));
    p.changed();
  }

  /** As below, for {@link FusedOptimizer.Adam#plain}. */
  public static void adam(Tensor p, Tensor grad, Tensor m, Tensor v, double lr, int step) {
    adam(FusedOptimizer.Adam.plain(lr, step), p, grad, m, v, null);
  }

  /**
   * One step of Adam, AdamW or AMSGrad in place, as PyTorch's.
   *
   * @param m first moment, zero at first
   * @param v second moment, zero at first
   * @param largest second moment so far, zero at first; null for all but AMSGrad
   */
  public static void adam(
      FusedOptimizer.Adam settings, Tensor p, Tensor grad, Tensor m, Tensor v, Tensor largest) {
    require("adam", p, grad, m, v, largest);
    p.device()
        .adamStep(settings, p.buffer(), grad.buffer(), m.buffer(), v.buffer(), buffer(largest));
    p.changed();
  }

  /**
   * One step of RMSprop in place, as PyTorch's.
   *
   * @param square average of squared gradients, zero at first
   * @param mean average of gradients, zero at first; null unless centred
   * @param velocity zero at first; null where momentum is 0
   */
  public static void rmsProp(
      FusedOptimizer.RmsProp settings,
      Tensor p,
      Tensor grad,
      Tensor square,
      Tensor mean,
      Tensor velocity) {
    require("rmsProp", p, grad, square, mean, velocity);
    p.device()
        .rmsPropStep(
            settings, p.buffer(), grad.buffer(), square.buffer(), buffer(mean), buffer(velocity));
    p.changed();
  }

  private static Buffer buffer(Tensor t) {
    return t == null ? null : t.buffer();
  }

  /** That all are floats of one shape on one device, null being none. */
  private static void require(String op, Tensor target, Tensor... others) {
    target.requireFloat(op);
    for (Tensor t : others) {
      if (t == null) {
        continue;
      }
      t.requireFloat(op);
      target.requireSameDevice(op, t);
      if (!target.shape().equals(t.shape())) {
        throw new ShapeException(
            op + ": " + t.shape() + " for a tensor " + target.shape() + "; they must be equal");
      }
    }
  }
}
