// Matrix products out = op(A) op(B), a batch of them: packed and register-tiled on a processor,
// tiled through local memory on a GPU. 2 m n k operations on 4 (mk + kn + mn) bytes: bound by
// arithmetic as soon as the matrices outgrow a tile.
//
// Processor. First `pack` copies each operand into panels in which the summed axis is outermost, so
// that transposes and ragged edges (filled with zeros) end here:
//
//   op(A) [m, k] -> [ceil(m / ROWS)] [k] [ROWS]        op(B) [k, n] -> [ceil(n / COLS)] [k] [COLS]
//
// Then one work-item computes one tile of out, ROWS x COLS with COLS = 2 vectors, in registers:
//
//              b0 (LANES)   b1 (LANES)        one step of k: load b0 and b1, broadcast ROWS numbers
//       a0  [    c00     |     c01    ]       of A, 2 ROWS fused multiply-adds. With LANES = 16 and
//       a1  [    c10     |     c11    ]       ROWS = 12: 24 accumulators of the 32 registers.
//       ...                                   fma() and not a * b + c: the latter compiles to half-
//       a11 [   c11_0    |   c11_1    ]       wide vectors on PoCL.
//
// The sum is cut into blocks of k (the host's loop, `accumulate` after the first), so that a
// panel's block of B, COLS x block floats, stays in the second-level cache while all panels of A
// pass it.

kernel void pack(
    global const float *src, global float *dst, uint items, uint lines, uint depth, uint width,
    uint panels, uint chunk, uint lineStride, uint depthStride, uint batchStride) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const uint chunks = (depth + chunk - 1) / chunk;
  const uint flatPanel = gid / chunks, from = (gid - flatPanel * chunks) * chunk;
  const uint to = min(from + chunk, depth);
  const uint batch = flatPanel / panels, line = (flatPanel - batch * panels) * width;
  const uint real = min(width, lines - line);
  global const float *p = src + (size_t)batch * batchStride + (size_t)line * lineStride;
  global float *q = dst + (size_t)flatPanel * depth * width;
  if (lineStride == 1) {
    for (uint d = from; d < to; d++) {
      uint i = 0;
      for (; i + LANES <= real; i += LANES) {
        VSTORE(VLOAD(p + (size_t)d * depthStride + i), q + (size_t)d * width + i);
      }
      for (; i < width; i++) {
        q[(size_t)d * width + i] = i < real ? p[(size_t)d * depthStride + i] : 0.0f;
      }
    }
    return;
  }
  for (uint d = from; d < to; d++) {
    for (uint i = 0; i < width; i++) {
      const size_t at = (size_t)i * lineStride + (size_t)d * depthStride;
      q[(size_t)d * width + i] = i < real ? p[at] : 0.0f;
    }
  }
}

#define COLS (2 * LANES)

// One row of a tile: its two accumulators, its two fused multiply-adds, and its way back to memory.
#define ROW_ZERO(i) V c##i##_0 = (V)(0), c##i##_1 = (V)(0);
#define ROW_FMA(i) \
  { \
    const V a = (V)(pa[i]); \
    c##i##_0 = fma(a, b0, c##i##_0); \
    c##i##_1 = fma(a, b1, c##i##_1); \
  }
