package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.IndexGeometry;

/**
 * Elements of lines, picked by an index. It does not look at the indices, which must be in range:
 * {@link Indices} says so for those that users give.
 *
 * @param geometry which lines, and how they share the index
 */
public record Gather(IndexGeometry geometry) implements Op {
  static final OpInfo INFO =
      new OpInfo("gather", "x[index] along an axis", "g added up at the places it came from, none");

  /** The elements of x, of any type, under {@code shape}, which has {@code geometry.size()}. */
  public static Tensor apply(IndexGeometry geometry, Tensor x, Tensor index, Shape shape) {
    x.requireSameDevice("gather", index);
    Tensor y = Tensor.allocate(x.device(), x.dtype(), shape);
    x.device().gather(geometry, x.buffer(), index.buffer(), y.buffer());
    return Autograd.record(new Gather(geometry), y, x, index);
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public long flops(Tensor output, Tensor... inputs) {
    return 0;
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Shape shape = call.input(0).shape();
    return new Tensor[] {ScatterAdd.apply(geometry, g, call.input(1), shape), null};
  }
}
