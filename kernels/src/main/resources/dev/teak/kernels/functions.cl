// Functions that a driver may have wrong, or lacks, for T, which is real or V = LANES of them. Where
// regions differ, all are computed and the ternary operator chooses, element by element.

#include "common.cl"

#ifdef DOUBLES
#define C(number) number
#define TINY 1e-8
#else
#define C(number) number##f
#define TINY 1e-4f
#endif

// Below TINY, x^2 / 2 is less than a rounding of 1. PoCL's sin of 1.18e-38 is 0.008.
#define F_SIN(T, x) (fabs(x) < (T)(TINY) ? (x) : sin(x))
#define F_COS(T, x) (fabs(x) < (T)(TINY) ? (T)(1) : cos(x))

// Below TINY^2, x^2 / 2 is less than a rounding of x. PoCL's log1p of 1.68e-38 is 0.
#define F_LOG1P(T, x) (fabs(x) < (T)(TINY * TINY) ? (x) : log1p(x))

#define F_TANH(T, x) PASTE(tanh_, T)(x)
#define F_GELU(T, x) PASTE(gelu_, T)(x)
#define F_GELU_GRAD(T, x) PASTE(gelu_grad_, T)(x)
#define F_GELU_TANH(T, x) PASTE(gelu_tanh_, T)(x)
#define F_GELU_TANH_GRAD(T, x) PASTE(gelu_tanh_grad_, T)(x)
#define F_ERF(T, x) PASTE(erf_, T)(x)
#define F_SILU(T, x) PASTE(silu_, T)(x)
#define F_SILU_GRAD(T, x) PASTE(silu_grad_, T)(x)
#define F_SOFTPLUS(T, x) PASTE(softplus_, T)(x)
#define F_POW(T, a, b) PASTE(c_pow_, T)(a, b)
#define F_FMOD(T, a, b) PASTE(fmod_, T)(a, b)

// W. J. Cody, "Rational Chebyshev approximations for the error function", 1969, highest powers first:
// erf(y) / y in y^2 up to 0.46875; e^(y^2) erfc(y) in y up to 4; above that y^2 (1 / sqrt(pi) - y
// e^(y^2) erfc(y)) in 1 / y^2.
constant real ERF_P[] = {
    C(1.85777706184603153e-1), C(3.16112374387056560), C(1.13864154151050156e2),
    C(3.77485237685302021e2), C(3.20937758913846947e3)};
constant real ERF_Q[] = {
    C(1.0), C(2.36012909523441209e1), C(2.44024637934444173e2), C(1.28261652607737228e3),
    C(2.84423683343917062e3)};
constant real ERF_R[] = {
    C(2.15311535474403846e-8), C(5.64188496988670089e-1), C(8.88314979438837594),
    C(6.61191906371416295e1), C(2.98635138197400131e2), C(8.81952221241769090e2),
    C(1.71204761263407058e3), C(2.05107837782607147e3), C(1.23033935479799725e3)};
constant real ERF_S[] = {
    C(1.0), C(1.57449261107098347e1), C(1.17693950891312499e2), C(5.37181101862009858e2),
    C(1.62138957456669019e3), C(3.29079923573345963e3), C(4.36261909014324716e3),
    C(3.43936767414372164e3), C(1.23033935480374942e3)};
constant real ERF_T[] = {
    C(1.63153871373020978e-2), C(3.05326634961232344e-1), C(3.60344899949804439e-1),
    C(1.25781726111229246e-1), C(1.60837851487422766e-2), C(6.58749161529837803e-4)};
constant real ERF_U[] = {
    C(1.0), C(2.56852019228982242), C(1.87295284992346725), C(5.27905102951428412e-1),
    C(6.05183413124413191e-2), C(2.33520497626869185e-3)};

#define ZERO_IF_SMALL(T, x) ((x) == (T)(0) ? copysign((T)(0), x) : (x))

