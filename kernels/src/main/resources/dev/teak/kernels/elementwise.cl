// Elementwise kernels: one template a form, one line a function. Bound by memory traffic: 8 bytes
// an element (unary), 12 (binary), so each form reads every element once and keeps nothing.
//
//   unary_F   out[i] = F(x[i])
//   scalar_F  out[i] = F(x[i], value)
//   binary_F  out[i] = F(a[i], b[i])                       equal shapes
//   strided_F out[i] = F(a[..], b[..])                     broadcast: a stride of 0 stays in place
//
// A function is an expression over a type T (real, or V = LANES of them) and arguments that are
// variables. The ternary operator chooses element by element where its condition is a vector.

#include "functions.cl"

#define F_NEG(T, x) (-(x))
#define F_ABS(T, x) fabs(x)
#define F_SIGN(T, x) (isnan(x) ? (x) : sign(x)) // OpenCL's sign(NaN) is 0
#define F_SQUARE(T, x) ((x) * (x))
#define F_SQRT(T, x) sqrt(x)
#define F_RECIPROCAL(T, x) ((T)(1) / (x))
#define F_EXP(T, x) exp(x)
#define F_EXPM1(T, x) expm1(x)
#define F_LOG(T, x) log(x)
#define F_SIGMOID(T, x) ((T)(1) / ((T)(1) + exp(-(x))))
#define F_RELU(T, x) RELU(T, x)
#define F_RELU6(T, x) ((x) <= (T)(0) ? (T)(0) : (x) >= (T)(6) ? (T)(6) : (x))
#define F_HARDSWISH(T, x) \
  ((x) <= (T)(-3) ? (T)(0) : (x) >= (T)(3) ? (x) : (x) * ((x) + (T)(3)) / (T)(6))
#define F_FLOOR(T, x) floor(x)
#define F_CEIL(T, x) ceil(x)
#define F_ROUND(T, x) rint(x)

#define TRUTH(T, condition) ((condition) ? (T)(1) : (T)(0))
#define F_ADD(T, a, b) ((a) + (b))
#define F_SUB(T, a, b) ((a) - (b))
#define F_MUL(T, a, b) ((a) * (b))
#define F_DIV(T, a, b) ((a) / (b))
#define F_MAX(T, a, b) MAX_NAN(a, b)
#define F_MIN(T, a, b) MIN_NAN(a, b)
#define F_MASKED_MUL(T, a, b) ((a) == (T)(0) ? (T)(0) : (a) * (b))
#define F_LEAKY_RELU(T, a, b) ((a) > (T)(0) ? (a) : (b) * (a))
#define F_ELU(T, a, b) ((a) > (T)(0) ? (a) : (b) * expm1(a))
#define F_EQ(T, a, b) TRUTH(T, (a) == (b))
#define F_NE(T, a, b) TRUTH(T, (a) != (b))
#define F_LT(T, a, b) TRUTH(T, (a) < (b))
#define F_LE(T, a, b) TRUTH(T, (a) <= (b))
#define F_GT(T, a, b) TRUTH(T, (a) > (b))
#define F_GE(T, a, b) TRUTH(T, (a) >= (b))
#define F_RELU_GRAD(T, y, g) RELU_GRAD(T, y, g)

#define UNARY(NAME) \
  kernel void unary_##NAME(global const real *x, global real *out, uint n, uint block) { \
    FLAT_RANGE(i, to, n, block); \
    for (; i + LANES <= to; i += LANES) { \
      const V v = VLOAD(x + i); \
      VSTORE(F_##NAME(V, v), out + i); \
    } \
    for (; i < to; i++) { \
      const real v = x[i]; \
      out[i] = F_##NAME(real, v); \
    } \
  }

