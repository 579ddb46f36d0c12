// Gradient of a convolution's input where that is an image of one to four channels: a product with so
// few columns would waste most of a register tile, so here the vectors run along the summed axis,
// the output channels.
//
//   dx[n, h, w, c] = sum over taps (r, s) and k of dy[n, p, q, k] w[k, r, s, c]
//                    p stride + r dilation = h + padding above, and so for q, s, w
//
// The convolution that gives such an image is the same the other way round, with bias and relu.
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
#define END(c) \
  { \
    const real v = SUM_LANES(sum##c) + (hasBias ? bias[c] : (real)0); \
    dx[at + c] = relu ? RELU(real, v) : v; \
  }

// K is a multiple of LANES; the host defines FEW, the channels of the image. Weights lie from `first`
// on, in steps of steps.s0 an output channel, s1 a row of taps, s2 a tap, s3 a channel of the image.
kernel void image_grad(
    global const real *dy, global const real *w, global const real *bias, global real *out,
    uint rows, uint block, int H, int W, int K, int R, int S, int2 stride, int2 padding,
    int2 dilation, int P, int Q, int first, int4 steps, int hasBias, int relu,
    local real *turned) {
  for (int k = 0; k < K; k++) {
    for (int e = 0; e < R * S * FEW; e++) {
      const int tap = e / FEW;
      turned[e * K + k] =
          w[first + k * steps.s0 + tap / S * steps.s1 + tap % S * steps.s2 + e % FEW * steps.s3];
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

// dw [K][taps][C] of dw [C][taps][K] of the convolution the other way round, whose last tap is the
// first here.
kernel void turn_weights(
    global const real *from, global real *dw, uint n, uint channels, uint taps, uint outChannels) {
  const uint i = (uint)get_global_id(0);
  if (i < n) {
    const uint c = i % channels, tap = i / channels % taps, k = i / channels / taps;
    dw[i] = from[(c * taps + taps - 1 - tap) * outChannels + k];
  }
}
