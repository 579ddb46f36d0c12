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

// g += decay p; v = momentum v + g; p -= lr (nesterov ? g + momentum v : v)
#define SGD(T, LOAD, STORE) \
  const T w = LOAD(p + i), step = fma((T)(decay), w, LOAD(g + i)); \
  T along = step; \
  if (hasVelocity) { \
    const T v = fma((T)(momentum), LOAD(velocity + i), step); \
    STORE(v, velocity + i); \
    along = nesterov ? fma((T)(momentum), v, step) : v; \
  } \
  STORE(fma((T)(-lr), along, w), p + i);

kernel void sgd(
    global real *p, global const real *g, global real *velocity, uint n, uint block, real lr,
    real momentum, real decay, int hasVelocity, int nesterov) {
  EACH_ELEMENT(SGD)
}

// `decay` acts on the gradient, `keep` on the weight; `rate` holds the first moment's correction
// for its start at 0, `scale` the second's.
#define ADAM(T, LOAD, STORE) \
  const T w = LOAD(p + i), grad = fma((T)(decay), w, LOAD(g + i)); \
  const T first = fma((T)(1 - beta1), grad, (T)(beta1) * LOAD(m + i)); \
  const T second = fma((T)(1 - beta2), grad * grad, (T)(beta2) * LOAD(v + i)); \
  STORE(first, m + i); \
  STORE(second, v + i); \
  STORE((T)(keep) * w - (T)(rate) * (first / (sqrt(second) / (T)(scale) + (T)(eps))), p + i);

kernel void adam(
    global real *p, global const real *g, global real *m, global real *v, uint n, uint block,
    real beta1, real beta2, real decay, real keep, real rate, real scale, real eps) {
  EACH_ELEMENT(ADAM)
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
