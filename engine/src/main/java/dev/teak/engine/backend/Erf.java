package dev.teak.engine.backend;

/**
 * The error function in double precision, and its complement without the factor e^(-y^2), by the
 * rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error
 * function", Math. Comp. 23, 1969.
 */
final class Erf {
  /** Below this, erf is an odd rational function of x. */
  private static final double SMALL = 0.46875;

  /** erf(x) / x in x^2, up to {@link #SMALL}; highest power first, as all of them. */
  private static final double[] P = {
    1.85777706184603153e-1,
    3.16112374387056560,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3
  };

  private static final double[] Q = {
    1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3
  };

  /** e^(x^2) erfc(x) in x, up to 4. */
  private static final double[] R = {
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3
  };

  private static final double[] S = {
    1,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3
  };

  /** x^2 (1 / sqrt(pi) - x e^(x^2) erfc(x)) in 1 / x^2, above 4. */
  private static final double[] T = {
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4
  };

  private static final double[] U = {
    1,
    2.56852019228982242,
    1.87295284992346725,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3
  };

  private Erf() {}

  /** erf(x), to a few units in the last place. */
  static double value(double x) {
    double y = Math.abs(x);
    if (y <= SMALL) {
      return x * ratio(P, Q, y * y);
    }
    double z = Math.min(y, 6); // where erf is 1 in double precision
    return Math.copySign(1 - Math.exp(-z * z) * scaled(z), x);
  }

  /** e^(y^2) erfc(y) for y of 0 or more, to a few units in the last place. */
  static double scaled(double y) {
    if (y <= SMALL) {
      return Math.exp(y * y) * (1 - y * ratio(P, Q, y * y));
    }
    if (y <= 4) {
      return ratio(R, S, y);
    }
    double inverse = 1 / (y * y);
    return (1 / Math.sqrt(Math.PI) - inverse * ratio(T, U, inverse)) / y;
  }

  private static double ratio(double[] p, double[] q, double x) {
    double above = 0;
    double below = 0;
    for (int i = 0; i < p.length; i++) {
      above = above * x + p[i];
      below = below * x + q[i];
    }
    return above / below;
  }
}
