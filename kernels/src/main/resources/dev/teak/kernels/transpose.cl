#include "common.cl"

// A square of LANES x LANES turned over in registers. One stage takes the even elements of two
// neighbouring rows as one new row and the odd ones as another, half the square below:
//
//   0 1 2 3        0 2 4 6        0 4 8 c       element (row, column), written in bits, goes to
//   4 5 6 7   ->   8 a c e   ->   1 5 9 d       row (lowest of column, then row without its lowest)
//   8 9 a b        1 3 5 7        2 6 a e       and column (lowest of row, then column without
//   c d e f        9 b d f        3 7 b f       its lowest): after log2(LANES) stages they changed
//                                               places.
// LANES log2(LANES) shuffles, where LANES^2 single numbers would go through memory.

#define SPLIT(r, s, i, j, k, l) \
  const V s##k = (V)(r##i.even, r##j.even); \
  const V s##l = (V)(r##i.odd, r##j.odd);

#if LANES > 1
#if LANES == 2
#define STAGE(r, s) SPLIT(r, s, 0, 1, 0, 1)
#define STAGES STAGE(x, y)
#define TURNED y
#elif LANES == 4
#define STAGE(r, s) SPLIT(r, s, 0, 1, 0, 2) SPLIT(r, s, 2, 3, 1, 3)
#define STAGES STAGE(x, y) STAGE(y, z)
#define TURNED z
#elif LANES == 8
#define STAGE(r, s) \
  SPLIT(r, s, 0, 1, 0, 4) SPLIT(r, s, 2, 3, 1, 5) SPLIT(r, s, 4, 5, 2, 6) SPLIT(r, s, 6, 7, 3, 7)
#define STAGES STAGE(x, y) STAGE(y, z) STAGE(z, t)
#define TURNED t
#else
#define STAGE(r, s) \
  SPLIT(r, s, 0, 1, 0, 8) SPLIT(r, s, 2, 3, 1, 9) SPLIT(r, s, 4, 5, 2, 10) \
  SPLIT(r, s, 6, 7, 3, 11) SPLIT(r, s, 8, 9, 4, 12) SPLIT(r, s, 10, 11, 5, 13) \
  SPLIT(r, s, 12, 13, 6, 14) SPLIT(r, s, 14, 15, 7, 15)
#define STAGES STAGE(x, y) STAGE(y, z) STAGE(z, t) STAGE(t, u)
#define TURNED u
#endif

#define LANES_2(DO, v) DO(v, 0) DO(v, 1)
#define LANES_4(DO, v) LANES_2(DO, v) DO(v, 2) DO(v, 3)
#define LANES_8(DO, v) LANES_4(DO, v) DO(v, 4) DO(v, 5) DO(v, 6) DO(v, 7)
#define LANES_16(DO, v) \
  LANES_8(DO, v) DO(v, 8) DO(v, 9) DO(v, 10) DO(v, 11) DO(v, 12) DO(v, 13) DO(v, 14) DO(v, 15)
#define EACH_LANE PASTE(LANES_, LANES)
#define LINE_IN(v, i) const V v##i = VLOAD(src + i * srcStride);
#define LINE_OUT_(v, i) VSTORE(v##i, dst + i * dstStride);
#define LINE_OUT(v, i) LINE_OUT_(v, i)

// dst[j][i] = src[i][j].
#define TRANSPOSE(NAME, SPACE) \
  static void NAME( \
      SPACE const real *src, const long srcStride, global real *dst, const long dstStride) { \
    EACH_LANE(LINE_IN, x) \
    STAGES \
    EACH_LANE(LINE_OUT, TURNED) \
  }
TRANSPOSE(transpose, global)
TRANSPOSE(transpose_near, local)
#endif
