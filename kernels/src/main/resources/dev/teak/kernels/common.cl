// What every kernel file sees first: the type it works in, the width of a vector, the shape of a
// flat loop.
//
// The host defines
//   REAL   float, or double for gradient checks on the device
//   LANES  numbers in the widest vector: 16, 8, 4 or 2 on a processor, 1 on a GPU (items are lanes)
//   GROUP  work-items that share a reduction: 1 on a processor, 64 on a GPU
//
// A processor runs one work-item a work-group, and the item walks a block of neighbouring elements
// with explicit vectors: on PoCL this beats letting it vectorise across items. On a GPU the block
// is one element, neighbouring items take neighbouring elements, and the same loops run once.

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

#define real REAL

// A vector and its ways to and from memory; bytes come and go as numbers. ONE... are the same for a
// single number, so that a macro over both serves whole vectors and what is left of them.
#define ONE real
#define ONE_LOAD(p) (*(p))
#define ONE_STORE(v, p) (*(p) = (v))
#define ONE_LOAD_BYTES(p) ((real)(*(p)))
#define ONE_STORE_BYTES(v, p) (*(p) = (uchar)(v))
#if LANES == 1
#define V real
#define VLOAD(p) ONE_LOAD(p)
#define VSTORE(v, p) ONE_STORE(v, p)
#define VLOAD_BYTES(p) ONE_LOAD_BYTES(p)
#define VSTORE_BYTES(v, p) ONE_STORE_BYTES(v, p)
#else
#define V PASTE(REAL, LANES)
#ifdef __clang__
// PoCL's vload16 is made of sixteen loads, which take its compiler longer to join than all the rest:
// here a vector at any address is said outright.
typedef struct {
  V v;
} __attribute__((packed, aligned(4))) AnyV;
#define ACCESS(SPACE) \
  static V __attribute__((overloadable, always_inline)) VLOAD(SPACE const real *p) { \
    return ((SPACE const AnyV *)p)->v; \
  } \
  static void __attribute__((overloadable, always_inline)) VSTORE(const V v, SPACE real *p) { \
    ((SPACE AnyV *)p)->v = v; \
  }
ACCESS(global)
ACCESS(local)
ACCESS(private)
#else
#define VLOAD(p) PASTE(vload, LANES)(0, p)
#define VSTORE(v, p) PASTE(vstore, LANES)(v, 0, p)
#endif
#define VLOAD_BYTES(p) PASTE(convert_, V)(PASTE(vload, LANES)(0, p))
#define VSTORE_BYTES(v, p) PASTE(vstore, LANES)(PASTE(convert_, PASTE(uchar, LANES))(v), 0, p)
#endif

// Runs STEP(T, LOAD, STORE, LOAD_BYTES, STORE_BYTES), which uses c, for all channels c of n.
#define EACH_CHANNEL(c, n, STEP) \
  { \
    int c = 0; \
    for (; c + LANES <= n; c += LANES) { \
      STEP(V, VLOAD, VSTORE, VLOAD_BYTES, VSTORE_BYTES) \
    } \
    for (; LANES > 1 && c < n; c++) { \
      STEP(ONE, ONE_LOAD, ONE_STORE, ONE_LOAD_BYTES, ONE_STORE_BYTES) \
    } \
  }

// This item's elements of n: from i up to, not including, to. Unsigned: n is below 2^31, so that
// rounding up to a whole block does not overflow.
#define FLAT_RANGE(i, to, n, block) \
  uint i = (uint)get_global_id(0) * (block); \
  const uint to = min(i + (block), (uint)(n))

// The larger, NaN if either is: OpenCL's fmax drops NaN; of equals b, for where subnormals are zeros,
// one of them is equal to a bound of 0 and may be below it. For numbers and vectors alike, as are all
// macros that choose by the ternary operator, which takes a vector element by element.
#define MAX_NAN(a, b) ((isnan(a) | ((a) > (b))) ? (a) : (b))
#define MIN_NAN(a, b) ((isnan(a) | ((a) < (b))) ? (a) : (b))

// max(x, 0), NaN if x is, and the gradient g of it where it was y.
#define RELU(T, x) ((x) <= (T)(0) ? (T)(0) : (x))
#define RELU_GRAD(T, y, g) ((y) > (T)(0) ? (g) : (T)(0))

// Whether v takes the place of best as the first largest element; a NaN counts as largest.
#define BEATS(v, best) (((v) > (best)) | (isnan(v) & !isnan(best)))

// sum += v, and what the rounding took to `rest` (Knuth's two-sum), so that a sum of any length is right
// to the last bits; TOTAL is both, and the sum alone where it is infinite or NaN.
#define ADD_EXACTLY(T, sum, rest, v) \
  { \
    const T added_ = (v), next_ = sum + added_, part_ = next_ - sum; \
    rest += (sum - (next_ - part_)) + (added_ - part_); \
    sum = next_; \
  }
#define TOTAL(sum, rest) (isfinite(sum) ? (sum) + (rest) : (sum))

// The sum and the largest of a vector's lanes, always in the same order.
#if LANES == 1
#define SUM_LANES(v) (v)
#define MAX_LANES(v) (v)
#else
#if LANES == 2
#define SUM_LANES(v) ((v).lo + (v).hi)
#elif LANES == 4
#define SUM_LANES(v) sum_2((v).lo + (v).hi)
#elif LANES == 8
#define SUM_LANES(v) sum_4((v).lo + (v).hi)
#else
#define SUM_LANES(v) sum_8((v).lo + (v).hi)
#endif
static real sum_2(const PASTE(REAL, 2) v) { return v.lo + v.hi; }
static real sum_4(const PASTE(REAL, 4) v) { return sum_2(v.lo + v.hi); }
static real sum_8(const PASTE(REAL, 8) v) { return sum_4(v.lo + v.hi); }

static real MAX_LANES(const V v) {
  real largest = v.s0;
  real lanes[LANES];
  VSTORE(v, lanes);
  for (int i = 1; i < LANES; i++) {
    largest = MAX_NAN(largest, lanes[i]);
  }
  return largest;
}
#endif
