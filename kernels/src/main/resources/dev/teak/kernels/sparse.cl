// A sparse matrix [rows, columns] times the middle axis of x [outer, columns, inner]. An item sums some
// pieces of the result, each `width` neighbours of a row, LANES at a time: whole rows on a processor,
// single elements on a GPU. Entries are summed in their order. Bound by memory traffic; rows of x that
// several rows of the result read come from the cache.
//
//   table   starts [rows + 1], first entry of each row; behind them the column of each entry

#include "common.cl"

#define SPARSE_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = (T)(0); \
  for (int e = first; e < last; e++) { \
    sum = fma((T)(weights[e]), LOAD(line + (size_t)places[e] * inner + c), sum); \
  } \
  STORE(sum, y + c);

kernel void sparse_product(
    global const int *table, global const real *weights, global const real *x, global real *out,
    uint n, uint block, int rows, int columns, int inner, int width) {
  global const int *places = table + rows + 1;
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const size_t at = (size_t)i * width;
    const uint row = at / inner, o = row / (uint)rows, r = row - o * rows;
    const int first = table[r], last = table[r + 1];
    global const real *line = x + (size_t)o * columns * inner + (at - (size_t)row * inner);
    global real *y = out + at;
    EACH_CHANNEL(c, width, SPARSE_STEP)
  }
}
