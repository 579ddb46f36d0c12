// Softmax and cross-entropy over the last axis of [rows, columns], a group a row. Bound by memory and
// by exp: a row is read twice from the cache, and its exponentials are computed once and kept in out.
// Shifted by the row's largest, so that no exponential overflows.

#include "row.cl"

static real row_largest(global const real *x, const uint columns, local real *tree) {
  V largest = (V)(-INFINITY);
  EACH_PART(e) {
    const V v = row_part(x, e, columns, -INFINITY);
    largest = MAX_NAN(largest, v);
  }
  return group_MAX(MAX_LANES(largest), tree);
}

// out = exp(x - largest); returns the sum of the row.
static real row_exponentials(
    global const real *x, const real largest, global real *out, const uint columns,
    local real *tree) {
  V sum = (V)(0), rest = (V)(0);
  EACH_PART(e) {
    const V v = exp(row_part(x, e, columns, -INFINITY) - (V)(largest));
    keep_part(v, out, e, columns);
    ADD_EXACTLY(V, sum, rest, e + LANES <= columns ? v : row_part(out, e, columns, 0))
  }
  const V all = TOTAL(sum, rest);
  return group_SUM(SUM_LANES(all), tree);
}

kernel void softmax(global const real *x, global real *out, uint columns, int log_too) {
  local real tree[GROUP];
  const size_t row = get_group_id(0);
  x += row * columns;
  out += row * columns;
  const real largest = row_largest(x, columns, tree);
  const real sum = row_exponentials(x, largest, out, columns, tree);
  const V shift = (V)(largest), whole = (V)(log_too ? log(sum) : sum);
  EACH_PART(e) {
    const V v = row_part(log_too ? x : out, e, columns, 0);
    keep_part(log_too ? v - shift - whole : v / whole, out, e, columns);
  }
}

// loss = log sum exp(x) - x[label], and softmax(x) for its gradient.
kernel void cross_entropy(
    global const real *logits, global const int *labels, global real *probabilities,
    global real *loss, uint columns) {
  local real tree[GROUP];
  const size_t row = get_group_id(0);
  logits += row * columns;
  probabilities += row * columns;
  const real largest = row_largest(logits, columns, tree);
  const real sum = row_exponentials(logits, largest, probabilities, columns, tree);
  const V whole = (V)(sum);
  EACH_PART(e) {
    keep_part(row_part(probabilities, e, columns, 0) / whole, probabilities, e, columns);
  }
  if (get_local_id(0) == 0) {
    loss[row] = log(sum) - (logits[labels[row]] - largest);
  }
}

// out = (probabilities - [column = label]) grad[row].
kernel void cross_entropy_grad(
    global const real *probabilities, global const int *labels, global const real *grad,
    global real *out, uint n, uint block, uint columns) {
  FLAT_RANGE(i, to, n, block);
  for (; i < to; i++) {
    const uint row = i / columns;
    real p = probabilities[i];
    if (i - row * columns == (uint)labels[row]) {
      p = 0;
      for (uint j = row * columns; j < (row + 1) * columns; j++) {
        p -= j == i ? 0 : probabilities[j];
      }
    }
    out[i] = p * grad[row];
  }
}
