// Layer norm over rows of x [rows, columns], a group a row. Bound by memory: a row is read three times
// forward and twice back, but from the cache.

#include "row.cl"

// The sum of a row's parts, each of which is a vector that `PART` makes of column e; what is rounded
// away is kept.
#define ROW_SUM(result, PART) \
  { \
    V sum_ = (V)(0), rest_ = (V)(0); \
    EACH_PART(e) { \
      ADD_EXACTLY(V, sum_, rest_, PART) \
    } \
    const V all_ = TOTAL(sum_, rest_); \
    result = group_SUM(SUM_LANES(all_), tree); \
  }

// x - near, and 0 behind the end.
#define CENTERED(e) (row_part(x, e, columns, near) - (V)(near))

// The first mean is good to a few digits; what it lacks is the mean of what is left.
kernel void layer_norm(
    global const real *x, global const real *weight, global const real *bias, real eps,
    global real *out, global real *mean, global real *rstd, uint columns) {
  local real tree[GROUP];
  const size_t row = get_group_id(0);
  x += row * columns;
  out += row * columns;
  real sum, off, squares;
  ROW_SUM(sum, row_part(x, e, columns, 0))
  const real near = sum / (real)columns;
  ROW_SUM(off, CENTERED(e))
  off /= (real)columns;
  ROW_SUM(squares, CENTERED(e) * CENTERED(e))
  const real r = (real)1 / sqrt(fmax(squares / (real)columns - off * off, (real)0) + eps);
  EACH_PART(e) {
    const V z = (CENTERED(e) - (V)(off)) * (V)(r);
    keep_part(
        fma(z, row_part(weight, e, columns, 0), row_part(bias, e, columns, 0)), out, e, columns);
  }
  if (get_local_id(0) == 0) {
    mean[row] = near + off;
    rstd[row] = r;
  }
}

// out = rstd (h - mean(h) - z mean(h z)) with h = weight grad and z = (x - mean) rstd; products = grad z,
// whose column sums are the weight's gradient.
kernel void layer_norm_grad(
    global const real *grad, global const real *x, global const real *mean,
    global const real *rstd, global const real *weight, global real *out, global real *products,
    uint columns) {
  local real tree[GROUP];
  const size_t row = get_group_id(0);
  grad += row * columns;
  x += row * columns;
  out += row * columns;
  products += row * columns;
  const real near = mean[row], r = rstd[row];
  real sum, both;
#define H(e) (row_part(grad, e, columns, 0) * row_part(weight, e, columns, 0))
  ROW_SUM(sum, H(e))
  ROW_SUM(both, H(e) * CENTERED(e))
  const V shift = (V)(sum / (real)columns), factor = (V)(both * r * r / (real)columns);
  EACH_PART(e) {
    const V d = CENTERED(e);
    keep_part(row_part(grad, e, columns, 0) * d * (V)(r), products, e, columns);
    keep_part((V)(r) * (H(e) - shift - d * factor), out, e, columns);
  }
#undef H
}
