// Convolutions of each channel by itself (Howard et al. 2017), and both of their gradients: pooling
// windows whose places have weights, [taps][C], so that neighbouring channels are a vector. Bound by
// memory traffic; without atomics, as in pool.cl.

#include "pool.cl"

// Item i: an element of the weight turned over, from [C][taps] to [taps][C], or back.
kernel void depthwise_turn(global const real *w, global real *to, uint n, uint rows, uint columns) {
  const uint i = (uint)get_global_id(0);
  if (i < n) {
    to[i % columns * rows + i / columns] = w[i];
  }
}

#define DEPTHWISE_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = hasBias ? LOAD(bias + c) : (T)(0); \
  for (int r = r0; r < r1; r++) { \
    for (int s = s0; s < s1; s++) { \
      sum = fma(LOAD(x + corner + r * down + s * right + c), LOAD(w + (r * window.y + s) * C + c), sum); \
    } \
  } \
  STORE(relu ? RELU(T, sum) : sum, out + (size_t)i * C + c);

kernel void depthwise(
    global const real *x, global const real *w, global const real *bias, global real *out, uint n,
    uint block, POOL_ARGS, int hasBias, int relu) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, P, Q);
    WINDOW;
    EACH_CHANNEL(c, C, DEPTHWISE_STEP)
  }
}

#define DEPTHWISE_GRAD_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = (T)(0); \
  for (int p = p0; p < p1; p++) { \
    for (int q = q0; q < q1; q++) { \
      if (HOLDS(p, q)) { \
        const T g = LOAD(grad + ((image * P + p) * Q + q) * C + c); \
        sum = fma(g, LOAD(w + (PLACE_DOWN(p) * window.y + PLACE_ACROSS(q)) * C + c), sum); \
      } \
    } \
  } \
  STORE(sum, out + (size_t)i * C + c);

kernel void depthwise_grad(
    global const real *grad, global const real *w, global real *out, uint n, uint block, POOL_ARGS) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    PIXEL(i, H, W);
    WINDOWS;
    EACH_CHANNEL(c, C, DEPTHWISE_GRAD_STEP)
  }
}

#define DEPTHWISE_WEIGHT_STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T sum = (T)(0); \
  for (int image = first; image < last; image++) { \
    for (int p = p0; p < p1; p++) { \
      global const real *g = grad + ((size_t)image * P + p) * Q * C + c; \
      global const real *from = x + \
          (((long)image * H + p * stride.x + h) * W + v) * C + c; \
      T line = (T)(0); \
      for (int q = q0; q < q1; q++) { \
        line = fma(LOAD(g + q * C), LOAD(from + (long)q * stride.y * C), line); \
      } \
      sum += line; \
    } \
  } \
  STORE(sum, partial + (size_t)i * C + c);

// Outputs from `low` up to, not including, `high` see a pixel with the tap at `at` of their window.
#define SEEING(low, high, at, stride, size, outputs) \
  const int low = at < 0 ? (stride - 1 - at) / stride : 0; \
  const int high = at < size ? min(outputs, (size - 1 - at) / stride + 1) : 0

// Items: slice of the images, tap, the taps fastest: to partial [slice][tap][C].
kernel void depthwise_weights(
    global const real *x, global const real *grad, global real *partial, uint n, uint block,
    POOL_ARGS, int slices) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const int taps = window.x * window.y, tap = (int)(i % (uint)taps), slice = (int)(i / (uint)taps);
    const int first = (int)((long)N * slice / slices), last = (int)((long)N * (slice + 1) / slices);
    const int h = tap / window.y * dilation.x - padding.x;
    const int v = tap % window.y * dilation.y - padding.y;
    SEEING(p0, p1, h, stride.x, H, P);
    SEEING(q0, q1, v, stride.y, W, Q);
    EACH_CHANNEL(c, C, DEPTHWISE_WEIGHT_STEP)
  }
}

// dw [C][taps] = sum over slices, in order, of partial [slice][taps][C].
kernel void depthwise_weights_end(
    global const real *partial, global real *dw, uint n, uint slices, uint taps, uint channels) {
  const uint i = (uint)get_global_id(0);
  if (i < n) {
    real sum = 0;
    for (uint s = 0; s < slices; s++) {
      sum += partial[((size_t)s * taps + i % taps) * channels + i / taps];
    }
    dw[i] = sum;
  }
}
