package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;

/**
 * Softmax and log-softmax over the last axis; over another, it is moved there and back.
 *
 * @param log whether the logarithm is taken
 */
public record Softmax(boolean log) implements Op {
  static final OpInfo SOFTMAX =
      new OpInfo("softmax", "e^x / sum e^x over the last axis", "y (g - sum(g y))");

  static final OpInfo LOG_SOFTMAX =
      new OpInfo("log_softmax", "x - log sum e^x over the last axis", "g - e^y sum(g)");

  /** Softmax, or its logarithm, of x over the last axis. */
  public static Tensor apply(Tensor x, boolean log) {
    Softmax op = new Softmax(log);
    x.requireFloat(op.name());
    Shape s = x.shape();
    if (s.rank() == 0 || s.dim(-1) == 0) {
      throw new ShapeException(op.name() + ": " + s + ": needs a last axis of 1 or more");
    }
    int columns = s.dim(-1);
    Tensor y = Tensor.allocate(x.device(), s);
    if (log) {
      x.device().logSoftmax(x.buffer(), s.size() / columns, columns, y.buffer());
    } else {
      x.device().softmax(x.buffer(), s.size() / columns, columns, y.buffer());
    }
    return Autograd.record(op, y, x);
  }

  /** As above over any axis. */
  public static Tensor apply(Tensor x, int axis, boolean log) {
    int a = x.shape().axis(axis);
    return a == x.shape().rank() - 1
        ? apply(x, log)
        : apply(x.transpose(a, -1), log).transpose(a, -1);
  }

  @Override
  public OpInfo info() {
    return log ? LOG_SOFTMAX : SOFTMAX;
  }

  /** The largest, subtracted; the exponential, summed; a division or subtraction. */
  @Override
  public long flops(Tensor output, Tensor... inputs) {
    return 5L * output.shape().size();
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Shape perRow = g.shape().with(-1, 1);
    if (log) {
      return new Tensor[] {g.sub(call.output().exp().mul(g.sumTo(perRow)))};
    }
    Tensor y = call.output();
    return new Tensor[] {y.mul(g.sub(g.mul(y).sumTo(perRow)))};
  }
}
