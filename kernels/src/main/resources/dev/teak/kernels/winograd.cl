// 3x3 convolutions of stride 1 by Winograd's method (Lavin and Gray 2016): OUT x OUT outputs from
// SIDE x SIDE products a channel pair, SIDE = OUT + 2, instead of 9 OUT^2: for OUT = 4 a quarter.
//
//   pixels  --input-->  points  --x kernel points, summed over channels-->  points  --output-->  pixels
//   SIDE x SIDE       SIDE x SIDE                                        SIDE x SIDE       OUT x OUT
//
// A point is a matrix product of its own, [tiles, C] x [C, K]. The gradient of the input is the same
// with the turned kernel; that of the kernel is, for each point, [tiles, C]' x [tiles, K]. All
// transforms are separable: the one-dimensional ones below, down the columns of a square and then along
// its rows, LANES channels at a time. The host may define OUT.

#include "common.cl"

#ifndef OUT
#define OUT 4
#endif
#define SIDE (OUT + 2)
#define POINTS (SIDE * SIDE)

// One-dimensional transforms of x0.. to y0..; the matrices' names are the paper's.
#if OUT == 4
// B': pixels to points.
#define INPUT() \
  const V e1 = fma((V)(-4), x2, x4), o1 = fma((V)(-4), x1, x3); \
  const V e2 = x4 - x2, o2 = (V)(2) * (x3 - x1); \
  const V y0 = fma((V)(4), x0, fma((V)(-5), x2, x4)), y1 = e1 + o1, y2 = e1 - o1; \
  const V y3 = e2 + o2, y4 = e2 - o2, y5 = fma((V)(4), x1, fma((V)(-5), x3, x5));
// A': points to pixels.
#define OUTPUT() \
  const V s1 = x1 + x2, d1 = x1 - x2, s2 = x3 + x4, d2 = x3 - x4; \
  const V y0 = x0 + s1 + s2, y1 = fma((V)(2), d2, d1), y2 = fma((V)(4), s2, s1); \
  const V y3 = fma((V)(8), d2, d1) + x5;
// A: gradient of pixels to that of points.
#define OUTPUT_GRAD() \
  const V e1 = x0 + x2, o1 = x1 + x3, e2 = fma((V)(4), x2, x0); \
  const V o2 = fma((V)(8), x3, (V)(2) * x1); \
  const V y0 = x0, y1 = e1 + o1, y2 = e1 - o1, y3 = e2 + o2, y4 = e2 - o2, y5 = x3;
// G: kernel to points.
#define KERNEL() \
  const V e1 = (V)((real)-1 / 6) * (x0 + x2), o1 = (V)((real)1 / 6) * x1; \
  const V e2 = fma((V)((real)1 / 24), x0, (V)((real)1 / 6) * x2), o2 = (V)((real)1 / 12) * x1; \
  const V y0 = (V)((real)0.25) * x0, y1 = e1 - o1, y2 = e1 + o1, y3 = e2 + o2, y4 = e2 - o2, y5 = x2;
// G': gradient of points to that of the kernel.
#define KERNEL_GRAD() \
  const V s1 = x1 + x2, d1 = x2 - x1, s2 = x3 + x4, d2 = x3 - x4; \
  const V y0 = fma((V)((real)0.25), x0, fma((V)((real)1 / 24), s2, (V)((real)-1 / 6) * s1)); \
  const V y1 = fma((V)((real)1 / 6), d1, (V)((real)1 / 12) * d2); \
  const V y2 = fma((V)((real)1 / 6), s2 - s1, x5);
#define EACH_POINT(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5)
#define EACH_PIXEL(DO) DO(0) DO(1) DO(2) DO(3)
#else
#define INPUT() const V y0 = x0 - x2, y1 = x1 + x2, y2 = x2 - x1, y3 = x1 - x3;
#define OUTPUT() const V y0 = x0 + x1 + x2, y1 = x1 - x2 - x3;
#define OUTPUT_GRAD() const V y0 = x0, y1 = x0 + x1, y2 = x0 - x1, y3 = -x1;
#define KERNEL() \
  const V e1 = (V)((real)0.5) * (x0 + x2), o1 = (V)((real)0.5) * x1; \
  const V y0 = x0, y1 = e1 + o1, y2 = e1 - o1, y3 = x2;
