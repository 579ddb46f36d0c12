// What Winograd's method (winograd.cl) owes to special images, on either side of it. A pixel of its
// result is computed from a whole tile, so it also feels what it does not see:
//
//   a NaN, an infinity or a huge value   spoils the tile: conv_again convolves such images directly
//   pixels that see the same             get other last bits by their places in a tile, and rounding
//                                        would choose the winners of a pooling: each gets the result
//                                        of the first that equals it
//
// Most images have neither. Flags say so, one an image, and nobody waits for them: on all others
// these kernels end at once.

#include "common.cl"

// An image [H, W, C] with zeros around it, of which patches of 3 x 3 see `rows` x `columns`.
#define SEEN_ARGS \
  const int H, const int W, const int C, const int2 padding, const int rows, const int columns
#define SEEN H, W, C, padding, rows, columns

static int is_zero(global const real *pixel, const int C) {
  for (int c = 0; c < C; c++) {
    if (pixel[c] != 0) {
      return 0;
    }
  }
  return 1;
}

// Whether a pixel equals the one above it, or else the one to its left.
static int alike(
    global const real *image, SEEN_ARGS, const int row, const int column, const int above) {
  const int i = row - padding.x, j = column - padding.y, ni = above ? i - 1 : i, nj = above ? j : j - 1;
  const int inside = i >= 0 && i < H && j >= 0 && j < W;
  const int near = ni >= 0 && ni < H && nj >= 0 && nj < W;
  global const real *a = image + (long)(i * W + j) * C, *b = image + (long)(ni * W + nj) * C;
  if (!inside || !near) {
    return (!inside || is_zero(a, C)) && (!near || is_zero(b, C));
  }
  for (int c = 0; c < C; c++) {
    if (a[c] != b[c]) {
      return 0;
    }
  }
  return 1;
}

// Items: image, row; flat [image] becomes 1 where a patch equals a neighbor. Of any three rows one is
// looked at.
kernel void equal_any(global const real *x, global int *flat, uint items, SEEN_ARGS) {
  const uint gid = (uint)get_global_id(0);
  const int row = (int)(gid % (uint)rows);
  if (gid >= items || row % 3 == 1) {
    return;
  }
  const int above = row % 3 == 0;
  global const real *image = x + (size_t)(gid / (uint)rows) * H * W * C;
  int run = 0;
  for (int j = above ? 0 : 1; j < columns && run < 3 && (row > 0 || !above); j++) {
    run = alike(image, SEEN, row, j, above) ? run + 1 : 0;
  }
  if (run >= 3) {
    flat[gid / (uint)rows] = 1;
  }
}

static int root(global const int *first, const int i) {
  int at = i;
  while (first[at] != at) {
    at = first[at];
  }
  return at;
}

static void join(global int *first, const int i, const int j) {
  const int a = root(first, i), b = root(first, j);
  first[max(a, b)] = min(a, b);
}

// Whether a patch's nine pixels are alike, by how many up to each of a row are.
static int patch(global const int *runs, const int columns, const int row, const int column) {
  global const int *last = runs + row * columns + column + 2;
  return last[0] >= 3 && last[columns] >= 3 && last[2 * columns] >= 3;
}

// Items: image. first [image][pixel] becomes the number of the first pixel that equals this one.
kernel void equal_find(
    global const real *x, global const int *flat, global int *first, global int *runs, uint items,
    SEEN_ARGS) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items || !flat[gid]) {
    return;
  }
  const int wide = columns - 2, pixels = (rows - 2) * wide;
  x += (size_t)gid * H * W * C;
  first += (size_t)gid * pixels;
  global int *left = runs + (size_t)gid * 2 * rows * columns, *up = left + rows * columns;
  for (int i = 0; i < rows; i++) {
    int across = 0, down = 0;
    for (int j = 0; j < columns; j++) {
      across = j > 0 && alike(x, SEEN, i, j, 0) ? across + 1 : 0;
      down = i > 0 && alike(x, SEEN, i, j, 1) ? down + 1 : 0;
      left[i * columns + j] = across;
      up[i * columns + j] = down;
    }
  }
  for (int i = 0; i < pixels; i++) {
    first[i] = i;
    if (i % wide > 0 && patch(left, columns, i / wide, i % wide)) {
      join(first, i, i - 1);
    }
    if (i >= wide && patch(up, columns, i / wide, i % wide)) {
      join(first, i, i - wide);
    }
  }
  for (int i = 0; i < pixels; i++) {
    first[i] = first[first[i]];
  }
}

