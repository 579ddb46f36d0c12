// A row of [rows, columns] as a group walks it: LANES columns at a time, in vectors whose last may lie
// behind the end of the row.

#include "group.cl"

// LANES numbers of a row from column e on; what lies behind its end is `rest`.
static V row_part(global const real *x, const uint e, const uint columns, const real rest) {
  if (e + LANES <= columns) {
    return VLOAD(x + e);
  }
#if LANES == 1
  return rest;
#else
  real part[LANES];
  for (uint i = 0; i < LANES; i++) {
    part[i] = e + i < columns ? x[e + i] : rest;
  }
  return VLOAD(part);
#endif
}

static void keep_part(const V v, global real *out, const uint e, const uint columns) {
  if (e + LANES <= columns) {
    VSTORE(v, out + e);
    return;
  }
#if LANES > 1
  real part[LANES];
  VSTORE(v, part);
  for (uint i = 0; e + i < columns; i++) {
    out[e + i] = part[i];
  }
#endif
}

#define EACH_PART(e) for (uint e = (uint)get_local_id(0) * LANES; e < columns; e += GROUP * LANES)
