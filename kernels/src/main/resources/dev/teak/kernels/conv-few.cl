// Walks of windows (window.cl) over images of few channels, and the gradient of their weights, on
// processors. To gather rows for the register tile takes a copy for each tap of each grid point, which
// is most of the time where a tap has few products. Here an item copies what a row of the grid sees,
// once, and each tap reads it in place:
//
//   few_walk      sums[point][LANES columns] += x[point's pixel, channel] w[tap, channel][columns]
//   few_weights   sums[channel][LANES columns] += x[pixel, channel] dy[point][columns]
//
// Eight vectors of sums: as many as keep two multiply-add units busy.

#include "tile.cl"
#include "window.cl"

#define SUMS 8

// The first `count` numbers of a vector.
static void store_some(const V v, global real *to, const uint count) {
  if (count == LANES) {
    VSTORE(v, to);
    return;
  }
  real lanes[LANES];
  VSTORE(v, lanes);
  for (uint i = 0; i < count; i++) {
    to[i] = lanes[i];
  }
}

static V load_some(global const real *from, const uint count) {
  if (count == LANES) {
    return VLOAD(from);
  }
  real lanes[LANES];
  for (uint i = 0; i < LANES; i++) {
    lanes[i] = i < count ? from[i] : (real)0;
  }
  return VLOAD(lanes);
}

// What a row of the grid sees: to lines [TAPS_DOWN][wide][CHANNELS], which begin at column `left`.
// Rows outside the image are left out, their bits of the result are 0.
static uint copy_lines(
    global const real *image, WINDOW_ARGS, const int i, const int left, const int wide,
    local real *lines) {
  uint seen = 0;
  for (int r = 0; r < TAPS_DOWN; r++) {
    const int row = i * STRIDE_DOWN + DOWN + r * DILATION_DOWN;
    if (row < 0 || row >= HEIGHT) {
      continue;
    }
    seen |= 1u << r;
    local real *to = lines + r * wide * CHANNELS;
    const int low = min(wide, max(0, -left)), high = max(low, min(wide, WIDTH - left));
    zero_run(to, low * CHANNELS);
    copy_run(
        image + ((size_t)row * WIDTH + left + low) * CHANNELS, to + low * CHANNELS,
        (high - low) * CHANNELS);
    zero_run(to + high * CHANNELS, (wide - high) * CHANNELS);
  }
  return seen;
}