#define ROW_STORE(i) \
  if (row + i < m) { \
    store_row(c##i##_0, c##i##_1, o + (size_t)i * n, min((uint)COLS, n - column), accumulate); \
  }

static void store_row(const V c0, const V c1, global float *o, uint width, int accumulate) {
  if (width == COLS) {
    VSTORE(accumulate ? VLOAD(o) + c0 : c0, o);
    VSTORE(accumulate ? VLOAD(o + LANES) + c1 : c1, o + LANES);
    return;
  }
  float ragged[COLS];
  VSTORE(c0, ragged);
  VSTORE(c1, ragged + LANES);
  for (uint j = 0; j < width; j++) {
    o[j] = accumulate ? o[j] + ragged[j] : ragged[j];
  }
}

#define ROWS_4(DO) DO(0) DO(1) DO(2) DO(3)
#define ROWS_6(DO) ROWS_4(DO) DO(4) DO(5)
#define ROWS_12(DO) ROWS_6(DO) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)

// Neighbouring items share a panel of B and walk down the panels of A.
#define GEMM(ROWS) \
  kernel void gemm_##ROWS( \
      global const float *packedA, global const float *packedB, global float *out, uint items, \
      uint m, uint n, uint k, uint from, uint to, int accumulate, uint sharedA, uint sharedB) { \
    const uint gid = (uint)get_global_id(0); \
    if (gid >= items) { \
      return; \
    } \
    const uint panelsA = (m + ROWS - 1) / ROWS, panelsB = (n + COLS - 1) / COLS; \
    const uint flatB = gid / panelsA, panelA = gid - flatB * panelsA; \
    const uint batch = flatB / panelsB, panelB = flatB - batch * panelsB; \
    const uint inA = (sharedA ? 0 : batch * panelsA) + panelA; \
    const uint inB = (sharedB ? 0 : batch * panelsB) + panelB; \
    global const float *pa = packedA + ((size_t)inA * k + from) * ROWS; \
    global const float *pb = packedB + ((size_t)inB * k + from) * COLS; \
    ROWS_##ROWS(ROW_ZERO) \
    for (uint e = from; e < to; e++) { \
      const V b0 = VLOAD(pb), b1 = VLOAD(pb + LANES); \
      ROWS_##ROWS(ROW_FMA) \
      pa += ROWS; \
      pb += COLS; \
    } \
    const uint row = panelA * ROWS, column = panelB * COLS; \
    global float *o = out + ((size_t)batch * m + row) * n + column; \
    ROWS_##ROWS(ROW_STORE) \
  }

GEMM(4)
GEMM(6)
GEMM(12)

// GPU. A work-group of TILE x TILE items computes a square of SIDE x SIDE of out, 4 x 4 numbers an
// item (TILE apart, so that neighbouring items touch neighbouring columns). Each step brings TILE
// of the summed axis of both operands into local memory: 2 SIDE TILE floats read for
// 2 SIDE^2 TILE operations. Transposes are strides of the loads.
#define TILE 16
#define SIDE 64

kernel __attribute__((reqd_work_group_size(TILE *TILE, 1, 1))) void gemm_local(
    global const float *a, global const float *b, global float *out, uint m, uint n, uint k,
    uint aRow, uint aDepth, uint aBatch, uint bDepth, uint bColumn, uint bBatch) {
  local float ta[TILE][SIDE + 1], tb[TILE][SIDE + 1];
  const uint across = (n + SIDE - 1) / SIDE, down = (m + SIDE - 1) / SIDE;
  const uint group = (uint)get_group_id(0), lid = (uint)get_local_id(0);
  const uint batch = group / (across * down), tile = group - batch * across * down;
  const uint row = tile / across * SIDE, column = tile % across * SIDE;
  const uint x = lid % TILE, y = lid / TILE;
  a += (size_t)batch * aBatch;
  b += (size_t)batch * bBatch;
  float c[4][4] = {{0}};
  for (uint from = 0; from < k; from += TILE) {
    for (uint i = lid; i < TILE * SIDE; i += TILE * TILE) {
      // The faster coordinate follows the operand's unit stride, so that loads coalesce.
      const uint da = aDepth == 1 ? i % TILE : i / SIDE, ra = aDepth == 1 ? i / TILE : i % SIDE;
      const uint db = bDepth == 1 ? i % TILE : i / SIDE, cb = bDepth == 1 ? i / TILE : i % SIDE;
      const bool inA = row + ra < m && from + da < k, inB = column + cb < n && from + db < k;
      ta[da][ra] = inA ? a[(size_t)(row + ra) * aRow + (size_t)(from + da) * aDepth] : 0.0f;
      tb[db][cb] = inB ? b[(size_t)(column + cb) * bColumn + (size_t)(from + db) * bDepth] : 0.0f;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint d = 0; d < TILE; d++) {
      for (uint i = 0; i < 4; i++) {
        for (uint j = 0; j < 4; j++) {
          c[i][j] = fma(ta[d][y + i * TILE], tb[d][x + j * TILE], c[i][j]);
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  for (uint i = 0; i < 4; i++) {
    for (uint j = 0; j < 4; j++) {
      const uint r = row + y + i * TILE, s = column + x + j * TILE;
      if (r < m && s < n) {
        out[((size_t)batch * m + r) * n + s] = c[i][j];
      }
    }
  }
}
