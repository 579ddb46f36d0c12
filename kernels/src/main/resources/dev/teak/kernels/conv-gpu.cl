// Convolutions and their gradients on GPUs as products of matrices (tile-gpu.cl) whose left side, a
// walk of windows (window.cl), exists only in local memory: implicit GEMM.
//
//   conv_product   rows: grid points      summed: taps x channels   columns: output channels
//   conv_weights   rows: taps x channels  summed: grid points       columns: output channels
//
// The sum over grid points is long and the result small, so it is cut into slices, each a group's,
// and conv_weights_end adds those up in order, without atomics.

#include "tile-gpu.cl"
#include "window.cl"

// Element e of grid point `at`: a channel of a tap.
static real window_at(
    global const real *x, WINDOW_ARGS, const uint channels, const uint at, const uint e) {
  const int tap = (int)(e / channels), c = (int)(e % channels);
  const int j = (int)(at % (uint)GRID_ACROSS);
  const int i = (int)(at / (uint)GRID_ACROSS % (uint)GRID_DOWN);
  const size_t image = at / (uint)GRID_ACROSS / (uint)GRID_DOWN;
  const int row = i * STRIDE_DOWN + DOWN + tap / TAPS_ACROSS * DILATION_DOWN;
  const int column = j * STRIDE_ACROSS + ACROSS + tap % TAPS_ACROSS * DILATION_ACROSS;
  if (row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH) {
    return 0;
  }
  return x[((image * HEIGHT + row) * WIDTH + column) * CHANNELS + c];
}

#define LOAD_A(row, e) window_at(x, WALK, channels, row, e)
#define LOAD_B(e, column) \
  w[(long)(column) * lineStride + (int)((e) % channels) * channelStride + \
    (int)((e) / channels / TAPS_ACROSS) * tapDown + (int)((e) / channels % TAPS_ACROSS) * tapAcross]
#define STORE(row, column, value) \
  { \
    const real v = value + (hasBias ? bias[column] : (real)0); \
    out[out_pixel(row, WALK) * outChannels + column] = relu ? RELU(real, v) : v; \
  }

// Groups: channel group, row of squares, column of squares, the last fastest.
GPU_KERNEL conv_product(
    global const real *x, global const real *w, global const real *bias, global real *out,
    WINDOW_ARGS, uint m, uint k, uint channels, uint n, uint outChannels, int first, int lineStride,
    int channelStride, int tapDown, int tapAcross, int groupStride, int hasBias, int relu) {
  const uint across = (n + EDGE - 1) / EDGE, down = (m + EDGE - 1) / EDGE;
  const uint flat = (uint)get_group_id(0), group = flat / (across * down);
  const uint row0 = flat / across % down * EDGE, column0 = flat % across * EDGE;
  const uint from = 0, to = k;
  x += group * channels;
  w += first + (long)group * groupStride;
  bias += hasBias ? group * n : 0;
  out += group * n;
  GPU_TILE(1, lineStride == 1)
}

#undef LOAD_A
#undef LOAD_B
#undef STORE
#define LOAD_A(row, e) window_at(x, WALK, channels, e, row)
#define LOAD_B(e, column) dy[(size_t)(e) * outChannels + (column)]
#define STORE(row, column, value) partial[(size_t)(row) * n + (column)] = value

// Groups: slice, channel group, row of squares, column of squares, the last fastest.
GPU_KERNEL conv_weights(
    global const real *x, global const real *dy, global real *partial, WINDOW_ARGS, uint points,
    uint m, uint channels, uint n, uint outChannels, uint groups, uint slicePoints) {
  const uint across = (n + EDGE - 1) / EDGE, down = (m + EDGE - 1) / EDGE;
  const uint flat = (uint)get_group_id(0), flatGroup = flat / (across * down);
  const uint row0 = flat / across % down * EDGE, column0 = flat % across * EDGE;
  const uint group = flatGroup % groups;
  const uint from = flatGroup / groups * slicePoints, to = min(from + slicePoints, points);
  x += group * channels;
  dy += group * n;
  partial += (size_t)flatGroup * m * n;
  GPU_TILE(0, 1)
}

// dw [line][depth] = sum over slices of partial [slice][depth][line], group by group.
kernel void conv_weights_end(
    global const real *partial, global real *dw, uint items, uint slices, uint groups, uint depth,
    uint lines) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const uint row = gid % depth, line = gid / depth % lines, group = gid / depth / lines;
  real sum = 0;
  for (uint s = 0; s < slices; s++) {
    sum += partial[(((size_t)s * groups + group) * depth + row) * lines + line];
  }
  dw[gid] = sum;
}
