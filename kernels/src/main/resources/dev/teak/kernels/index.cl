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
