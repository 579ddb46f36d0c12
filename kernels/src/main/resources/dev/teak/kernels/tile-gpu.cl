// The tile of GPUs, on which every product of matrices stands there. A work-group of SIDE x SIDE items
// computes a square of EDGE x EDGE = (SIDE PER)^2 of the result, PER x PER numbers an item, SIDE apart,
// so that neighbouring items touch neighbouring columns:
//
//         b   step [ EDGE columns ]          Each step brings SIDE of the summed axis of both operands
//   a  EDGE                                  into local memory: 2 SIDE EDGE numbers for
//     [ rows ]     [  result      ]          2 SIDE EDGE^2 operations, and each number that an item
//      step                                  reads from there serves PER multiply-adds.
//
// The host defines SIDE and PER. A file says by LOAD_A(row, e) and LOAD_B(e, column) where the
// operands come from, by STORE(row, column, value) where the result goes. Transposes are the loads'
// strides: A_BY_ROWS and B_BY_ROWS say which coordinate of an operand runs along memory, for the
// faster one of neighbouring items must follow it.

#include "common.cl"

#define EDGE (SIDE * PER)
#define GPU_KERNEL kernel __attribute__((reqd_work_group_size(SIDE *SIDE, 1, 1))) void

// Uses row0 and column0, the square's corner, and m, n and the summed range [from, to).
#define GPU_TILE(A_BY_ROWS, B_BY_ROWS) \
  local real ta[SIDE][EDGE + 1], tb[SIDE][EDGE + 1]; \
  const uint lid = (uint)get_local_id(0), lx = lid % SIDE, ly = lid / SIDE; \
  real c[PER][PER] = {{0}}; \
  for (uint at = from; at < to; at += SIDE) { \
    for (uint i = lid; i < SIDE * EDGE; i += SIDE * SIDE) { \
      const uint da = A_BY_ROWS ? i % SIDE : i / EDGE, ra = A_BY_ROWS ? i / SIDE : i % EDGE; \
      const uint db = B_BY_ROWS ? i / EDGE : i % SIDE, cb = B_BY_ROWS ? i % EDGE : i / SIDE; \
      ta[da][ra] = row0 + ra < m && at + da < to ? LOAD_A(row0 + ra, at + da) : (real)0; \
      tb[db][cb] = column0 + cb < n && at + db < to ? LOAD_B(at + db, column0 + cb) : (real)0; \
    } \
    barrier(CLK_LOCAL_MEM_FENCE); \
    for (uint d = 0; d < SIDE; d++) { \
      for (uint i = 0; i < PER; i++) { \
        for (uint j = 0; j < PER; j++) { \
          c[i][j] = fma(ta[d][ly + i * SIDE], tb[d][lx + j * SIDE], c[i][j]); \
        } \
      } \
    } \
    barrier(CLK_LOCAL_MEM_FENCE); \
  } \
  for (uint i = 0; i < PER; i++) { \
    for (uint j = 0; j < PER; j++) { \
      const uint row = row0 + ly + i * SIDE, column = column0 + lx + j * SIDE; \
      if (row < m && column < n) { \
        STORE(row, column, c[i][j]); \
      } \
    } \
  }