#define SCALAR(NAME) \
  kernel void scalar_##NAME( \
      global const real *x, real value, global real *out, uint n, uint block) { \
    FLAT_RANGE(i, to, n, block); \
    const V wide = (V)(value); \
    for (; i + LANES <= to; i += LANES) { \
      const V v = VLOAD(x + i); \
      VSTORE(F_##NAME(V, v, wide), out + i); \
    } \
    for (; i < to; i++) { \
      const real v = x[i]; \
      out[i] = F_##NAME(real, v, value); \
    } \
  }

#define FLAT(NAME) \
  kernel void binary_##NAME( \
      global const real *a, global const real *b, global real *out, uint n, uint block) { \
    FLAT_RANGE(i, to, n, block); \
    for (; i + LANES <= to; i += LANES) { \
      const V u = VLOAD(a + i); \
      const V v = VLOAD(b + i); \
      VSTORE(F_##NAME(V, u, v), out + i); \
    } \
    for (; i < to; i++) { \
      const real u = a[i]; \
      const real v = b[i]; \
      out[i] = F_##NAME(real, u, v); \
    } \
  }

// Turns a flat index into a column of the last axis and the places of that column's row in two
// operands, then says how far the row runs within this item's block.
#define STRIDED_PROLOGUE(RANK, DIMS, SA, SB) \
  int d[8], s[8], t[8]; \
  vstore8(DIMS, 0, d); \
  vstore8(SA, 0, s); \
  vstore8(SB, 0, t); \
  const uint inner = (uint)d[RANK - 1]; \
  const int sa = s[RANK - 1], sb = t[RANK - 1]

#define STRIDED_ROW(I, TO, RANK) \
  uint rest = I / inner; \
  const uint column = I - rest * inner; \
  int pa = aOffset + (int)column * sa, pb = bOffset + (int)column * sb; \
  for (int axis = RANK - 2; axis >= 0; axis--) { \
    const uint up = rest / (uint)d[axis]; \
    const int at = (int)(rest - up * (uint)d[axis]); \
    pa += at * s[axis]; \
    pb += at * t[axis]; \
    rest = up; \
  } \
  const uint run = min(inner - column, TO - I)

// The last axis has strides 0 or 1 in both operands (the host joins and drops axes until it does).
#define STRIDED(NAME) \
  kernel void strided_##NAME( \
      global const real *a, global const real *b, global real *out, uint n, uint block, \
      int rank, int8 dims, int8 aStrides, int8 bStrides, int aOffset, int bOffset, \
      int outOffset) { \
    STRIDED_PROLOGUE(rank, dims, aStrides, bStrides); \
    FLAT_RANGE(i, to, n, block); \
    while (i < to) { \
      STRIDED_ROW(i, to, rank); \
      global real *o = out + outOffset + i; \
      uint j = 0; \
      for (; j + LANES <= run; j += LANES) { \
        const V u = sa ? VLOAD(a + pa + j) : (V)(a[pa]); \
        const V v = sb ? VLOAD(b + pb + j) : (V)(b[pb]); \
        VSTORE(F_##NAME(V, u, v), o + j); \
      } \
      for (; j < run; j++) { \
        const real u = a[pa + (int)j * sa]; \
        const real v = b[pb + (int)j * sb]; \
        o[j] = F_##NAME(real, u, v); \
      } \
      i += run; \
    } \
  }

#define BINARY(NAME) SCALAR(NAME) FLAT(NAME) STRIDED(NAME)

UNARY(NEG)
UNARY(ABS)
UNARY(SIGN)
UNARY(SQUARE)
UNARY(SQRT)
UNARY(RECIPROCAL)
UNARY(EXP)
UNARY(EXPM1)
UNARY(LOG)
UNARY(LOG1P)
UNARY(SIN)
UNARY(COS)
UNARY(TANH)
UNARY(ERF)
UNARY(SIGMOID)
UNARY(RELU)
UNARY(GELU)
UNARY(GELU_GRAD)
UNARY(GELU_TANH)
UNARY(GELU_TANH_GRAD)
UNARY(SILU)
UNARY(SILU_GRAD)
UNARY(SOFTPLUS)
UNARY(RELU6)
UNARY(HARDSWISH)
UNARY(FLOOR)
UNARY(CEIL)
UNARY(ROUND)

BINARY(ADD)
BINARY(SUB)
BINARY(MUL)
BINARY(DIV)
BINARY(MAX)
BINARY(MIN)
BINARY(POW)
BINARY(FMOD)
BINARY(MASKED_MUL)
BINARY(LEAKY_RELU)
BINARY(ELU)
BINARY(EQ)
BINARY(NE)
BINARY(LT)
BINARY(LE)
BINARY(GT)
BINARY(GE)
BINARY(RELU_GRAD)

kernel void where_real(
    global const real *condition, global const real *a, global const real *b,
    global real *out, uint n, uint block) {
  FLAT_RANGE(i, to, n, block);
  for (; i + LANES <= to; i += LANES) {
    const V c = VLOAD(condition + i);
    const V u = VLOAD(a + i);
    const V v = VLOAD(b + i);
    VSTORE(c != (V)(0) ? u : v, out + i);
  }
  for (; i < to; i++) {
    out[i] = condition[i] != 0 ? a[i] : b[i];
  }
}

// out[i, j] = j == labels[i]; a label out of range leaves its row 0.
kernel void one_hot(
    global const int *labels, int classes, global real *out, uint n, uint block) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const uint row = i / (uint)classes;
    out[i] = (int)(i - row * (uint)classes) == labels[row] ? (real)1 : (real)0;
  }
}

#define FILL(TYPE) \
  kernel void fill_##TYPE(global TYPE *out, TYPE value, uint n, uint block) { \
    FLAT_RANGE(i, to, n, block); \
    for (; i < to; i++) { \
      out[i] = value; \
    } \
  }

FILL(real)
FILL(int)
FILL(uchar)

// a is the source and b the destination. Elements move as bits, so that NaN payloads stay.
#define COPY(TYPE) \
  kernel void copy_##TYPE( \
      global const TYPE *src, global TYPE *dst, uint n, uint block, int rank, int8 dims, \
      int8 srcStrides, int8 dstStrides, int aOffset, int bOffset) { \
    STRIDED_PROLOGUE(rank, dims, srcStrides, dstStrides); \
    FLAT_RANGE(i, to, n, block); \
    while (i < to) { \
      STRIDED_ROW(i, to, rank); \
      if (sa == 1 && sb == 1) { \
        for (uint j = 0; j < run; j++) { \
          dst[pb + j] = src[pa + j]; \
        } \
      } else { \
        for (uint j = 0; j < run; j++) { \
          dst[pb + (int)j * sb] = src[pa + (int)j * sa]; \
        } \
      } \
      i += run; \
    } \
  }

COPY(ulong)
COPY(uint)
COPY(uchar)
