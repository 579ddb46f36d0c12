// The transforms of Winograd's method (winograd.cl) on the side of the weights [K, 3, 3, C]. Points are
// the right sides of products, in the panels that pack.cl makes, COLS columns each:
//
//   forward             [point][panel of K][C][COLS]       from w
//   gradient of input   [point][panel of C][K][COLS]       from w with its taps turned by 180 degrees
//
// In w the input channels are neighbours, so the forward points are turned over, in registers, and so is
// the gradient. An item transforms LANES channels of up to COLS filters (or the other way round): the
// POINTS pieces that it writes, or reads, lie far apart, and each should be long. An item of a GPU,
// where LANES is 1, does one filter and channel, and COLS is the number of columns.

#include "winograd.cl"
#include "transpose.cl"

// What item `gid` of [block of `wide` filters][LANES channels] takes.
#define BLOCK(wide) \
  const uint gid = (uint)get_global_id(0); \
  if (gid >= items) { \
    return; \
  } \
  const uint c = gid % (channels / LANES) * LANES, k0 = gid / (channels / LANES) * (wide); \
  const uint k1 = min(k0 + (wide), filters)

#define AT(i, j) VLOAD(from + (i * 3 + j) * tapStep)

kernel void kernel_points(
    global const real *w, global real *points, uint items, uint filters, uint channels, uint cols,
    uint wide, local real *scratch) {
  BLOCK(wide);
  const uint panels = (filters + cols - 1) / cols;
  const size_t step = (size_t)panels * channels * cols;
  const int tapStep = (int)channels;
  global real *to = points + ((size_t)(k0 / cols) * channels + c) * cols + k0 % cols;
#if LANES == 1
  global const real *from = w + (size_t)k0 * 9 * channels + c;
#define TO(i, j, value) VSTORE(value, to + (i * SIDE + j) * step);
  TRANSFORM(KERNEL, 3, EACH_TAP, SIDE, EACH_POINT)
#undef TO
#else
  for (uint k = k0; k < k1; k++) {
    global const real *from = w + (size_t)k * 9 * channels + c;
    local real *line = scratch + (k - k0) * LANES;
#define TO(i, j, value) VSTORE(value, line + (i * SIDE + j) * wide * LANES);
    TRANSFORM(KERNEL, 3, EACH_TAP, SIDE, EACH_POINT)
#undef TO
  }
  for (uint p = 0; p < POINTS; p++) {
    for (uint k = 0; k < k1 - k0; k += LANES) {
      transpose_near(scratch + (p * wide + k) * LANES, LANES, to + p * step + k, cols);
    }
  }
#endif
}

kernel void kernel_points_turned(
    global const real *w, global real *points, uint items, uint filters, uint channels, uint cols,
    uint across, uint wide) {
  // Here the columns are channels, `across` of them an item's, and a panel's rows the filters.
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const uint panels = (channels + cols - 1) / cols;
  const uint parts = (channels + across - 1) / across;
  const uint c0 = gid % parts * across, c1 = min(c0 + across, channels);
  const uint k0 = gid / parts * wide, k1 = min(k0 + wide, filters);
  const size_t step = (size_t)panels * filters * cols;
  const int tapStep = -(int)channels;
  for (uint k = k0; k < k1; k++) {
    for (uint c = c0; c < c1; c += LANES) {
      global const real *from = w + ((size_t)k * 9 + 8) * channels + c;
      global real *to = points + ((size_t)(c / cols) * filters + k) * cols + c % cols;
#define TO(i, j, value) VSTORE(value, to + (i * SIDE + j) * step);
      TRANSFORM(KERNEL, 3, EACH_TAP, SIDE, EACH_POINT)
#undef TO
    }
  }
}
#undef AT

// Gradient of the weights from that of their points [point][C][K].
#define AT(i, j) VLOAD(from + (i * SIDE + j) * step)
kernel void kernel_grad(
    global const real *points, global real *dw, uint items, uint filters, uint channels, uint wide,
    local real *scratch) {
  BLOCK(wide);
  const size_t step = (size_t)channels * filters;
  global real *to = dw + (size_t)k0 * 9 * channels + c;
#if LANES == 1
  global const real *from = points + (size_t)c * filters + k0;
#define TO(i, j, value) VSTORE(value, to + (i * 3 + j) * channels);
  TRANSFORM(KERNEL_GRAD, SIDE, EACH_POINT, 3, EACH_TAP)
#undef TO
#else
  for (uint line = 0; line < LANES; line++) {
    for (uint k = k0; k < k1; k += LANES) {
      global const real *from = points + (size_t)(c + line) * filters + k;
      // A tap's square of filters by channels for each LANES filters.
      local real *piece = scratch + (k - k0) * 9 * LANES + line * LANES;
#define TO(i, j, value) VSTORE(value, piece + (i * 3 + j) * LANES * LANES);
      TRANSFORM(KERNEL_GRAD, SIDE, EACH_POINT, 3, EACH_TAP)
#undef TO
    }
  }
  for (uint k = 0; k < k1 - k0; k += LANES) {
    for (uint tap = 0; tap < 9; tap++) {
      transpose_near(
          scratch + (k * 9 + tap * LANES) * LANES, LANES, to + ((size_t)k * 9 + tap) * channels,
          9 * (long)channels);
    }
  }
#endif
}
