// Reductions in a fixed order: no atomics, so that two runs give the same bits.
//
//   x [outer, extent, inner]  ->  partial [outer, splits, inner]  ->  out [outer, inner]
//
// The middle axis is cut into `splits` chunks, each reduced on its own, and the host runs the same
// kernel on the partial results until one is left. The cut depends on the shape and the device
// alone. Short chunks also keep the rounding error of a long sum near that of pairwise summation.
// Bound by reading x once.
//
// rows_F      inner == 1: GROUP items a chunk; each strides through it, then a tree in local memory
// columns_F   inner > 1:  one item for LANES neighbouring columns of a chunk

#define OP_SUM(T, a, b) ((a) + (b))
#define OP_MAX(T, a, b) MAX_NAN(T, a, b)
#define INIT_SUM 0.0f
#define INIT_MAX -INFINITY

#define REDUCE(NAME) \
  static float across_##NAME(const V v) { \
    float lanes[LANES]; \
    VSTORE(v, lanes); \
    for (int step = LANES / 2; step > 0; step /= 2) { \
      for (int i = 0; i < step; i++) { \
        lanes[i] = OP_##NAME(float, lanes[i], lanes[i + step]); \
      } \
    } \
    return lanes[0]; \
  } \
  kernel void rows_##NAME( \
      global const float *x, global float *out, uint extent, uint chunk, uint splits) { \
    local float tree[GROUP]; \
    const uint place = (uint)get_group_id(0), lid = (uint)get_local_id(0); \
    const uint row = place / splits, from = (place - row * splits) * chunk; \
    const uint length = min(chunk, extent - min(from, extent)); \
    global const float *p = x + (size_t)row * extent + from; \
    const uint whole = length - length % LANES; \
    V wide = (V)(INIT_##NAME); \
    for (uint e = lid * LANES; e < whole; e += GROUP * LANES) { \
      const V v = VLOAD(p + e); \
      wide = OP_##NAME(V, wide, v); \
    } \
    float result = across_##NAME(wide); \
    for (uint e = whole + lid; e < length; e += GROUP) { \
      const float v = p[e]; \
      result = OP_##NAME(float, result, v); \
    } \
    tree[lid] = result; \
    for (uint step = GROUP / 2; step > 0; step /= 2) { \
      barrier(CLK_LOCAL_MEM_FENCE); \
      if (lid < step) { \
        tree[lid] = OP_##NAME(float, tree[lid], tree[lid + step]); \
      } \
    } \
    if (lid == 0) { \
      out[place] = tree[0]; \
    } \
  } \
  kernel void columns_##NAME( \
      global const float *x, global float *out, uint n, uint extent, uint inner, uint chunk, \
      uint splits) { \
    const uint gid = (uint)get_global_id(0); \
    if (gid >= n) { \
      return; \
    } \
    const uint vectors = (inner + LANES - 1) / LANES, place = gid / vectors; \
    const uint column = (gid - place * vectors) * LANES; \
    const uint o = place / splits, from = (place - o * splits) * chunk; \
    const uint length = min(chunk, extent - min(from, extent)); \
    global const float *p = x + ((size_t)o * extent + from) * inner + column; \
    global float *q = out + (size_t)place * inner + column; \
    if (column + LANES <= inner) { \
      V wide = (V)(INIT_##NAME); \
      for (uint e = 0; e < length; e++) { \
        const V v = VLOAD(p + (size_t)e * inner); \
        wide = OP_##NAME(V, wide, v); \
      } \
      VSTORE(wide, q); \
      return; \
    } \
    for (uint c = 0; c < inner - column; c++) { \
      float result = INIT_##NAME; \
      for (uint e = 0; e < length; e++) { \
        const float v = p[(size_t)e * inner + c]; \
        result = OP_##NAME(float, result, v); \
      } \
      q[c] = result; \
    } \
  }

REDUCE(SUM)
REDUCE(MAX)

// Place of the first largest element of the middle axis; a NaN counts as largest.
kernel void arg_max(
    global const float *x, global int *out, uint n, uint block, uint extent, uint inner) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const uint o = i / inner;
    global const float *p = x + (size_t)o * extent * inner + (i - o * inner);
    float best = p[0];
    int where = 0;
    for (uint e = 1; e < extent; e++) {
      const float v = p[(size_t)e * inner];
      if (BEATS(v, best)) {
        best = v;
        where = (int)e;
      }
    }
    out[i] = where;
  }
}
