package dev.teak.engine.op;

import dev.teak.engine.DType;
import dev.teak.engine.Ranked;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;

/** Elements along an axis in order: their places are found, their values gathered. */
public final class Order {
  private static final String NONE =
      "none: a place is a whole number, constant wherever it does not jump";

  static final OpInfo ARG_MAX =
      new OpInfo("arg_max", "the place of the first largest of x along an axis", NONE, false);

  static final OpInfo ARG_SORT =
      new OpInfo("arg_sort", "the places of x along an axis in order of size", NONE, false);

  private Order() {}

  /** Place of the first largest element along an axis, which stays as an extent of 1. */
  public static Tensor argMax(Tensor x, int axis) {
    x.requireFloat("arg_max");
    int a = x.shape().axis(axis);
    Lines l = Lines.of(x.shape(), a);
    if (l.extent() == 0) {
      throw new ShapeException("arg_max: axis " + a + " of " + x.shape() + " is empty");
    }
    Tensor y = Tensor.allocate(x.device(), DType.INT32, x.shape().with(a, 1));
    x.device().argMax(x.buffer(), l.outer(), l.extent(), l.inner(), y.buffer());
    return y;
  }

  /** The places of the first {@code k} elements along an axis in order of size. */
  public static Tensor argSort(String op, Tensor x, int k, int axis, boolean descending) {
    x.requireFloat(op);
    Shape s = x.shape();
    int a = s.axis(axis);
    Lines l = Lines.of(s, a);
    if (k < 0 || k > l.extent()) {
      throw new ShapeException(
          op + ": " + k + " elements of axis " + a + " of " + s + "; expects 0.." + l.extent());
    }
    Tensor y = Tensor.allocate(x.device(), DType.INT32, s.with(a, k));
    x.device().argSort(x.buffer(), l.outer(), l.extent(), l.inner(), k, descending, y.buffer());
    return y;
  }

  /** The first {@code k} elements along an axis in order of size, and their places. */
  public static Ranked ranked(String op, Tensor x, int k, int axis, boolean descending) {
    Tensor places = argSort(op, x, k, axis, descending);
    return new Ranked(Indices.along(x, x.shape().axis(axis), places), places);
  }
}
