// Pooling over square windows of [N, H, W, C] to [N, P, Q, C], and its gradients. An item takes all
// channels of some pixels, LANES at a time. Every kernel gathers: an item writes its own elements
// only, and where windows overlap it adds their parts in a fixed order, without atomics. Bound by memory
// traffic; windows are read again from the cache.

#include "common.cl"

#define POOL_ARGS \
  int N, int H, int W, int C, int window, int stride, int padding, int P, int Q

// Coordinates of pixel i of [.., ROWS, COLUMNS].
#define PIXEL(i, ROWS, COLUMNS) \
  const int column = (int)((i) % (uint)COLUMNS), row = (int)((i) / (uint)COLUMNS % (uint)ROWS); \
  const size_t image = (i) / (uint)COLUMNS / (uint)ROWS

// The part of output pixel (row, column)'s window that lies inside the image.
#define WINDOW \
  const int top = row * stride - padding, left = column * stride - padding; \
  const int r0 = max(0, -top), r1 = min(window, H - top); \
  const int s0 = max(0, -left), s1 = min(window, W - left); \
  const long corner = (((long)image * H + top) * W + left) * C

// The winner's place in its window is row * window + column, the first of equals; a NaN wins.
#define MAX_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  global const real *from = x + corner + c; \
  T best = LOAD(from + (r0 * W + s0) * C), place = (T)(r0 * window + s0); \
  for (int r = r0; r < r1; r++) { \
    for (int s = s0; s < s1; s++) { \
      const T here = LOAD(from + (r * W + s) * C); \
      place = BEATS(here, best) ? (T)(r * window + s) : place; \
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

// For an input pixel: the windows (p, q) that hold it.
#define WINDOWS \
  const int h = row + padding, v = column + padding; \
  const int p0 = h < window ? 0 : (h - window) / stride + 1, p1 = min(P, h / stride + 1); \
  const int q0 = v < window ? 0 : (v - window) / stride + 1, q1 = min(Q, v / stride + 1)

// A gradient goes where the winner is, and, with hasY, only where the pooled y is above 0: the
// gradient through a relu in front of the pooling.
#define MAX_GRAD_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = (T)(0); \
  for (int p = p0; p < p1; p++) { \
    for (int q = q0; q < q1; q++) { \
      const size_t at = ((image * P + p) * Q + q) * C + c; \
      const T place = (T)((h - p * stride) * window + (v - q * stride)); \
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
  for (int r = 0; r < window; r++) { \
    for (int s = 0; s < window; s++) { \
      STORE(place == (T)(r * window + s) ? g : (T)(0), to + (r * W + s) * C); \
    } \
  }

kernel void max_pool_grad_spread(
    global const real *grad, global const uchar *winners, global const real *y, global real *out,
    uint n, uint block, POOL_ARGS, int hasY) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    const size_t corner = ((image * H + row * window) * W + column * window) * C;
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
      const int h = row * stride - padding + winner / window;
      const int v = column * stride - padding + winner % window;
      const bool inside = h >= 0 && h < H && v >= 0 && v < W;
      out[(size_t)i * C + c] = inside ? x[((image * H + h) * W + v) * C + c] : (real)0;
    }
  }
}

#define AVG_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = (T)(0); \
  for (int r = r0; r < r1; r++) { \
    for (int s = s0; s < s1; s++) { \
      sum += LOAD(x + corner + (r * W + s) * C + c); \
    } \
  } \
  STORE(sum / (T)(window * window), out + (size_t)i * C + c);

kernel void avg_pool(global const real *x, global real *out, uint n, uint block, POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    WINDOW;
    EACH_CHANNEL(c, C, AVG_STEP)
  }
}

#define AVG_GRAD_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = (T)(0); \
  for (int p = p0; p < p1; p++) { \
    for (int q = q0; q < q1; q++) { \
      sum += LOAD(grad + ((image * P + p) * Q + q) * C + c); \
    } \
  } \
  STORE(sum / (T)(window * window), out + (size_t)i * C + c);

kernel void avg_pool_grad(
    global const real *grad, global real *out, uint n, uint block, POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, H, W);
    WINDOWS;
    EACH_CHANNEL(c, C, AVG_GRAD_STEP)
  }
}
