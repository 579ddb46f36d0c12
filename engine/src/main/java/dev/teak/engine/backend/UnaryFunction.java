package dev.teak.engine.backend;

import java.util.function.DoubleUnaryOperator;

/**
 * The elementwise functions of one argument that a backend must offer, each with its definition.
 */
public enum UnaryFunction {
  NEG(x -> -x),
  ABS(Math::abs),
  /** -1, 0 or 1; NaN stays NaN. */
  SIGN(Math::signum),
  SQUARE(x -> x * x),
  SQRT(Math::sqrt),
  RECIPROCAL(x -> 1 / x),
  EXP(Math::exp),
  /** e^x - 1, to the last digits near 0 as well. */
  EXPM1(Math::expm1),
  LOG(Math::log),
  SIN(Math::sin),
  COS(Math::cos),
  TANH(Math::tanh),
  /** 1 / (1 + exp(-x)). */
  SIGMOID(x -> 1 / (1 + Math.exp(-x))),
  /** max(x, 0); NaN stays NaN. */
  RELU(x -> x <= 0 ? 0 : x),
  /** x times the normal distribution function of x; its limits, 0 and x, at the infinities. */
  GELU(Gelu::value),
  /** The derivative of {@link #GELU}. */
  GELU_GRAD(Gelu::slope),
  /** x / (1 + exp(-2 u)), u = sqrt(2 / pi) (x + 0.044715 x^3): the tanh form of GELU. */
  GELU_TANH(Gelu::tanhValue),
  /** The derivative of {@link #GELU_TANH}. */
  GELU_TANH_GRAD(Gelu::tanhSlope),
  FLOOR(Math::floor),
  CEIL(Math::ceil),
  /** Nearest whole number, ties to even. */
  ROUND(Math::rint);

  private final DoubleUnaryOperator definition;

  UnaryFunction(DoubleUnaryOperator definition) {
    this.definition = definition;
  }

  /** The function in double precision: what every backend is measured against. */
  public double apply(double x) {
    return definition.applyAsDouble(x);
  }
}
