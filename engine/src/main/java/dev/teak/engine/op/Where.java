package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.DType;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/** A choice between two tensors, elementwise and broadcast. */
public final class Where implements Op {
  static final OpInfo INFO =
      new OpInfo(
          "where",
          "condition ? a : b",
          "none (the condition only chooses), condition ? g : 0, condition ? 0 : g");

  private static final Where WHERE = new Where();

  private Where() {}

  /** a where the condition is not 0, else b. */
  public static Tensor apply(Tensor condition, Tensor a, Tensor b) {
    a.requireSameDevice("where", b);
    a.requireSameDevice("where", condition);
    condition.requireFloat("where");
    if (!a.dtype().isFloat() && !b.dtype().isFloat()) {
      Tensor chosen = condition.ne(0).to(DType.INT32);
      return b.add(chosen.mul(a.sub(b))); // exact: what wraps in one wraps back in the other
    }
    a.requireFloat("where");
    b.requireFloat("where");
    Shape shape =
        Shape.broadcast("where", condition.shape(), Shape.broadcast("where", a.shape(), b.shape()));
    Tensor c = condition.detach().broadcastTo(shape);
    Tensor x = a.broadcastTo(shape);
    Tensor z = b.broadcastTo(shape);
    Tensor y = Tensor.allocate(a.device(), shape);
    a.device().where(c.buffer(), x.buffer(), z.buffer(), y.buffer());
    return Autograd.record(WHERE, y, c, x, z);
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Tensor zero = Tensor.full(g.device(), Shape.SCALAR, 0);
    return new Tensor[] {
      null,
      call.needs(1) ? call.input(0).where(g, zero) : null,
      call.needs(2) ? call.input(0).where(zero, g) : null
    };
  }
}
