package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.IndexGeometry;

/**
 * Elements added up in lines of zeros at the places that an index names: the transpose of {@link
 * Gather}, and as trusting.
 *
 * @param geometry which lines, and how they share the index
 */
public record ScatterAdd(IndexGeometry geometry) implements Op {
  static final OpInfo INFO =
      new OpInfo(
          "scatter_add",
          "the sum of the elements of x at each place that the index names, else 0",
          "g[index], none");

  /** The lines under {@code shape}, which has {@code geometry.lineSize()}. */
  public static Tensor apply(IndexGeometry geometry, Tensor x, Tensor index, Shape shape) {
    x.requireFloat("scatter_add");
    x.requireSameDevice("scatter_add", index);
    Tensor y = Tensor.allocate(x.device(), shape);
    x.device().scatterAdd(geometry, x.buffer(), index.buffer(), y.buffer());
    return Autograd.record(new ScatterAdd(geometry), y, x, index);
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Shape shape = call.input(0).shape();
    return new Tensor[] {Gather.apply(geometry, g, call.input(1), shape), null};
  }
}
