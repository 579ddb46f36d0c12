// Pooling over square windows of [N, H, W, C] to [N, P, Q, C], and its gradients. Every kernel
// gathers: an item writes its own elements only, and where windows overlap it adds their parts in
// a fixed order, without atomics. Bound by memory traffic; windows are read again from the cache.

#define POOL_ARGS \
  int N, int H, int W, int C, int window, int stride, int padding, int P, int Q

// Coordinates of flat element i of [.., ROWS, COLUMNS, C].
#define PIXEL(i, ROWS, COLUMNS) \
  const int c = (int)((i) % (uint)C), column = (int)((i) / C % COLUMNS); \
  const int row = (int)((i) / C / COLUMNS % ROWS), image = (int)((i) / C / COLUMNS / ROWS)

// The winner's place in its window is row * window + column, the first of equals; a NaN wins.
kernel void max_pool(
    global const float *x, global float *out, global uchar *winners, uint n, uint block,
    POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    float best = 0;
    int winner = -1;
    for (int r = 0; r < window; r++) {
      const int h = row * stride - padding + r;
      if (h < 0 || h >= H) continue;
      for (int s = 0; s < window; s++) {
        const int v = column * stride - padding + s;
        if (v < 0 || v >= W) continue;
        const float here = x[((size_t)(image * H + h) * W + v) * C + c];
        if (winner < 0 || BEATS(here, best)) {
          best = here;
          winner = r * window + s;
        }
      }
    }
    out[i] = best;
    winners[i] = (uchar)winner;
  }
}

// For an input element: loops over the windows (p, q) that hold it; r and s are its place in each.
#define FOR_WINDOWS \
  const int h = row + padding, v = column + padding; \
  for (int p = h < window ? 0 : (h - window) / stride + 1; p < P && p * stride <= h; p++) \
    for (int q = v < window ? 0 : (v - window) / stride + 1; q < Q && q * stride <= v; q++)

kernel void max_pool_grad(
    global const float *grad, global const uchar *winners, global float *out, uint n, uint block,
    POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, H, W);
    float sum = 0;
    FOR_WINDOWS {
      const size_t at = ((size_t)(image * P + p) * Q + q) * C + c;
      const int place = (h - p * stride) * window + (v - q * stride);
      sum += winners[at] == place ? grad[at] : 0.0f;
    }
    out[i] = sum;
  }
}

// A winner outside the image (bytes that max_pool never wrote) picks 0 and reads nothing.
kernel void max_pool_pick(
    global const float *x, global const uchar *winners, global float *out, uint n, uint block,
    POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    const int h = row * stride - padding + winners[i] / window;
    const int v = column * stride - padding + winners[i] % window;
    const bool inside = h >= 0 && h < H && v >= 0 && v < W;
    out[i] = inside ? x[((size_t)(image * H + h) * W + v) * C + c] : 0.0f;
  }
}

kernel void avg_pool(
    global const float *x, global float *out, uint n, uint block, POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    float sum = 0;
    for (int r = 0; r < window; r++) {
      const int h = row * stride - padding + r;
      if (h < 0 || h >= H) continue;
      for (int s = 0; s < window; s++) {
        const int v = column * stride - padding + s;
        if (v < 0 || v >= W) continue;
        sum += x[((size_t)(image * H + h) * W + v) * C + c];
      }
    }
    out[i] = sum / (float)(window * window);
  }
}

kernel void avg_pool_grad(
    global const float *grad, global float *out, uint n, uint block, POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, H, W);
    float sum = 0;
    FOR_WINDOWS {
      sum += grad[((size_t)(image * P + p) * Q + q) * C + c];
    }
    out[i] = sum / (float)(window * window);
  }
}
