// Whole numbers: casts between them and floats, and arithmetic and comparisons of int, elementwise.
//
//   cast_FROM_TO  out[i] = x[i] in another type
//   int_F         out[i] = F(a[i], b[i]); what is beyond 32 bits wraps

#include "common.cl"

// Cut off toward 0; NaN is 0, and what is out of bounds the nearest bound.
static int real_int(const real v) {
  return isnan(v)                        ? 0
         : v >= (real)(2147483648.0f)    ? INT_MAX
         : v <= (real)(-2147483648.0f)   ? INT_MIN
                                         : (int)v;
}

static uchar real_uchar(const real v) {
  return v >= (real)(255) ? 255 : v > (real)(0) ? (uchar)v : 0; // NaN is not above 0
}

#define int_uchar(v) ((uchar)clamp(v, 0, 255))
#define int_real(v) ((real)(v))
#define uchar_real(v) ((real)(v))
#define uchar_int(v) ((int)(v))

#define CAST(FROM, TO) \
  kernel void cast_##FROM##_##TO(global const FROM *x, global TO *out, uint n, uint block) { \
    FLAT_RANGE(i, to, n, block); \
    for (; i < to; i++) { \
      const FROM v = x[i]; \
      out[i] = FROM##_##TO(v); \
    } \
  }

CAST(real, int)
CAST(real, uchar)
CAST(int, real)
CAST(int, uchar)
CAST(uchar, real)
CAST(uchar, int)

// A divisor of -1 is told apart, for no int is the quotient of the least one by it; none is 0.
static int floor_divide(const int a, const int b) {
  const int d = b == -1 ? 1 : b, q = a / d;
  return b == -1 ? (int)(0u - (uint)a) : q - (q * d != a && (a ^ d) < 0);
}

static int floor_remainder(const int a, const int b) {
  const int d = b == -1 ? 1 : b, r = a % d;
  return r != 0 && (r ^ d) < 0 ? r + d : r;
}

#define INT(NAME, RESULT) \
  kernel void int_##NAME( \
      global const int *x, global const int *y, global int *out, uint n, uint block) { \
    FLAT_RANGE(i, to, n, block); \
    for (; i < to; i++) { \
      const int a = x[i], b = y[i]; \
      out[i] = RESULT; \
    } \
  }

INT(ADD, (int)((uint)a + (uint)b))
INT(SUB, (int)((uint)a - (uint)b))
INT(MUL, (int)((uint)a * (uint)b))
INT(FLOOR_DIVIDE, floor_divide(a, b))
INT(REMAINDER, floor_remainder(a, b))
INT(MAX, max(a, b))
INT(MIN, min(a, b))
INT(EQ, a == b)
INT(NE, a != b)
INT(LT, a < b)
INT(LE, a <= b)
INT(GT, a > b)
INT(GE, a >= b)
