// Matrix products out = op(A) op(B), a batch of them, on GPUs: one square of a product a work-group
// (tile-gpu.cl). 2 m n k operations on 4 (mk + kn + mn) bytes: bound by arithmetic.

#include "tile-gpu.cl"

#define LOAD_A(row, e) a[(size_t)(row) * aRow + (size_t)(e) * aDepth]
#define LOAD_B(e, column) b[(size_t)(column) * bColumn + (size_t)(e) * bDepth]
#define STORE(row, column, value) out[(size_t)(row) * n + (column)] = value

// Groups: batch, row of squares, column of squares, the last fastest.
GPU_KERNEL gemm(
    global const real *a, global const real *b, global real *out, uint m, uint n, uint k, uint aRow,
    uint aDepth, uint aBatch, uint bDepth, uint bColumn, uint bBatch) {
  const uint across = (n + EDGE - 1) / EDGE, down = (m + EDGE - 1) / EDGE;
  const uint group = (uint)get_group_id(0), batch = group / (across * down);
  const uint row0 = group / across % down * EDGE, column0 = group % across * EDGE;
  const uint from = 0, to = k;
  a += (size_t)batch * aBatch;
  b += (size_t)batch * bBatch;
  out += (size_t)batch * m * n;
  GPU_TILE(aDepth == 1, bColumn == 1)
}
