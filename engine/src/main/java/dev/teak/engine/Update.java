package dev.teak.engine;

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

  /** Overwrites a tensor with another of its shape on its device. */
  public static void assign(Tensor target, Tensor source) {
    require("assign", target, source);
    target
        .device()
        .binary(dev.teak.engine.backend.BinaryFunction.MUL, source.buffer(), 1, target.buffer());
    target.changed();
  }

  /**
   * One step of SGD in place, as PyTorch's.
   *
   * @param velocity of the parameter's shape, zero at first; null where momentum is 0
   */
  public static void sgd(
      Tensor p,
      Tensor grad,
      Tensor velocity,
      double lr,
      double momentum,
      double weightDecay,
      boolean nesterov) {
    require("sgd", p, grad, velocity);
    p.device()
        .sgdStep(
            p.buffer(),
            grad.buffer(),
            velocity == null ? null : velocity.buffer(),
            lr,
            momentum,
            weightDecay,
            nesterov);
    p.changed();
  }

  /**
   * One step of Adam, or of AdamW where {@code decoupled}, in place, as PyTorch's.
   *
   * @param m first moment, zero at first
   * @param v second moment, zero at first
   * @param step number of this step, from 1
   */
  public static void adam(
      Tensor p,
      Tensor grad,
      Tensor m,
      Tensor v,
      double lr,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      boolean decoupled,
      int step) {
    require("adam", p, grad, m, v);
    p.device()
        .adamStep(
            p.buffer(),
            grad.buffer(),
            m.buffer(),
            v.buffer(),
            lr,
            beta1,
            beta2,
            eps,
            weightDecay,
            decoupled,
            step);
    p.changed();
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
