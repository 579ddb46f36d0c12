// Batch normalisation over x [rows, channels], both ways. Bound by memory: each kernel passes once over
// what it is given, LANES channels at a time. Statistics are taken by chunks of rows, an item each,
// and joined in a fixed order; a chunk is read twice, the second time from the cache, so that the
// variance is summed about the chunk's own mean and loses no digits.

#include "common.cl"

// What item `gid` of [chunk][vector of channels] takes.
#define CHUNK \
  const uint gid = (uint)get_global_id(0); \
  if (gid >= items) { \
    return; \
  } \
  const uint vectors = (channels + LANES - 1) / LANES, part = gid / vectors; \
  const uint channel = (gid - part * vectors) * LANES; \
  const uint from = part * chunk, to = min(from + chunk, rows)

#define EACH_LANE_OF(STEP) \
  if (channel + LANES <= channels) { \
    const uint c = channel; \
    STEP(V, VLOAD, VSTORE) \
  } else { \
    for (uint c = channel; c < channels; c++) { \
      STEP(ONE, ONE_LOAD, ONE_STORE) \
    } \
  }

// The first mean is good to a few digits; what it lacks is the mean of what is left, and stays beside
// it, for together they have more digits than one number.
#define STATS(T, LOAD, STORE) \
  T sum = (T)(0), squares = (T)(0), off = (T)(0), rest = (T)(0), restOff = (T)(0); \
  for (uint r = from; r < to; r++) { \
    sum += LOAD(x + (size_t)r * channels + c); \
  } \
  const T count = (T)(to - from), near = sum / count; \
  for (uint r = from; r < to; r++) { \
    const T d = LOAD(x + (size_t)r * channels + c) - near; \
    ADD_EXACTLY(T, off, restOff, d) \
    ADD_EXACTLY(T, squares, rest, d * d) \
  } \
  const T still = TOTAL(off, restOff) / count; \
  STORE(near, partial + (size_t)(3 * part) * channels + c); \
  STORE(still, partial + (size_t)(3 * part + 1) * channels + c); \
  STORE(TOTAL(squares, rest) - count * still * still, \
      partial + (size_t)(3 * part + 2) * channels + c);

// Mean, what it lacks, and sum of squares about both, of each chunk: partial [chunk][3][channels].
kernel void channel_stats(
    global const real *x, global real *partial, uint items, uint rows, uint channels, uint chunk) {
  CHUNK;
  EACH_LANE_OF(STATS)
}

#define COUNT(part) (real)(min((part + 1) * chunk, rows) - part * chunk)
#define OFF(LOAD, part) \
  ((LOAD(partial + (size_t)(3 * part) * channels + c) - near) + \
      LOAD(partial + (size_t)(3 * part + 1) * channels + c))

// Chan, Golub and LeVeque 1983: sets' means and squares give those of all. The means are added as what
// they differ from the first by, so that equal ones stay as they are.
#define STATS_END(T, LOAD, STORE) \
  const T near = LOAD(partial + c); \
  T off = (T)(0), squares = (T)(0), restOff = (T)(0), rest = (T)(0); \
  for (uint part = 0; part < chunks; part++) { \
    const T d = OFF(LOAD, part); \
    ADD_EXACTLY(T, off, restOff, d * (T)(COUNT(part))) \
  } \
  const T lacks = TOTAL(off, restOff) / (T)(rows); \
  for (uint part = 0; part < chunks; part++) { \
    const T d = OFF(LOAD, part) - lacks; \
    const T own = LOAD(partial + (size_t)(3 * part + 2) * channels + c); \
    ADD_EXACTLY(T, squares, rest, fma(d * (T)(COUNT(part)), d, own)) \
  } \
  STORE(near + lacks, mean + c); \
  STORE(TOTAL(squares, rest) / (T)(rows), variance + c);

kernel void channel_stats_end(
    global const real *partial, global real *mean, global real *variance, uint items, uint rows,
    uint channels, uint chunk, uint chunks) {
  const uint channel = (uint)get_global_id(0) * LANES;
  if (get_global_id(0) >= items) {
    return;
  }
  EACH_LANE_OF(STATS_END)
}

