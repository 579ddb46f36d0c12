// Pooling over windows of [N, H, W, C] to [N, P, Q, C], and its gradients. An item takes all
// channels of some pixels, LANES at a time. Every kernel gathers: an item writes its own elements
// only, and where windows overlap it adds their parts in a fixed order, without atomics. Bound by memory
// traffic; windows are read again from the cache.

#include "common.cl"

#define POOL_ARGS \
  int N, int H, int W, int C, int2 window, int2 stride, int2 padding, int2 dilation, int P, int Q

// Coordinates of pixel i of [.., ROWS, COLUMNS].
#define PIXEL(i, ROWS, COLUMNS) \
  const int column = (int)((i) % (uint)COLUMNS), row = (int)((i) / (uint)COLUMNS % (uint)ROWS); \
  const size_t image = (i) / (uint)COLUMNS / (uint)ROWS

// The part of output pixel (row, column)'s window that lies inside the image.
#define WINDOW \
  const int top = row * stride.x - padding.x, left = column * stride.y - padding.y; \
  const int r0 = PLACES(max(0, -top), dilation.x), s0 = PLACES(max(0, -left), dilation.y); \
  const int r1 = min(window.x, PLACES(H - top, dilation.x)); \
  const int s1 = min(window.y, PLACES(W - left, dilation.y)); \
  const int down = dilation.x * W * C, right = dilation.y * C; \
  const long corner = (((long)image * H + top) * W + left) * C

// How many places `apart` from each other n pixels hold, rounded up; most windows are not dilated.
#define PLACES(n, apart) ((apart) == 1 ? (n) : ((n) + (apart) - 1) / (apart))

// The winner's place in its window is row * window + column, the first of equals; a NaN wins.
#define MAX_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  global const real *from = x + corner + c; \
  T best = LOAD(from + r0 * down + s0 * right), place = (T)(r0 * window.y + s0); \
  for (int r = r0; r < r1; r++) { \
    for (int s = s0; s < s1; s++) { \
      const T here = LOAD(from + r * down + s * right); \
      place = BEATS(here, best) ? (T)(r * window.y + s) : place; \
      best = BEATS(here, best) ? here : best; \
    } \
  } \
  STORE(best, out + (size_t)i * C + c); \
  STORE_BYTES(place, winners + (size_t)i * C + c);

kernel void max_pool(
    global const real *x, global real *out, global uchar *winners, uint n, uint block, POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    WINDOW;
    EACH_CHANNEL(c, C, MAX_STEP)
  }
}

// For an input pixel: the windows (p, q) whose span holds it. Of a dilated window it may lie between
// the places.
#define WINDOWS \
  const int h = row + padding.x, v = column + padding.y; \
  const int2 span = (window - 1) * dilation + 1; \
  const int p0 = h < span.x ? 0 : (h - span.x) / stride.x + 1, p1 = min(P, h / stride.x + 1); \
  const int q0 = v < span.y ? 0 : (v - span.y) / stride.y + 1, q1 = min(Q, v / stride.y + 1)
#define PLACE_DOWN(p) ((h - p * stride.x) / dilation.x)
#define PLACE_ACROSS(q) ((v - q * stride.y) / dilation.y)
#define HOLDS(p, q) \
  ((dilation.x == 1 && dilation.y == 1) || \
   ((h - p * stride.x) % dilation.x == 0 && (v - q * stride.y) % dilation.y == 0))

// A gradient goes where the winner is, and, with hasY, only where the pooled y is above 0: the
// gradient through a relu in front of the pooling.
#define MAX_GRAD_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = (T)(0); \
  for (int p = p0; p < p1; p++) { \
    for (int q = q0; q < q1; q++) { \
      if (!HOLDS(p, q)) { \
        continue; \
      } \
      const size_t at = ((image * P + p) * Q + q) * C + c; \
      const T place = (T)(PLACE_DOWN(p) * window.y + PLACE_ACROSS(q)); \
      T g = LOAD(grad + at); \
      if (hasY) { \
        const T open = LOAD(y + at); \
        g = RELU_GRAD(T, open, g); \
      } \
      sum += LOAD_BYTES(winners + at) == place ? g : (T)(0); \
    } \
  } \
  STORE(sum, out + (size_t)i * C + c);

