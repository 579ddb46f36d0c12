package dev.teak.engine.backend;

import java.util.function.IntBinaryOperator;

/**
 * The elementwise functions of two INT32 arguments that a backend must offer, each with its
 * definition. What is beyond 32 bits wraps; comparisons give 1 or 0.
 */
public enum IntFunction {
  ADD((a, b) -> a + b),
  SUB((a, b) -> a - b),
  MUL((a, b) -> a * b),
  /** a / b rounded down; b is not 0. */
  FLOOR_DIVIDE(Math::floorDiv),
  /** What {@link #FLOOR_DIVIDE} leaves, of b's sign; b is not 0. */
  REMAINDER(Math::floorMod),
  MAX(Math::max),
  MIN(Math::min),
  EQ((a, b) -> a == b ? 1 : 0),
  NE((a, b) -> a != b ? 1 : 0),
  LT((a, b) -> a < b ? 1 : 0),
  LE((a, b) -> a <= b ? 1 : 0),
  GT((a, b) -> a > b ? 1 : 0),
  GE((a, b) -> a >= b ? 1 : 0);

  private final IntBinaryOperator definition;

  IntFunction(IntBinaryOperator definition) {
    this.definition = definition;
  }

  /** The function: every backend gives just this. */
  public int apply(int a, int b) {
    return definition.applyAsInt(a, b);
  }
}