#define EACH_SUM(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define FEW_BEGIN(p) V s##p = begin;
#define FEW_STEP(p) s##p = fma((V)(at[p * next]), b, s##p);
#define FEW_END(p) \
  if (p < points) { \
    store_some(relu ? RELU(V, s##p) : s##p, o + (size_t)p * outNext, count); \
  }

// Items: vector of columns, `block` of the grid's `rows` over all images, the last fastest. Lines are
// `wide` columns from `left` on: at least what SUMS neighbouring points see.
kernel void few_walk(
    global const real *x, global const real *w, global const real *bias, global real *out,
    uint items, WINDOW_ARGS, uint rows, uint block, uint columns, int first, int columnStep,
    int channelStep, int tapDown, int tapAcross, int left, int wide, int hasBias, int relu,
    local real *taps) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const int channels = CHANNELS, depth = TAPS_DOWN * TAPS_ACROSS * channels;
  const uint blocks = (rows + block - 1) / block;
  const uint chunk = gid / blocks * LANES, count = min((uint)LANES, columns - chunk);
  local real *lines = taps + depth * LANES;
  for (int t = 0; t < depth; t++) {
    const int tap = t / channels;
    global const real *numbers = w + first + tap / TAPS_ACROSS * tapDown +
        tap % TAPS_ACROSS * tapAcross + t % channels * channelStep + (int)chunk * columnStep;
    for (uint k = 0; k < LANES; k++) {
      taps[t * LANES + k] = k < count ? numbers[(int)k * columnStep] : (real)0;
    }
  }
  const V begin = hasBias ? load_some(bias + chunk, count) : (V)(0);
  const int next = STRIDE_ACROSS * channels;
  const size_t outNext = (size_t)OUT_STEP_ACROSS * columns;
  const uint from = gid % blocks * block, to = min(from + block, rows);
  for (uint row = from; row < to; row++) {
    const int i = (int)(row % (uint)GRID_DOWN);
    const size_t image = row / (uint)GRID_DOWN;
    const uint seen = copy_lines(x + image * HEIGHT * WIDTH * channels, WALK, i, left, wide, lines);
    const size_t outRow = (image * OUT_HEIGHT + i * OUT_STEP_DOWN + OUT_DOWN) * OUT_WIDTH;
    for (int j = 0; j < GRID_ACROSS; j += SUMS) {
      EACH_SUM(FEW_BEGIN)
      for (int r = 0; r < TAPS_DOWN; r++) {
        if ((seen >> r & 1) == 0) {
          continue;
        }
        for (int s = 0; s < TAPS_ACROSS; s++) {
          const int column = j * STRIDE_ACROSS + ACROSS + s * DILATION_ACROSS - left;
          local const real *at = lines + (r * wide + column) * channels;
          local const real *t = taps + (r * TAPS_ACROSS + s) * channels * LANES;
          for (int c = 0; c < channels; c++, at++, t += LANES) {
            const V b = VLOAD(t);
            EACH_SUM(FEW_STEP)
          }
        }
      }
      const int points = GRID_ACROSS - j;
      global real *o = out + (outRow + j * OUT_STEP_ACROSS + OUT_ACROSS) * columns + chunk;
      EACH_SUM(FEW_END)
    }
  }
}

#define WEIGHT_BEGIN(c) V s##c = (V)(0); const int o##c = min(c, last);
#define LINE_BEGIN(c) V l##c = (V)(0);
#define WEIGHT_STEP(c) l##c = fma((V)(at[o##c]), g, l##c);
#define LINE_END(c) s##c += l##c;
#define WEIGHT_END(c) \
  if (c <= last) { \
    store_some(s##c, o + (size_t)c * columns, count); \
  }

// Items: slice of the images, vector of columns, SUMS channels, tap, the last fastest: to partial
// [slice][taps][channels][columns], which conv_weights_end adds up. A walk forward, dy its points.
kernel void few_weights(
    global const real *x, global const real *dy, global real *partial, uint items, WINDOW_ARGS,
    uint images, uint columns, uint slices, local real *line) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const int taps = TAPS_DOWN * TAPS_ACROSS, parts = (CHANNELS + SUMS - 1) / SUMS;
  const int tap = (int)(gid % (uint)taps), part = (int)(gid / (uint)taps % (uint)parts);
  const uint vector = gid / (uint)taps / (uint)parts, vectors = (columns + LANES - 1) / LANES;
  const uint chunk = vector % vectors * LANES, count = min((uint)LANES, columns - chunk);
  const uint slice = vector / vectors;
  const int last = min(SUMS, CHANNELS - part * SUMS) - 1;
  const int top = DOWN + tap / TAPS_ACROSS * DILATION_DOWN;
  const int left = ACROSS + tap % TAPS_ACROSS * DILATION_ACROSS;
  const int low = left < 0 ? (STRIDE_ACROSS - 1 - left) / STRIDE_ACROSS : 0;
  const int high = left < WIDTH ? min(GRID_ACROSS, (WIDTH - 1 - left) / STRIDE_ACROSS + 1) : 0;
  const uint length = GRID_ACROSS * columns, end = (uint)((ulong)images * (slice + 1) / slices);
  zero_run(line + length, LANES);
  EACH_SUM(WEIGHT_BEGIN)
  for (uint image = (uint)((ulong)images * slice / slices); image < end; image++) {
    EACH_SUM(LINE_BEGIN)
    for (int i = 0; i < GRID_DOWN; i++) {
      const int row = i * STRIDE_DOWN + top;
      if (row < 0 || row >= HEIGHT || low >= high) {
        continue;
      }
      copy_run(dy + ((size_t)image * GRID_DOWN + i) * length, line, length);
      global const real *at = x + part * SUMS +
          (((size_t)image * HEIGHT + row) * WIDTH + low * STRIDE_ACROSS + left) * CHANNELS;
      for (int j = low; j < high; j++, at += STRIDE_ACROSS * CHANNELS) {
        const V g = VLOAD(line + j * columns + chunk);
        EACH_SUM(WEIGHT_STEP)
      }
    }
    EACH_SUM(LINE_END)
  }
  global real *o = partial + chunk +
      (((size_t)slice * taps + tap) * CHANNELS + part * SUMS) * columns;
  EACH_SUM(WEIGHT_END)
}
