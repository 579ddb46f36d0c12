#include "common.cl"

// The register tile of processors, on which every product of matrices stands: ROWS x VECTORS sums
// that stay in registers while the summed axis runs. The host defines ROWS and VECTORS.
//
//                 b0 (LANES)   b1      ...      one step of the summed axis: load VECTORS vectors of
//       a0  [       c0_0    | c0_1 |  ...  ]    b, broadcast ROWS numbers of a, ROWS x VECTORS fused
//       a1  [       c1_0    | c1_1 |  ...  ]    multiply-adds.
//       ...
//
// 6 x 4 vectors of 16 are 24 sums, 4 vectors of b and one of a: 29 of the 32 registers, and 35
// instructions for 24 multiply-adds, which matters where a processor's second thread takes half of
// the decoder. 12 x 2, for narrow products, needs 39. Two rules that PoCL taught: fma() and not
// a * b + c, which compiles to half-wide vectors; sums are named variables and never a private
// array, of which PoCL 3.1 made wrong code.

#define COLS (VECTORS * LANES)

#define VECTORS_1(DO, i) DO(i, 0)
#define VECTORS_2(DO, i) VECTORS_1(DO, i) DO(i, 1)
#define VECTORS_3(DO, i) VECTORS_2(DO, i) DO(i, 2)
#define VECTORS_4(DO, i) VECTORS_3(DO, i) DO(i, 3)
#define EACH_VECTOR PASTE(VECTORS_, VECTORS)

#define ROWS_3(DO) DO(0) DO(1) DO(2)
#define ROWS_4(DO) ROWS_3(DO) DO(3)
#define ROWS_6(DO) ROWS_4(DO) DO(4) DO(5)
#define ROWS_8(DO) ROWS_6(DO) DO(6) DO(7)
#define ROWS_12(DO) ROWS_8(DO) DO(8) DO(9) DO(10) DO(11)
#define EACH_ROW PASTE(ROWS_, ROWS)

#define BEGIN_ONE(i, j) V c##i##_##j = (V)(0);
#define BEGIN(i) EACH_VECTOR(BEGIN_ONE, i)
#define LOAD_B(i, j) const V b##j = VLOAD(b + j * LANES);
#define FMA_ONE(i, j) c##i##_##j = fma(x, b##j, c##i##_##j);
#define FMA(i) \
  { \
    const V x = (V)(a[i * aRow]); \
    EACH_VECTOR(FMA_ONE, i) \
  }
#define END_ONE(i, j) \
  { \
    local real *s = sums + i * COLS + j * LANES; \
    VSTORE(accumulate ? VLOAD(s) + c##i##_##j : c##i##_##j, s); \
  }
#define END(i) EACH_VECTOR(END_ONE, i)

// The first tile of a panel fetches b from the third-level cache or from memory, whose pages end where
// the hardware's prefetcher stops: it asks some steps ahead. Those below find b near.
#define AHEAD 8
#ifdef __clang__
#define PREFETCH_B(i, j) __builtin_prefetch(b + AHEAD * bDepth + j * LANES);
#else
#define PREFETCH_B(i, j)
#endif

// sums [ROWS][COLS] = (sums +) a b over `depth` steps; a's elements lie aRow and aDepth apart, a
// step of b bDepth behind the one before. A sum of many steps is made of sums of some, which keeps
// its rounding error small.
#define TILE(NAME, B_SPACE, FETCH) \
  static void NAME( \
      local const real *restrict a, const uint aRow, const uint aDepth, \
      B_SPACE const real *restrict b, const uint bDepth, const uint depth, \
      local real *restrict sums, const int accumulate) { \
    EACH_ROW(BEGIN) \
    for (uint e = 0; e < depth; e++) { \
      FETCH \
      EACH_VECTOR(LOAD_B, 0) \
      EACH_ROW(FMA) \
      a += aDepth; \
      b += bDepth; \
    } \
    EACH_ROW(END) \
  }

TILE(tile_far, global, EACH_VECTOR(PREFETCH_B, 0))
TILE(tile_near, global, )

// A block of rows times some panels of b [panel][..][COLS], `panelStep` apart: into sums
// [panel][row][COLS]. `rows` is a multiple of ROWS. A panel stays near while all rows pass it.
static void multiply(
    local const real *a, const uint aRow, const uint aDepth, const uint rows,
    global const real *b, const uint bDepth, const uint panelStep, const uint panels,
    const uint depth, local real *sums, const int accumulate) {
  for (uint panel = 0; panel < panels; panel++) {
    global const real *p = b + (size_t)panel * panelStep;
    local real *s = sums + panel * rows * COLS;
    tile_far(a, aRow, aDepth, p, bDepth, depth, s, accumulate);
    for (uint row = ROWS; row < rows; row += ROWS) {
      tile_near(a + row * aRow, aRow, aDepth, p, bDepth, depth, s + row * COLS, accumulate);
    }
  }
}

// Asks for a run that is read soon: short ones end before the hardware's prefetcher has begun.
static void fetch_run(global const real *src, const uint n) {
#ifdef __clang__
  for (uint i = 0; i < n; i += LANES) {
    __builtin_prefetch(src + i);
  }
#endif
}

static void copy_run(global const real *src, local real *dst, const uint n) {
  uint i = 0;
  for (; i + LANES <= n; i += LANES) {
    VSTORE(VLOAD(src + i), dst + i);
  }
  for (; i < n; i++) {
    dst[i] = src[i];
  }
}

static void zero_run(local real *dst, const uint n) {
  uint i = 0;
  for (; i + LANES <= n; i += LANES) {
    VSTORE((V)(0), dst + i);
  }
  for (; i < n; i++) {
    dst[i] = 0;
  }
}

// Part of a row of sums, `columns` of them, to its place in memory.
static void store_run(local const real *src, global real *dst, const uint columns) {
  uint j = 0;
  for (; j + LANES <= columns; j += LANES) {
    VSTORE(VLOAD(src + j), dst + j);
  }
  for (; j < columns; j++) {
    dst[j] = src[j];
  }
}
