// Matrix products out = op(A) op(B), a batch of them, on processors. 2 m n k operations on
// 4 (mk + kn + mn) bytes: bound by arithmetic as soon as the matrices outgrow a tile.
//
// First op(B), a transposed one too, is copied into panels in which the summed axis is outermost and
// ragged edges are zeros (pack.cl):
//
//   op(B) [k, n]  ->  [ceil(n / COLS)] [k] [COLS]
//
// Where B lies that way already, not too wide and without a ragged edge, it stays where it is.
//
// Then an item computes `rows` rows of out for some panels. It takes `step` of the summed axis at a
// time: copies its block of A into local memory, which on a processor is a piece of the second-level
// cache that nobody else writes, and multiplies it with the panels, tile by tile (tile.cl):
//
//        step            COLS                    rows and panels are chosen so that both blocks and
//   rows [ A ]   step [ panel of B ] ..          the sums [panel][rows][COLS] take half that cache.
//
// The rows of A are not reordered but lie `lda` apart, not a power of two, or they would all fall
// into the same sets of the cache. A transposed one lies the other way round, and the tile's strides
// are exchanged.

#include "tile.cl"

// Items: batch, block of panels, block of rows, the last fastest, so that neighbours share panels.
kernel void gemm(
    global const real *a, global const real *b, global real *out, uint items, uint m, uint n, uint k,
    uint rows, uint blockPanels, uint step, uint lda, uint aRow, uint aDepth, uint aBatch,
    uint bDepth, uint bPanel, uint bBatch, local real *scratch) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const uint panels = (n + COLS - 1) / COLS;
  const uint rowBlocks = (m + rows - 1) / rows;
  const uint panelBlocks = (panels + blockPanels - 1) / blockPanels;
  const uint row = gid % rowBlocks * rows;
  const uint panel = gid / rowBlocks % panelBlocks * blockPanels;
  const uint batch = gid / rowBlocks / panelBlocks;
  const uint taken = min(blockPanels, panels - panel);
  const uint real_rows = min(rows, m - row);
  const uint tiled = (real_rows + ROWS - 1) / ROWS * ROWS;
  const int byRows = aDepth == 1;
  local real *sums = scratch;
  local real *block = scratch + blockPanels * rows * COLS;
  a += (size_t)batch * aBatch + (size_t)row * aRow;
  b += (size_t)batch * bBatch + (size_t)panel * bPanel;
  for (uint from = 0; from < k; from += step) {
    const uint depth = min(step, k - from);
    if (byRows) {
      for (uint r = 0; r < real_rows; r++) {
        fetch_run(a + (size_t)(r + 3) * aRow + from, depth);
        copy_run(a + (size_t)r * aRow + from, block + r * lda, depth);
      }
    } else {
      for (uint e = 0; e < depth; e++) {
        copy_run(a + (size_t)(from + e) * aDepth, block + e * lda, real_rows);
      }
    }
    multiply(
        block, byRows ? lda : 1, byRows ? 1 : lda, tiled, b + (size_t)from * bDepth, bDepth,
        bPanel, taken, depth, sums, from > 0);
  }
  const uint columns = min(taken * COLS, n - panel * COLS);
  for (uint r = 0; r < real_rows; r++) {
    global real *o = out + ((size_t)batch * m + row + r) * n + panel * COLS;
    for (uint i = 0; i < columns; i += COLS) {
      store_run(sums + (i / COLS * tiled + r) * COLS, o + i, min((uint)COLS, columns - i));
    }
  }
}
