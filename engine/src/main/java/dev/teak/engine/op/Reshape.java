package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import java.util.Arrays;

/** The same elements under another shape, sharing memory. */
public final class Reshape implements Op {
  static final OpInfo INFO =
      new OpInfo("reshape", "x under another shape", "g under the old shape");

  private static final Reshape RESHAPE = new Reshape();

  private Reshape() {}

  /** x as {@code shape}, in which one extent may be -1: what is left over. */
  public static Tensor apply(Tensor x, int... dims) {
    Shape shape = complete(x.shape(), dims);
    return Autograd.record(RESHAPE, x.alias(shape), x);
  }

  private static Shape complete(Shape from, int... dims) {
    int open = -1;
    long known = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != -1) {
        known =
            Math.min(known * Math.max(0, dims[i]), Integer.MAX_VALUE + 1L); // Shape says the rest
      } else if (open < 0) {
        open = i;
      } else {
        throw new ShapeException("reshape: only one extent may be -1");
      }
    }
    int[] full = dims.clone();
    if (open >= 0) {
      if (known == 0 || from.size() % known != 0) {
        throw new ShapeException(
            "reshape: "
                + from
                + " has "
                + from.size()
                + " elements, which the other extents of "
                + Arrays.toString(dims)
                + " do not divide");
      }
      full[open] = (int) (from.size() / known);
    }
    Shape to = Shape.of(full);
    if (to.size() != from.size()) {
      throw new ShapeException(
          "reshape: "
              + from
              + " has "
              + from.size()
              + " elements, "
              + to
              + " asks for "
              + to.size());
    }
    return to;
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
    return new Tensor[] {g.reshape(call.input(0).shape().dims())};
  }
}