#define SUMS(T, LOAD, STORE) \
  const T m = LOAD(mean + c); \
  T sum = (T)(0), products = (T)(0), rest = (T)(0), restOfProducts = (T)(0); \
  for (uint r = from; r < to; r++) { \
    const size_t at = (size_t)r * channels + c; \
    T h = LOAD(grad + at); \
    if (hasY) { \
      const T open = LOAD(y + at); \
      h = RELU_GRAD(T, open, h); \
    } \
    ADD_EXACTLY(T, sum, rest, h) \
    ADD_EXACTLY(T, products, restOfProducts, h * (LOAD(x + at) - m)) \
  } \
  STORE(TOTAL(sum, rest), partial + (size_t)(2 * part) * channels + c); \
  STORE(TOTAL(products, restOfProducts), partial + (size_t)(2 * part + 1) * channels + c);

// Sums of h, the gradient, but 0 where y is not above 0, and of h (x - mean), of each chunk: partial [chunk][2][channels].
kernel void normalize_sums(
    global const real *grad, global const real *y, global const real *x, global const real *mean,
    global real *partial, uint items, uint rows, uint channels, uint chunk, int hasY) {
  CHUNK;
  EACH_LANE_OF(SUMS)
}

#define SUMS_END(T, LOAD, STORE) \
  T first = (T)(0), second = (T)(0), rest = (T)(0), restOfSecond = (T)(0); \
  for (uint part = 0; part < chunks; part++) { \
    ADD_EXACTLY(T, first, rest, LOAD(partial + (size_t)(2 * part) * channels + c)) \
    ADD_EXACTLY(T, second, restOfSecond, LOAD(partial + (size_t)(2 * part + 1) * channels + c)) \
  } \
  STORE(TOTAL(first, rest), sum + c); \
  STORE(TOTAL(second, restOfSecond), products + c);

kernel void normalize_sums_end(
    global const real *partial, global real *sum, global real *products, uint items, uint channels,
    uint chunks) {
  const uint channel = (uint)get_global_id(0) * LANES;
  if (get_global_id(0) >= items) {
    return;
  }
  EACH_LANE_OF(SUMS_END)
}

// out = (x - mean) scale + shift + residual, and no less than 0 where `relu`.
#define NORMALIZE(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T v = fma(LOAD(x + at + c) - LOAD(mean + c), LOAD(scale + c), LOAD(shift + c)); \
  if (hasResidual) { \
    v += LOAD(residual + at + c); \
  } \
  STORE(relu ? RELU(T, v) : v, out + at + c);

// Items: a block of rows.
kernel void normalize_rows(
    global const real *x, global const real *mean, global const real *scale,
    global const real *shift, global const real *residual, global real *out, uint n, uint block,
    int channels, int hasResidual, int relu) {
  FLAT_RANGE(i, end, n, block);
  for (; i < end; i++) {
    const size_t at = (size_t)i * channels;
    EACH_CHANNEL(c, channels, NORMALIZE)
  }
}

// out = ofGrad h + ofInput (x - mean) + constant; residualGrad becomes h.
#define NORMALIZE_GRAD(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES) \
  T h = LOAD(grad + at + c); \
  if (hasY) { \
    const T open = LOAD(y + at + c); \
    h = RELU_GRAD(T, open, h); \
  } \
  if (hasResidual) { \
    STORE(h, residualGrad + at + c); \
  } \
  const T d = LOAD(x + at + c) - LOAD(mean + c); \
  STORE(fma(LOAD(ofGrad + c), h, fma(LOAD(ofInput + c), d, LOAD(constant_ + c))), out + at + c);

kernel void normalize_grad(
    global const real *grad, global const real *y, global const real *x, global const real *mean,
    global const real *ofGrad, global const real *ofInput, global const real *constant_,
    global real *out, global real *residualGrad, uint n, uint block, int channels, int hasY,
    int hasResidual) {
  FLAT_RANGE(i, end, n, block);
  for (; i < end; i++) {
    const size_t at = (size_t)i * channels;
    EACH_CHANNEL(c, channels, NORMALIZE_GRAD)
  }
}
