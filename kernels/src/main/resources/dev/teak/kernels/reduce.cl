// Reductions in a fixed order: no atomics, so that two runs give the same bits.
//
//   x [outer, extent, inner]  ->  partial [outer, splits, inner]  ->  out [outer, inner]
//
// The middle axis is cut into `splits` chunks, each reduced on its own, and the host runs the same
// kernel on the partial results until one is left. The cut depends on the shape and the device
// alone. Sums keep what their rounding takes, and add it in the end. Bound by reading x once.
//
// rows_F      inner == 1: GROUP items a chunk; each strides through it, then a tree in local memory
// columns_F   inner > 1:  one item for LANES neighbouring columns of a chunk

#include "group.cl"

#define LANES_SUM(v) SUM_LANES(v)
#define LANES_MAX(v) MAX_LANES(v)
#define STEP_SUM(T, sum, rest, v) ADD_EXACTLY(T, sum, rest, v)
#define STEP_MAX(T, most, rest, v) most = MAX_NAN(most, v)
#define END_SUM(sum, rest) TOTAL(sum, rest)
#define END_MAX(most, rest) (most)
#define INIT_SUM (real)0
#define INIT_MAX (real)(-INFINITY)

#define REDUCE(NAME) \
  kernel void rows_##NAME( \
      global const real *x, global real *out, uint extent, uint chunk, uint splits) { \
    local real tree[GROUP]; \
    const uint place = (uint)get_group_id(0), lid = (uint)get_local_id(0); \
    const uint row = place / splits, from = (place - row * splits) * chunk; \
    const uint length = min(chunk, extent - min(from, extent)); \
    global const real *p = x + (size_t)row * extent + from; \
    const uint whole = length - length % LANES; \
    V wide = (V)(INIT_##NAME), rests = (V)(0); \
    for (uint e = lid * LANES; e < whole; e += GROUP * LANES) { \
      const V v = VLOAD(p + e); \
      STEP_##NAME(V, wide, rests, v); \
    } \
    wide = END_##NAME(wide, rests); \
    real result = LANES_##NAME(wide), rest = 0; \
    for (uint e = whole + lid; e < length; e += GROUP) { \
      const real v = p[e]; \
      STEP_##NAME(real, result, rest, v); \
    } \
    result = group_##NAME(END_##NAME(result, rest), tree); \
    if (lid == 0) { \
      out[place] = result; \
    } \
  } \
  kernel void columns_##NAME( \
      global const real *x, global real *out, uint n, uint extent, uint inner, uint chunk, \
      uint splits) { \
    const uint gid = (uint)get_global_id(0); \
    if (gid >= n) { \
      return; \
    } \
    const uint vectors = (inner + LANES - 1) / LANES, place = gid / vectors; \
    const uint column = (gid - place * vectors) * LANES; \
    const uint o = place / splits, from = (place - o * splits) * chunk; \
    const uint length = min(chunk, extent - min(from, extent)); \
    global const real *p = x + ((size_t)o * extent + from) * inner + column; \
    global real *q = out + (size_t)place * inner + column; \
    if (column + LANES <= inner) { \
      V wide = (V)(INIT_##NAME), rests = (V)(0); \
      for (uint e = 0; e < length; e++) { \
        const V v = VLOAD(p + (size_t)e * inner); \
        STEP_##NAME(V, wide, rests, v); \
      } \
      VSTORE(END_##NAME(wide, rests), q); \
      return; \
    } \
    for (uint c = 0; c < inner - column; c++) { \
      real result = INIT_##NAME, rest = 0; \
      for (uint e = 0; e < length; e++) { \
        const real v = p[(size_t)e * inner + c]; \
        STEP_##NAME(real, result, rest, v); \
      } \
      q[c] = END_##NAME(result, rest); \
    } \
  }

REDUCE(SUM)
REDUCE(MAX)

// Place of the first largest element of the middle axis; a NaN counts as largest.
kernel void arg_max(
    global const real *x, global int *out, uint n, uint block, uint extent, uint inner) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const uint o = i / inner;
    global const real *p = x + (size_t)o * extent * inner + (i - o * inner);
    real best = p[0];
    int where = 0;
    for (uint e = 1; e < extent; e++) {
      const real v = p[(size_t)e * inner];
      if (BEATS(v, best)) {
        best = v;
        where = (int)e;
      }
    }
    out[i] = where;
  }
}