kernel void max_pool_grad(
    global const real *grad, global const uchar *winners, global const real *y, global real *out,
    uint n, uint block, POOL_ARGS, int hasY) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, H, W);
    WINDOWS;
    EACH_CHANNEL(c, C, MAX_GRAD_STEP)
  }
}

// The same where windows meet without overlap and cover the image: each gradient is read once and
// lands in its own window, zeros around it.
#define SPREAD_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  const T place = LOAD_BYTES(winners + (size_t)i * C + c); \
  T g = LOAD(grad + (size_t)i * C + c); \
  if (hasY) { \
    const T open = LOAD(y + (size_t)i * C + c); \
    g = RELU_GRAD(T, open, g); \
  } \
  global real *to = out + corner + c; \
  for (int r = 0; r < window.x; r++) { \
    for (int s = 0; s < window.y; s++) { \
      STORE(place == (T)(r * window.y + s) ? g : (T)(0), to + (r * W + s) * C); \
    } \
  }

kernel void max_pool_grad_spread(
    global const real *grad, global const uchar *winners, global const real *y, global real *out,
    uint n, uint block, POOL_ARGS, int hasY) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    const size_t corner = ((image * H + row * window.x) * W + column * window.y) * C;
    EACH_CHANNEL(c, C, SPREAD_STEP)
  }
}

// A winner outside the image (bytes that max_pool never wrote) picks 0 and reads nothing.
kernel void max_pool_pick(
    global const real *x, global const uchar *winners, global real *out, uint n, uint block,
    POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    for (int c = 0; c < C; c++) {
      const int winner = winners[(size_t)i * C + c];
      const int h = row * stride.x - padding.x + winner / window.y * dilation.x;
      const int v = column * stride.y - padding.y + winner % window.y * dilation.y;
      const bool inside = h >= 0 && h < H && v >= 0 && v < W;
      out[(size_t)i * C + c] = inside ? x[((image * H + h) * W + v) * C + c] : (real)0;
    }
  }
}

// What an average divides by: `divisor` where that is above 0, else the places of the window that lie
// within the image, or with includePad those before the end of its padding.
#define AVG_ARGS POOL_ARGS, int2 after, int includePad, int divisor
static int counted(
    const int first, const int window, const int dilation, const int size, const int after,
    const int includePad) {
  const int end = min(window, PLACES(size + (includePad ? after : 0) - first, dilation));
  return end - (includePad ? 0 : PLACES(max(0, -first), dilation));
}
#define DIVISOR(p, q) \
  (divisor > 0 ? divisor \
               : counted(p * stride.x - padding.x, window.x, dilation.x, H, after.x, includePad) * \
                     counted(q * stride.y - padding.y, window.y, dilation.y, W, after.y, includePad))

#define AVG_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = (T)(0); \
  for (int r = r0; r < r1; r++) { \
    for (int s = s0; s < s1; s++) { \
      sum += LOAD(x + corner + r * down + s * right + c); \
    } \
  } \
  STORE(sum / (T)(over), out + (size_t)i * C + c);

kernel void avg_pool(global const real *x, global real *out, uint n, uint block, AVG_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    WINDOW;
    const int over = DIVISOR(row, column);
    EACH_CHANNEL(c, C, AVG_STEP)
  }
}

#define AVG_GRAD_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = (T)(0); \
  for (int p = p0; p < p1; p++) { \
    for (int q = q0; q < q1; q++) { \
      if (HOLDS(p, q)) { \
        sum += LOAD(grad + ((image * P + p) * Q + q) * C + c) / (T)(DIVISOR(p, q)); \
      } \
    } \
  } \
  STORE(sum, out + (size_t)i * C + c);

kernel void avg_pool_grad(
    global const real *grad, global real *out, uint n, uint block, AVG_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, H, W);
    WINDOWS;
    EACH_CHANNEL(c, C, AVG_GRAD_STEP)
  }
}
