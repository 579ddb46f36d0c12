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
  /** As in C: 1 wherever a is 1 or b is 0, NaN or not, and where a is -1 and b infinite. */
  POW(BinaryFunction::pow),
  /** What is left of a after whole times b, with a's sign: C's fmod. */
  FMOD((a, b) -> a % b),
  EQ((a, b) -> a == b ? 1 : 0),
  NE((a, b) -> a != b ? 1 : 0),
  LT((a, b) -> a < b ? 1 : 0),
  LE((a, b) -> a <= b ? 1 : 0),
  GT((a, b) -> a > b ? 1 : 0),
  GE((a, b) -> a >= b ? 1 : 0),
  /** a b, and 0 wherever a is 0, whatever b: a choice, where a product would give 0 inf = NaN. */
  MASKED_MUL((a, b) -> a == 0 ? 0 : a * b),
  /** a where it is positive, else b a. */
  LEAKY_RELU((a, b) -> a > 0 ? a : b * a),
  /** a where it is positive, else b (e^a - 1). */
  ELU((a, b) -> a > 0 ? a : b * Math.expm1(a)),
  /** Gradient of relu with respect to its input, given (output or input, incoming gradient). */
  RELU_GRAD((y, g) -> y > 0 ? g : 0);

  private final DoubleBinaryOperator definition;

  BinaryFunction(DoubleBinaryOperator definition) {
    this.definition = definition;
  }

  /** C99's pow, annex F.9.4.4; Java's differs from it where an exponent is NaN or infinite. */
  private static double pow(double a, double b) {
    return a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
  }

  /** The function in double precision: what every backend is measured against. */
  public double apply(double a, double b) {
    return definition.applyAsDouble(a, b);
  }
}