#define KERNEL_GRAD() \
  const V s1 = (V)((real)0.5) * (x1 + x2), d1 = (V)((real)0.5) * (x1 - x2); \
  const V y0 = x0 + s1, y1 = d1, y2 = s1 + x3;
#define EACH_POINT(DO) DO(0) DO(1) DO(2) DO(3)
#define EACH_PIXEL(DO) DO(0) DO(1)
#endif
#define EACH_TAP(DO) DO(0) DO(1) DO(2)

// Images [.., height, width, channels] seen as tiles, `down` x `across` of each image.
#define TILED_ARGS \
  const int height, const int width, const int channels, const int down, const int across, \
      const int2 padding

// A square of n x n vectors: transformed first down the columns of what AT(i, j) gives, then along the
// rows, into TO(i, j, value). `count` lines of IN numbers become OUT_COUNT.
#define LOAD_DOWN(i) const V x##i = AT(i, j);
#define KEEP_DOWN(i) square[i][j] = y##i;
#define LOAD_ALONG(j) const V x##j = square[i][j];
#define KEEP_ALONG(j) TO(i, j, y##j)
#define TRANSFORM(FORMULA, IN, EACH_IN, OUT_COUNT, EACH_OUT) \
  V square[SIDE][SIDE]; \
  for (int j = 0; j < IN; j++) { \
    EACH_IN(LOAD_DOWN) \
    FORMULA() \
    EACH_OUT(KEEP_DOWN) \
  } \
  for (int i = 0; i < OUT_COUNT; i++) { \
    EACH_IN(LOAD_ALONG) \
    FORMULA() \
    EACH_OUT(KEEP_ALONG) \
  }

// Largest sum of magnitudes whose rounding errors leave the rest of a tile right; a NaN is above it.
#define LARGEST 0x1p20f
#if LANES == 1
#define ABOVE(v) (!((v) <= LARGEST))
#else
#define ABOVE(v) any(!((v) <= (V)(LARGEST)))
#endif

static V seen(const V v, V *sum) {
  *sum += fabs(v);
  return v;
}

// Tile `tile`, channels c and on, of images, to its points `step` apart. What lies outside is 0. An
// image whose tile holds something too large is marked in `spoiled`, unless that is null.
#define AT(i, j) \
  ((uint)(top + i) < (uint)height && (uint)(left + j) < (uint)width \
      ? seen(VLOAD(image + (long)((top + i) * width + left + j) * channels), &sum) : (V)(0))
#define TO(i, j, value) VSTORE(value, to + (i * SIDE + j) * step);
#define POINTS_OF_TILE(NAME, SPACE, FORMULA, IN, EACH_IN) \
  static void NAME( \
      global const real *x, TILED_ARGS, const uint tile, const uint c, SPACE real *to, \
      const size_t step, global int *spoiled) { \
    V sum = (V)(0); \
    const int left = (int)(tile % (uint)across) * OUT - padding.y; \
    const int top = (int)(tile / (uint)across % (uint)down) * OUT - padding.x; \
    global const real *image = \
        x + (size_t)(tile / (uint)across / (uint)down) * height * width * channels + c; \
    TRANSFORM(FORMULA, IN, EACH_IN, SIDE, EACH_POINT) \
    if (spoiled && ABOVE(sum)) { \
      spoiled[tile / (uint)across / (uint)down] = 1; \
    } \
  }
POINTS_OF_TILE(input_tile, global, INPUT, SIDE, EACH_POINT)
POINTS_OF_TILE(input_tile_near, local, INPUT, SIDE, EACH_POINT)
POINTS_OF_TILE(grad_tile, global, OUTPUT_GRAD, OUT, EACH_PIXEL)
#undef AT
#undef TO

// Points to the pixels of a tile, plus a bias, through a relu if `relu`.
#define AT(i, j) VLOAD(from + (i * SIDE + j) * step)
#define TO(i, j, value) \
  if (top + i < height && left + j < width) { \
    const V v = value + b; \
    VSTORE(relu ? RELU(V, v) : v, image + ((top + i) * width + left + j) * channels); \
  }