// Items: image, row of y [image][pixels][K].
kernel void even_pixels(
    global const int *flat, global const int *first, global real *y, uint items, int down,
    int across, int K) {
  const uint gid = (uint)get_global_id(0);
  const size_t image = gid / (uint)down;
  if (gid >= items || !flat[image]) {
    return;
  }
  first += image * down * across;
  y += image * down * across * K;
  for (int i = (int)(gid % (uint)down) * across, end = i + across; i < end; i++) {
    for (int k = 0; k < K && first[i] != i; k++) {
      y[(size_t)i * K + k] = y[(size_t)first[i] * K + k];
    }
  }
}

// Items: image. Windows of 2 x 2 pixels that all equal one and the same get one result, the first's;
// `windows` has room for a number a pixel.
kernel void even_windows(
    global const int *flat, global const int *first, global int *windows, global real *y,
    global uchar *winners, uint items, int down, int across, int K) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items || !flat[gid]) {
    return;
  }
  const size_t pixels = (size_t)down * across;
  first += gid * pixels;
  windows += gid * pixels;
  y += gid * (pixels / 4) * K;
  winners += gid * (pixels / 4) * K;
  for (int i = 0; i < (int)pixels; i++) {
    windows[i] = -1;
  }
  for (int i = 0; i < (int)(pixels / 4); i++) {
    const int corner = (i / (across / 2) * across + i % (across / 2)) * 2, of = first[corner];
    if (first[corner + 1] != of || first[corner + across] != of ||
        first[corner + across + 1] != of) {
      continue;
    }
    if (windows[of] < 0) {
      windows[of] = i;
    }
    for (int k = 0; k < K && windows[of] != i; k++) {
      y[(size_t)i * K + k] = y[(size_t)windows[of] * K + k];
      winners[(size_t)i * K + k] = winners[(size_t)windows[of] * K + k];
    }
  }
}

// One pixel of one filter, summed along the channels; C is a multiple of LANES.
static real conv_at(
    global const real *image, global const real *w, const int H, const int W, const int C,
    const int top, const int left) {
  V sum = (V)(0);
  for (int tap = 0; tap < 9; tap++) {
    const int h = top + tap / 3, v = left + tap % 3;
    for (int c = 0; c < C && h >= 0 && h < H && v >= 0 && v < W; c += LANES) {
      sum = fma(VLOAD(image + ((size_t)h * W + v) * C + c), VLOAD(w + tap * C + c), sum);
    }
  }
  return SUM_LANES(sum);
}

// Items: image, part of its pixels. Convolves those that are spoiled; y [P, Q, K], or with pool = 2 the
// largest of each window of it.
kernel void conv_again(
    global const int *spoiled, global const real *x, global const real *w, global const real *bias,
    global real *y, global uchar *winners, uint items, uint parts, int H, int W, int C, int P, int Q,
    int K, int2 padding, int hasBias, int relu, int pool) {
  const uint gid = (uint)get_global_id(0);
  const size_t number = gid / parts;
  if (gid >= items || !spoiled[number]) {
    return;
  }
  const int across = Q / pool, windows = P / pool * across;
  x += number * H * W * C;
  for (int i = (int)(gid % parts); i < windows; i += (int)parts) {
    for (int k = 0; k < K; k++) {
      real best = 0;
      int place = 0;
      for (int n = 0; n < pool * pool; n++) {
        const int p = i / across * pool + n / pool, q = i % across * pool + n % pool;
        real here = conv_at(x, w + (size_t)k * 9 * C, H, W, C, p - padding.x, q - padding.y);
        here = hasBias ? here + bias[k] : here;
        if (n == 0 || BEATS(here, best)) {
          best = here;
          place = n;
        }
      }
      const size_t at = (number * windows + i) * K + k;
      y[at] = relu ? RELU(real, best) : best;
      if (pool > 1) {
        winners[at] = (uchar)place;
      }
    }
  }
}

// Items: image, part of its pixels. The gradient of the input, of those whose dy [P, Q, K] is spoiled.
kernel void conv_grad_again(
    global const int *spoiled, global const real *dy, global const real *w, global real *dx,
    uint items, uint parts, int H, int W, int C, int P, int Q, int K, int2 padding) {
  const uint gid = (uint)get_global_id(0);
  const size_t image = gid / parts;
  if (gid >= items || !spoiled[image]) {
    return;
  }
  dy += image * P * Q * K;
  dx += image * H * W * C;
  for (int i = (int)(gid % parts); i < H * W; i += (int)parts) {
    for (int c = 0; c < C; c += LANES) {
      V sum = (V)(0);
      for (int tap = 0; tap < 9; tap++) {
        const int p = i / W + padding.x - tap / 3, q = i % W + padding.y - tap % 3;
        for (int k = 0; k < K && p >= 0 && p < P && q >= 0 && q < Q; k++) {
          const V g = (V)(dy[((size_t)p * Q + q) * K + k]);
          sum = fma(g, VLOAD(w + ((size_t)k * 9 + tap) * C + c), sum);
        }
      }
      VSTORE(sum, dx + (size_t)i * C + c);
    }
  }
}
