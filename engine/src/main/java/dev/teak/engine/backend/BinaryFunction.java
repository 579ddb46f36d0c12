package dev.teak.engine.backend;

import java.util.function.DoubleBinaryOperator;

/**
 * The elementwise functions of two arguments that a backend must offer, each with its definition.
 * Comparisons give 1 or 0 in the working type, so that they can be multiplied with.
 */
public enum BinaryFunction {
  ADD((a, b) -> a + b),
  SUB((a, b) -> a - b),
  MUL((a, b) -> a * b),
  DIV((a, b) -> a / b),
  /** The larger; NaN if either is NaN. */
  MAX(Math::max),
  /** The smaller; NaN if either is NaN. */
  MIN(Math::min),
  POW(Math::pow),
  EQ((a, b) -> a == b ? 1 : 0),
  NE((a, b) -> a != b ? 1 : 0),
  LT((a, b) -> a < b ? 1 : 0),
  LE((a, b) -> a <= b ? 1 : 0),
  GT((a, b) -> a > b ? 1 : 0),
  GE((a, b) -> a >= b ? 1 : 0),
  /** Gradient of relu with respect to its input, given (output or input, incoming gradient). */
  RELU_GRAD((y, g) -> y > 0 ? g : 0);

  private final DoubleBinaryOperator definition;

  BinaryFunction(DoubleBinaryOperator definition) {
    this.definition = definition;
  }

  /** The function in double precision: what every backend is measured against. */
  public double apply(double a, double b) {
    return definition.applyAsDouble(a, b);
  }
}
