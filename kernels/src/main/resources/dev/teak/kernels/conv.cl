// Direct convolution and its two gradients, any stride, padding, dilation and groups. Images are
// [N, H, W, C], weights [K, R, S, C / groups], outputs [N, P, Q, K]. No scratch memory, no
// tiles: the plain form that faster ones are measured against. 2 N P Q K R S C / groups operations.
//
//   output pixel (p, q), tap (r, s)  <->  input pixel (p stride - padding + r dilation, likewise)
//
// Channels lie next to each other in x, w and the gradients, so they are the vector: the forward
// pass is dot products over C, both gradients are sums of (number x vector of C). The *_wide
// kernels take LANES channels an item where C / groups is a multiple of LANES; the *_one kernels
// take one.

#define CONV_ARGS \
  int N, int H, int W, int C, int K, int R, int S, int stride, int padding, int dilation, \
      int groups, int P, int Q

kernel void conv_forward(
    global const float *x, global const float *w, global const float *bias, int hasBias,
    global float *out, uint n, uint block, CONV_ARGS) {
  const int cg = C / groups, kg = K / groups;
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const int k = (int)(i % (uint)K), q = (int)(i / K % Q), p = (int)(i / K / Q % P);
    const int image = (int)(i / K / Q / P);
    float sum = 0;
    V wide = (V)(0);
    for (int r = 0; r < R; r++) {
      const int h = p * stride - padding + r * dilation;
      if (h < 0 || h >= H) continue;
      for (int s = 0; s < S; s++) {
        const int v = q * stride - padding + s * dilation;
        if (v < 0 || v >= W) continue;
        global const float *px = x + ((size_t)(image * H + h) * W + v) * C + k / kg * cg;
        global const float *pw = w + ((size_t)(k * R + r) * S + s) * cg;
        int c = 0;
        for (; c + LANES <= cg; c += LANES) {
          wide = fma(VLOAD(px + c), VLOAD(pw + c), wide);
        }
        for (; c < cg; c++) {
          sum = fma(px[c], pw[c], sum);
        }
      }
    }
    float lanes[LANES];
    VSTORE(wide, lanes);
    for (int step = LANES / 2; step > 0; step /= 2) {
      for (int l = 0; l < step; l++) {
        lanes[l] += lanes[l + step];
      }
    }
    out[i] = lanes[0] + sum + (hasBias ? bias[k] : 0.0f);
  }
}

// Item: WIDTH channels of one input pixel. It gathers from the output pixels whose window held it.
#define INPUT_GRAD(NAME, T, WIDTH, LOAD, STORE) \
  kernel void conv_input_grad_##NAME( \
      global const float *grad, global const float *w, global float *out, uint n, uint block, \
      CONV_ARGS) { \
    const int cg = C / groups, kg = K / groups; \
    FLAT_RANGE(i, to, n, block); \
    for (; i < to; i++) { \
      const size_t at = (size_t)i * WIDTH; \
      const int c = (int)(at % C), v = (int)(at / C % W), h = (int)(at / C / W % H); \
      const int image = (int)(at / C / W / H), group = c / cg; \
      T sum = (T)(0); \
      for (int r = 0; r < R; r++) { \
        const int ph = h + padding - r * dilation; \
        if (ph < 0 || ph % stride != 0 || ph / stride >= P) continue; \
        for (int s = 0; s < S; s++) { \
          const int qw = v + padding - s * dilation; \
          if (qw < 0 || qw % stride != 0 || qw / stride >= Q) continue; \
          global const float *pg = \
              grad + ((size_t)(image * P + ph / stride) * Q + qw / stride) * K + group * kg; \
          for (int k = 0; k < kg; k++) { \
            const size_t row = (size_t)((group * kg + k) * R + r) * S + s; \
            sum = fma((T)(pg[k]), LOAD(w + row * cg + (c - group * cg)), sum); \
          } \
        } \
      } \
      STORE(sum, out + at); \
    } \
  }

// Item: WIDTH channels of one tap of one filter. The sum over N P Q places is taken row by row and
// image by image, so that its rounding error does not grow with the batch as a running sum's would.
#define WEIGHT_GRAD(NAME, T, WIDTH, LOAD, STORE) \
  kernel void conv_weight_grad_##NAME( \
      global const float *x, global const float *grad, global float *out, uint n, uint block, \
      CONV_ARGS) { \
    const int cg = C / groups, kg = K / groups; \
    FLAT_RANGE(i, to, n, block); \
    for (; i < to; i++) { \
      const size_t at = (size_t)i * WIDTH; \
      const int c = (int)(at % cg), s = (int)(at / cg % S), r = (int)(at / cg / S % R); \
      const int k = (int)(at / cg / S / R); \
      T sum = (T)(0); \
      for (int image = 0; image < N; image++) { \
        T imageSum = (T)(0); \
        for (int p = 0; p < P; p++) { \
          const int h = p * stride - padding + r * dilation; \
          if (h < 0 || h >= H) continue; \
          T rowSum = (T)(0); \
          for (int q = 0; q < Q; q++) { \
            const int v = q * stride - padding + s * dilation; \
            if (v < 0 || v >= W) continue; \
            const float g = grad[((size_t)(image * P + p) * Q + q) * K + k]; \
            global const float *px = x + ((size_t)(image * H + h) * W + v) * C + k / kg * cg + c; \
            rowSum = fma((T)(g), LOAD(px), rowSum); \
          } \
          imageSum += rowSum; \
        } \
        sum += imageSum; \
      } \
      STORE(sum, out + at); \
    } \
  }

#define LOAD_ONE(p) (*(p))
#define STORE_ONE(v, p) (*(p) = (v))

INPUT_GRAD(one, float, 1, LOAD_ONE, STORE_ONE)
INPUT_GRAD(wide, V, LANES, VLOAD, VSTORE)
WEIGHT_GRAD(one, float, 1, LOAD_ONE, STORE_ONE)
WEIGHT_GRAD(wide, V, LANES, VLOAD, VSTORE)
