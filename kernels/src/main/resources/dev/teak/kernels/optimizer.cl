// Steps of optimizers and of attacks in one pass each: what they change is read and written once, so
// they are bound by memory: 12 to 28 bytes an element.

#include "common.cl"

#define EACH_ELEMENT(STEP) \
  FLAT_RANGE(i, to, n, block); \
  for (; i + LANES <= to; i += LANES) { \
    STEP(V, VLOAD, VSTORE) \
  } \
  for (; i < to; i++) { \
    STEP(ONE, ONE_LOAD, ONE_STORE) \
  }

// g += decay p; v = momentum v + gain g; p -= lr (nesterov ? g + momentum v : v)
#define SGD(T, LOAD, STORE) \
  const T w = LOAD(p + i), step = fma((T)(decay), w, LOAD(g + i)); \
  T along = step; \
  if (hasVelocity) { \
    const T v = fma((T)(momentum), LOAD(velocity + i), (T)(gain) * step); \
    STORE(v, velocity + i); \
    along = nesterov ? fma((T)(momentum), v, step) : v; \
  } \
  STORE(fma((T)(-lr), along, w), p + i);

kernel void sgd(
    global real *p, global const real *g, global real *velocity, uint n, uint block, real lr,
    real momentum, real gain, real decay, int hasVelocity, int nesterov) {
  EACH_ELEMENT(SGD)
}

// A gain is 1 - beta, rounded once: in floats 1 - 0.999f is off by 5e-5 of itself. `decay` acts on
// the gradient, `keep` on the weight; `rate` holds the first moment's correction for its start at 0,
// `scale` the second's. `largest` is touched only where `hasLargest`.
#define ADAM(T, LOAD, STORE) \
  const T w = LOAD(p + i), grad = fma((T)(decay), w, LOAD(g + i)); \
  const T first = fma((T)(gain1), grad, (T)(beta1) * LOAD(m + i)); \
  T second = fma((T)(gain2), grad * grad, (T)(beta2) * LOAD(v + i)); \
  STORE(first, m + i); \
  STORE(second, v + i); \
  if (hasLargest) { \
    const T before = LOAD(largest + i); \
    second = MAX_NAN(before, second); \
    STORE(second, largest + i); \
  } \
  STORE((T)(keep) * w - (T)(rate) * (first / (sqrt(second) / (T)(scale) + (T)(eps))), p + i);

kernel void adam(
    global real *p, global const real *g, global real *m, global real *v, global real *largest,
    uint n, uint block, real beta1, real gain1, real beta2, real gain2, real decay, real keep,
    real rate, real scale, real eps, int hasLargest) {
  EACH_ELEMENT(ADAM)
}

// `mean` is touched only where `centered`, `velocity` only where `hasVelocity`.
#define RMSPROP(T, LOAD, STORE) \
  const T w = LOAD(p + i), grad = fma((T)(decay), w, LOAD(g + i)); \
  const T second = fma((T)(gain), grad * grad, (T)(alpha) * LOAD(square + i)); \
  STORE(second, square + i); \
  T spread = second; \
  if (centered) { \
    const T first = fma((T)(gain), grad, (T)(alpha) * LOAD(mean + i)); \
    STORE(first, mean + i); \
    const T rest = second - first * first, none = (T)(0); \
    spread = MAX_NAN(rest, none); \
  } \
  T step = grad / (sqrt(spread) + (T)(eps)); \
  if (hasVelocity) { \
    step = fma((T)(momentum), LOAD(velocity + i), step); \
    STORE(step, velocity + i); \
  } \
  STORE(fma((T)(-lr), step, w), p + i);

kernel void rmsprop(
    global real *p, global const real *g, global real *square, global real *mean,
    global real *velocity, uint n, uint block, real lr, real alpha, real gain, real eps, real decay,
    real momentum, int centered, int hasVelocity) {
  EACH_ELEMENT(RMSPROP)
}

#define CLIP_STEP(T, LOAD, STORE) \
  const T v = LOAD(x + i), lo = (T)(low), hi = (T)(high); \
  const T raised = MAX_NAN(v, lo); \
  STORE(MIN_NAN(raised, hi), out + i);

kernel void clip(global const real *x, global real *out, uint n, uint block, real low, real high) {
  EACH_ELEMENT(CLIP_STEP)
}

// One step of an attack under the largest change of a pixel: along the gradient's sign, back into
// the ball around the clean image, back into the range of pixels. OpenCL's sign(NaN) is 0: where
// the gradient is NaN, nothing moves.
#define LINF(T, LOAD, STORE) \
  const T u = LOAD(grad + i), base = LOAD(clean + i); \
  const T up = sign(u); \
  const T moved = (LOAD(x + i) + up * (T)(step)) - base; \
  const T above = MAX_NAN(moved, (T)(-radius)); \
  const T inside = base + MIN_NAN(above, (T)(radius)); \
  const T raised = MAX_NAN(inside, (T)(low)); \
  STORE(MIN_NAN(raised, (T)(high)), out + i);

kernel void linf_step(
    global const real *x, global const real *grad, global const real *clean, global real *out,
    uint n, uint block, real step, real radius, real low, real high) {
  EACH_ELEMENT(LINF)
}
