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
  /** log(1 + x), to the last digits near 0 as well. */
  LOG1P(Math::log1p),
  SIN(Math::sin),
  COS(Math::cos),
  TANH(Math::tanh),
  ERF(Erf::value),
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
  /** x / (1 + exp(-x)); its limits, 0 and x, at the infinities. */
  SILU(UnaryFunction::silu),
  /** The derivative of {@link #SILU}. */
  SILU_GRAD(UnaryFunction::siluSlope),
  /** log(1 + exp(x)). */
  SOFTPLUS(x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  /** min(max(x, 0), 6); NaN stays NaN. */
  RELU6(x -> x <= 0 ? 0 : Math.min(x, 6)),
  /** x min(max(x + 3, 0), 6) / 6; its limits, 0 and x, at the infinities. */
  HARDSWISH(x -> x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6),
  FLOOR(Math::floor),
  CEIL(Math::ceil),
  /** Nearest whole number, ties to even. */
  ROUND(Math::rint);

  /** Beyond this, e^-x is 0 or infinite in double precision. */
  private static final double FAR = 800;

  private final DoubleUnaryOperator definition;

  UnaryFunction(DoubleUnaryOperator definition) {
    this.definition = definition;
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** With e^-|x| as a square, so that a subnormal one is not all there is. */
  private static double silu(double x) {
    double root = Math.exp(-0.5 * Math.min(Math.abs(x), 2 * FAR));
    return (x < -2 * FAR ? -0.0 : x < 0 ? x * root * root : x) / (1 + root * root);
  }

  private static double siluSlope(double x) {
    double z = Math.max(-FAR, Math.min(FAR, x));
    return logistic(z) * (1 + z * logistic(-z));
  }

  /** The function in double precision: what every backend is measured against. */
  public double apply(double x) {
    return definition.applyAsDouble(x);
  }
}
