// What is done through indices, and along lines of x [outer, extent, inner]. An item has one line, or
// one element where elements do not touch each other, so that no atomics are needed and runs repeat to
// the bit. Bound by memory traffic that no order is known of beforehand.
//
//   index [outer, count, inner], a stride of 0 where lines share their entries

#include "common.cl"

#define INDEX_AT(o, j, i) \
  ((size_t)(o) * outerStride + (size_t)(j) * countStride + (size_t)(i) * innerStride)

// Elements move as bits, as in copy_TYPE.
#define GATHER(TYPE) \
  kernel void gather_##TYPE( \
      global const TYPE *x, global const int *index, global TYPE *out, uint n, uint block, \
      uint extent, uint inner, uint count, uint outerStride, uint countStride, \
      uint innerStride) { \
    FLAT_RANGE(at, to, n, block); \
    for (; at < to; at++) { \
      const uint row = at / inner, i = at - row * inner, o = row / count, j = row - o * count; \
      out[at] = x[((size_t)o * extent + (size_t)index[INDEX_AT(o, j, i)]) * inner + i]; \
    } \
  }

GATHER(ulong)
GATHER(uint)
GATHER(uchar)

// n lines, of which neighbours are neighbours in memory.
kernel void scatter_add(
    global const real *src, global const int *index, global real *out, uint n, uint block,
    uint extent, uint inner, uint count, uint outerStride, uint countStride, uint innerStride) {
  FLAT_RANGE(line, to, n, block);
  for (; line < to; line++) {
    const uint o = line / inner, i = line - o * inner;
    global real *y = out + (size_t)o * extent * inner + i;
    for (uint k = 0; k < extent; k++) {
      y[(size_t)k * inner] = 0;
    }
    for (uint j = 0; j < count; j++) {
      y[(size_t)index[INDEX_AT(o, j, i)] * inner] += src[((size_t)o * count + j) * inner + i];
    }
  }
}

// n lines: the sum up to each element. What its rounding takes goes into the next one, so that it does
// not grow with the line.
kernel void cum_sum(
    global const real *x, global real *out, uint n, uint block, uint extent, uint inner) {
  FLAT_RANGE(line, to, n, block);
  for (; line < to; line++) {
    const uint o = line / inner;
    const size_t first = (size_t)o * extent * inner + (line - o * inner);
    real sum = 0, rest = 0;
    for (uint e = 0; e < extent; e++) {
      const size_t at = first + (size_t)e * inner;
      ADD_EXACTLY(real, sum, rest, x[at]);
      const real total = TOTAL(sum, rest);
      rest = isfinite(total) ? rest - (total - sum) : 0;
      sum = total;
      out[at] = total;
    }
  }
}

// Sorting, by a bitonic network (Batcher 1968): places [outer, inner, padded] begin in order, each
// pass compares pairs `distance` apart and turns runs of `span` around, and the first k are what is
// asked for. No two places are equal, so that there is one order, whichever way it is reached.

kernel void sort_begin(global int *places, uint n, uint block, uint padded) {
  FLAT_RANGE(at, to, n, block);
  for (; at < to; at++) {
    places[at] = (int)(at & (padded - 1));
  }
}

// Whether element a of a line comes before b; what lies behind its end comes last.
static int comes_before(
    global const real *line, const uint inner, const uint extent, const int descending, const uint a,
    const uint b) {
  if (max(a, b) < extent) {
    const real u = line[(size_t)a * inner], v = line[(size_t)b * inner];
    const int above = BEATS(u, v), below = BEATS(v, u);
    if (above != below) {
      return descending ? above : below;
    }
  }
  return a < b;
}

// n pairs.
kernel void sort_pass(
    global const real *x, global int *places, uint n, uint block, uint extent, uint inner,
    uint padded, uint span, uint distance, int descending) {
  FLAT_RANGE(pair, to, n, block);
  for (; pair < to; pair++) {
    const uint row = pair / (padded / 2), q = pair - row * (padded / 2), o = row / inner;
    const uint at = 2 * q - (q & (distance - 1));
    global const real *line = x + (size_t)o * extent * inner + (row - o * inner);
    global int *first = places + (size_t)row * padded + at, *second = first + distance;
    const int a = *first, b = *second, up = (at & span) == 0;
    if (comes_before(line, inner, extent, descending, b, a) == up) {
      *first = b;
      *second = a;
    }
  }
}

kernel void sort_end(
    global const int *places, global int *out, uint n, uint block, uint inner, uint padded, uint k) {
  FLAT_RANGE(at, to, n, block);
  for (; at < to; at++) {
    const uint row = at / inner, o = row / k;
    out[at] = places[((size_t)o * inner + (at - row * inner)) * padded + (row - o * k)];
  }
}
