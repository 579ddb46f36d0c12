package dev.teak.engine.op;

import dev.teak.engine.Shape;

/**
 * A shape as lines along one axis, {@code [outer, extent, inner]}: what a backend is told of it.
 *
 * @param outer extents before the axis, multiplied
 * @param extent the axis
 * @param inner extents behind it, multiplied
 */
record Lines(int outer, int extent, int inner) {
  /** The lines of {@code shape} along an axis counted from 0. */
  static Lines of(Shape shape, int axis) {
    int outer = 1;
    int inner = 1;
    for (int i = 0; i < shape.rank(); i++) {
      outer *= i < axis ? shape.dim(i) : 1;
      inner *= i > axis ? shape.dim(i) : 1;
    }
    return new Lines(outer, shape.dim(axis), inner);
  }
}
