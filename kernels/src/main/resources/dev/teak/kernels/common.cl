// What every kernel file sees first: the width of a vector and the shape of a flat loop.
//
// The host defines
//   LANES  floats in the widest vector: 16, 8 or 4 on a processor, 1 on a GPU (items are lanes)
//   GROUP  work-items that share a reduction: 1 on a processor, 64 on a GPU
//
// A processor runs one work-item a work-group, and the item walks a block of neighbouring elements
// with explicit vectors: on PoCL this beats letting it vectorise across items. On a GPU the block
// is one element, neighbouring items take neighbouring elements, and the same loops run once.

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

#if LANES == 1
#define V float
#define VLOAD(p) (*(p))
#define VSTORE(v, p) (*(p) = (v))
#else
#define V PASTE(float, LANES)
#define VLOAD(p) PASTE(vload, LANES)(0, p)
#define VSTORE(v, p) PASTE(vstore, LANES)(v, 0, p)
#endif

// This item's elements of n: from i up to, not including, to. Unsigned: n is below 2^31, so that
// rounding up to a whole block does not overflow.
#define FLAT_RANGE(i, to, n, block) \
  uint i = (uint)get_global_id(0) * (block); \
  const uint to = min(i + (block), (uint)(n))

// The larger, NaN if either is: OpenCL's fmax drops NaN. T is float or V.
#define MAX_NAN(T, a, b) select(select((a), (b), (a) < (b)), (b), isnan(b))
#define MIN_NAN(T, a, b) select(select((a), (b), (a) > (b)), (b), isnan(b))

// Whether v takes the place of best as the first largest element; a NaN counts as largest.
#define BEATS(v, best) ((v) > (best) || (isnan(v) && !isnan(best)))