#define FUNCTIONS(T) \
  /* (e^2z - 1) / (e^2z + 1) of z = |x|; PoCL's stays below 1 however large x is. */ \
  static T PASTE(tanh_, T)(const T x) { \
    const T size = fabs(x); \
    const T z = size > (T)(20) ? (T)(20) : size; \
    const T e = expm1(z + z); \
    return copysign(e / (e + (T)(2)), x); \
  } \
  static T PASTE(ratio_, T)( \
      constant real *p, constant real *q, const int n, const T x) { \
    T above = (T)(p[0]), below = (T)(q[0]); \
    for (int i = 1; i < n; i++) { \
      above = fma(above, x, (T)(p[i])); \
      below = fma(below, x, (T)(q[i])); \
    } \
    return above / below; \
  } \
  /* e^(y^2) erfc(y), y of 0 or more. */ \
  static T PASTE(erfc_scaled_, T)(const T y) { \
    const T square = y * y; \
    const T inverse = (T)(1) / square; \
    const T small = exp(square) * ((T)(1) - y * PASTE(ratio_, T)(ERF_P, ERF_Q, 5, square)); \
    const T middle = PASTE(ratio_, T)(ERF_R, ERF_S, 9, y); \
    const T far = ((T)(C(0.56418958354775628695)) - \
                   inverse * PASTE(ratio_, T)(ERF_T, ERF_U, 6, inverse)) / y; \
    return y <= (T)(C(0.46875)) ? small : y <= (T)(4) ? middle : far; \
  } \
  /* Beyond 6 it is 1. */ \
  static T PASTE(erf_, T)(const T x) { \
    const T y = fabs(x), z = y > (T)(6) ? (T)(6) : y; \
    const T small = x * PASTE(ratio_, T)(ERF_P, ERF_Q, 5, z * z); \
    const T large = (T)(1) - exp(-z * z) * PASTE(erfc_scaled_, T)(z); \
    return y <= (T)(C(0.46875)) ? small : copysign(large, x); \
  } \
  /* m e^(-x^2 / 2), x^2 in two parts, the larger exact: else its rounding would be amplified. e^16 \
     on the way keeps the power a normal number where m makes it one. */ \
  static T PASTE(gaussian_, T)(const T m, const T x) { \
    const T head = rint(x * (T)(16)) * (T)(C(0.0625)); \
    return m * exp((T)(16) - (T)(C(0.5)) * head * head) * \
        exp((T)(C(0.5)) * (head - x) * (head + x)) * (T)(C(1.12535174719259114514e-7)); \
  } \
  /* m times the normal distribution function of -|x|. */ \
  static T PASTE(tail_, T)(const T m, const T x) { \
    return PASTE(gaussian_, T)((T)(C(0.5)) * m, x) * \
        PASTE(erfc_scaled_, T)(fabs(x) * (T)(C(0.70710678118654752440))); \
  } \
  /* Beyond 40 the forms of GELU are their limits. */ \
  static T PASTE(within_, T)(const T x) { \
    return x > (T)(40) ? (T)(40) : x < (T)(-40) ? (T)(-40) : x; \
  } \
  static T PASTE(gelu_, T)(const T x) { \
    const T z = PASTE(within_, T)(x), tail = PASTE(tail_, T)(z, z); \
    return x > (T)(0) ? x - tail : tail; \
  } \
  static T PASTE(gelu_grad_, T)(const T x) { \
    const T z = PASTE(within_, T)(x), tail = PASTE(tail_, T)((T)(1), z); \
    const T rest = PASTE(gaussian_, T)(z * (T)(C(0.39894228040143267794)), z); \
    return rest + (z > (T)(0) ? (T)(1) - tail : tail); \
  } \
  /* m / (1 + e^-w); e^-|w| as a square, of which m is multiplied with the root twice. */ \
  static T PASTE(logistic_, T)(const T m, const T w) { \
    const T root = exp((T)(C(-0.5)) * fabs(w)); \
    return (w < (T)(0) ? m * root * root : m) / fma(root, root, (T)(1)); \
  } \
  static T PASTE(softplus_, T)(const T x) { \
    const T e = exp(-fabs(x)); \
    return RELU(T, x) + F_LOG1P(T, e); \
  } \
  /* Beyond 1000, e^-|x| is 0. */ \
  static T PASTE(silu_, T)(const T x) { \
    const T z = x < (T)(-1000) ? (T)(-1000) : x; \
    return PASTE(logistic_, T)(z, z); \
  } \
  static T PASTE(silu_grad_, T)(const T x) { \
    const T z = x > (T)(1000) ? (T)(1000) : x < (T)(-1000) ? (T)(-1000) : x; \
    return PASTE(logistic_, T)((T)(1) + PASTE(logistic_, T)(z, -z), z); \
  } \
  /* 2 u, where the tanh form is x (1 + tanh u) / 2. */ \
  static T PASTE(gelu_exponent_, T)(const T z) { \
    return (T)(C(1.59576912160573071176)) * z * fma(z * z, (T)(C(0.044715)), (T)(1)); \
  } \
  static T PASTE(gelu_tanh_, T)(const T x) { \
    const T z = PASTE(within_, T)(x); \
    const T y = PASTE(logistic_, T)(z, PASTE(gelu_exponent_, T)(z)); \
    return x > (T)(40) ? x : y; \
  } \
  static T PASTE(gelu_tanh_grad_, T)(const T x) { \
    const T z = PASTE(within_, T)(x), w = PASTE(gelu_exponent_, T)(z); \
    const T slope = (T)(C(1.59576912160573071176)) * fma(z * z, (T)(C(0.134145)), (T)(1)); \
    const T rest = PASTE(logistic_, T)(z * slope, -w); \
    return PASTE(logistic_, T)((T)(1) + rest, w); \
  } \
  /* Where subnormals are zeros they compare so, but PoCL's pow would take one for what it is not. */ \
  static T PASTE(c_pow_, T)(const T a, const T b) { \
    return PASTE(pow_, T)(ZERO_IF_SMALL(T, a), ZERO_IF_SMALL(T, b)); \
  }

// Lane by lane: PoCL 3.1 gives wrong powers of vectors of doubles, and its fmod of them never ends.
static real PASTE(pow_, ONE)(const real a, const real b) { return pow(a, b); }
static real PASTE(fmod_, ONE)(const real a, const real b) { return fmod(a, b); }
FUNCTIONS(ONE)
#if LANES > 1
#ifdef DOUBLES
#define BY_LANE(NAME) \
  static V PASTE(NAME##_, V)(const V a, const V b) { \
    real x[LANES], y[LANES]; \
    VSTORE(a, x); \
    VSTORE(b, y); \
    for (int i = 0; i < LANES; i++) { \
      x[i] = NAME(x[i], y[i]); \
    } \
    return VLOAD(x); \
  }
#else
#define BY_LANE(NAME) \
  static V PASTE(NAME##_, V)(const V a, const V b) { return NAME(a, b); }
#endif
BY_LANE(pow)
BY_LANE(fmod)
FUNCTIONS(V)
#endif