#define PIXELS_OF_TILE(NAME, SPACE) \
  static void NAME( \
      SPACE const real *from, const size_t step, global const real *bias, const int hasBias, \
      const int relu, global real *y, TILED_ARGS, const uint tile, const uint c) { \
    const int left = (int)(tile % (uint)across) * OUT; \
    const int top = (int)(tile / (uint)across % (uint)down) * OUT; \
    global real *image = \
        y + (size_t)(tile / (uint)across / (uint)down) * height * width * channels + c; \
    const V b = hasBias ? VLOAD(bias + c) : (V)(0); \
    TRANSFORM(OUTPUT, SIDE, EACH_POINT, OUT, EACH_PIXEL) \
  }
PIXELS_OF_TILE(output_tile, global)
PIXELS_OF_TILE(output_tile_near, local)
#undef TO

// The same with a max-pooling of windows of 2 x 2 behind the relu: y and winners are [.., height / 2,
// width / 2, channels], height and width even. Of pixels that are equal (winograd-edges.cl) the first
// one's value stands for all.
#define TO(i, j, value) pixels[i][j] = value;
#define WIN(n) \
  place = BEATS(p##n, best) ? (V)(n) : place; \
  best = BEATS(p##n, best) ? p##n : best;
static void pooled_tile(
    local const real *from, const size_t step, global const real *bias, const int hasBias,
    global real *y, global uchar *winners, global const int *flat, global const int *first,
    TILED_ARGS, const uint tile, const uint c) {
  const int left = (int)(tile % (uint)across) * OUT;
  const int top = (int)(tile / (uint)across % (uint)down) * OUT;
  const size_t image = tile / (uint)across / (uint)down;
  const V b = hasBias ? VLOAD(bias + c) : (V)(0);
  V pixels[OUT][OUT];
  TRANSFORM(OUTPUT, SIDE, EACH_POINT, OUT, EACH_PIXEL)
  for (int i = 0; i < OUT && top + i < height; i += 2) {
    for (int j = 0; j < OUT && left + j < width; j += 2) {
      V p0 = pixels[i][j], p1 = pixels[i][j + 1], p2 = pixels[i + 1][j], p3 = pixels[i + 1][j + 1];
      if (flat[image]) {
        global const int *f = first + (image * height + top + i) * width + left + j;
        const int f0 = f[0], f1 = f[1], f2 = f[width], f3 = f[width + 1];
        p1 = f1 == f0 ? p0 : p1;
        p2 = f2 == f0 ? p0 : f2 == f1 ? p1 : p2;
        p3 = f3 == f0 ? p0 : f3 == f1 ? p1 : f3 == f2 ? p2 : p3;
      }
      V best = p0, place = (V)(0);
      WIN(1)
      WIN(2)
      WIN(3)
      best += b;
      const size_t at =
          ((image * (height / 2) + (top + i) / 2) * (width / 2) + (left + j) / 2) * channels + c;
      VSTORE(RELU(V, best), y + at);
      VSTORE_BYTES(place, winners + at);
    }
  }
}
#undef AT
#undef TO

// Items: a block of (tile, LANES channels), the channels fastest.
kernel void input_points(
    global const real *x, global real *points, uint n, uint block, TILED_ARGS, uint tiles,
    int marked, global int *spoiled) {
  const uint vectors = channels / LANES;
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const uint tile = i / vectors, c = i % vectors * LANES;
    input_tile(
        x, height, width, channels, down, across, padding, tile, c, points + tile * channels + c,
        (size_t)tiles * channels, marked ? spoiled : 0);
  }
}

kernel void grad_points(
    global const real *dy, global real *points, uint n, uint block, TILED_ARGS, uint tiles) {
  const uint vectors = channels / LANES;
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const uint tile = i / vectors, c = i % vectors * LANES;
    grad_tile(
        dy, height, width, channels, down, across, (int2)(0), tile, c, points + tile * channels + c,
        (size_t)tiles * channels, 0);
  }
}

kernel void output_pixels(
    global const real *points, global const real *bias, global real *y, uint n, uint block,
    TILED_ARGS, uint tiles, int hasBias, int relu) {
  const uint vectors = channels / LANES;
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const uint tile = i / vectors, c = i % vectors * LANES;
    output_tile(
        points + tile * channels + c, (size_t)tiles * channels, bias, hasBias, relu, y, height,
        width, channels, down, across, (int2)(0), tile, c);
  }
}
