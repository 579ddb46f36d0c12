// Gradient of a convolution's input where that is an image of one to four channels: a product with so
// few columns would waste most of a register tile, so here the vectors run along the summed axis,
// the output channels.
//
//   dx[n, h, w, c] = sum over taps (r, s) and k of dy[n, p, q, k] w[k, r, s, c]
//                    p stride + r dilation = h + padding above, and so for q, s, w
//
// An item takes a row of pixels: first it turns the weights over, [r][s][c][K], into local memory,
// where they stay; then each pixel's sums are a vector each, whose lanes are added up at the end.
// Bound by reading dy R S times from the cache.

#include "common.cl"

#define FEW_1(DO) DO(0)
#define FEW_2(DO) FEW_1(DO) DO(1)
#define FEW_3(DO) FEW_2(DO) DO(2)
#define FEW_4(DO) FEW_3(DO) DO(3)
#define EACH_FEW PASTE(FEW_, FEW)

#define BEGIN(c) V sum##c = (V)(0);
#define STEP(c) sum##c = fma(g, VLOAD(taps + c * K + k), sum##c);
#define END(c) dx[at + c] = SUM_LANES(sum##c);

// K is a multiple of LANES; the host defines FEW, the channels of the image.
kernel void image_grad(
    global const real *dy, global const real *w, global real *out, uint rows, uint block, int H,
    int W, int K, int R, int S, int2 stride, int2 padding, int2 dilation, int P, int Q,
    local real *turned) {
  for (int k = 0; k < K; k++) {
    for (int e = 0; e < R * S * FEW; e++) {
      turned[e * K + k] = w[k * R * S * FEW + e];
    }
  }
  FLAT_RANGE(i, to, rows, block);
  for (; i < to; i++) {
    const int h = (int)(i % (uint)H) + padding.x;
    global const real *image = dy + (size_t)(i / (uint)H) * P * Q * K;
    global real *dx = out + (size_t)i * W * FEW;
    for (int at = 0, v = padding.y; at < W * FEW; at += FEW, v++) {
      EACH_FEW(BEGIN)
      for (int r = 0; r < R; r++) {
        const int down = h - r * dilation.x, p = down / stride.x;
        if (down < 0 || p >= P || p * stride.x != down) {
          continue;
        }
        for (int s = 0; s < S; s++) {
          const int across = v - s * dilation.y, q = across / stride.y;
          if (across < 0 || q >= Q || q * stride.y != across) {
            continue;
          }
          global const real *from = image + ((size_t)p * Q + q) * K;
          local const real *taps = turned + (r * S + s) * FEW * K;
          for (int k = 0; k < K; k += LANES) {
            const V g = VLOAD(from + k);
            EACH_FEW(STEP)
          }
        }
      }
      EACH_FEW(END)
    }
  }
}
