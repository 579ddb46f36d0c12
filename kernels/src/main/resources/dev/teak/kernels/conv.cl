// Convolutions and their gradients on processors as products of matrices whose left side, a walk of
// windows (window.cl), is never written to memory as a whole: an item gathers the rows it needs
// into local memory, a piece of the second-level cache, and multiplies them tile by tile (tile.cl).
//
//   conv_product   rows: grid points    summed: taps x channels   columns: output channels
//                  forward (w packed as in matmul.cl), and gradient of the input
//   conv_weights   rows: taps x channels  summed: grid points     columns: output channels
//                  gradient of the weights; the sum is cut into slices, each an item's, and
//                  conv_weights_end adds those up in order and turns the result over
//
// 2 N P Q K R S C / groups operations either way. Gathering copies a number for every K / groups
// multiply-adds: 3% of the time for 64 channels.

#include "tile.cl"
#include "transpose.cl"
#include "window.cl"

// Copies the elements `from` and on of the rows of grid points `first` and on: to block [point][lda].
static void gather(
    global const real *x, WINDOW_ARGS, const uint channels, const uint first, const uint points,
    const uint from, const uint elements, local real *block, const uint lda) {
  const int joined = DILATION_ACROSS == 1 && channels == (uint)CHANNELS;
  int j = (int)(first % (uint)GRID_ACROSS);
  int i = (int)(first / (uint)GRID_ACROSS % (uint)GRID_DOWN);
  int image = (int)(first / (uint)GRID_ACROSS / (uint)GRID_DOWN);
  const int firstTap = (int)(from / channels), firstChannel = (int)(from % channels);
  const int firstDown = firstTap / TAPS_ACROSS, firstAcross = firstTap % TAPS_ACROSS;
  for (uint p = 0; p < points; p++) {
    global const real *pixels = x + (size_t)image * HEIGHT * WIDTH * CHANNELS;
    const int top = i * STRIDE_DOWN + DOWN, left = j * STRIDE_ACROSS + ACROSS;
    int r = firstDown, s = firstAcross, c = firstChannel;
    local real *to = block + p * lda;
    for (uint e = 0; e < elements;) {
      const int row = top + r * DILATION_DOWN, column = left + s * DILATION_ACROSS;
      const int inside = row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH;
      const int taps = joined && inside && column + TAPS_ACROSS - s <= WIDTH ? TAPS_ACROSS - s : 1;
      const uint run = min((uint)taps * channels - c, elements - e);
      if (inside) {
        copy_run(pixels + ((size_t)row * WIDTH + column) * CHANNELS + c, to + e, run);
      } else {
        zero_run(to + e, run);
      }
      e += run;
      c = 0;
      s += taps;
      if (s >= TAPS_ACROSS) {
        s = 0;
        r++;
      }
    }
    if (++j == GRID_ACROSS) {
      j = 0;
      if (++i == GRID_DOWN) {
        i = 0;
        image++;
      }
    }
  }
}

// The same for images of one channel, turned over: to block [element][lda]. Then the runs are rows of
// the image.
static void gather_grey(
    global const real *x, WINDOW_ARGS, const uint first, const uint points, const uint from,
    const uint elements, local real *block, const uint lda) {
  for (uint e = 0; e < elements; e++) {
    const int r = (int)(from + e) / TAPS_ACROSS, s = (int)(from + e) % TAPS_ACROSS;
    for (uint p = 0; p < points;) {
      const uint at = first + p;
      const int j = (int)(at % (uint)GRID_ACROSS);
      const int i = (int)(at / (uint)GRID_ACROSS % (uint)GRID_DOWN);
      const size_t image = at / (uint)GRID_ACROSS / (uint)GRID_DOWN;
      const int row = i * STRIDE_DOWN + DOWN + r * DILATION_DOWN;
      const int column = j * STRIDE_ACROSS + ACROSS + s * DILATION_ACROSS;
      const int run = min(GRID_ACROSS - j, (int)(points - p));
      local real *to = block + e * lda + p;
      p += run;
      // Of the run, points from `lo` up to, not including, `hi` lie inside the image.
      int lo = 0, hi = 0;
      if (row >= 0 && row < HEIGHT && column < WIDTH) {
        lo = min(run, column < 0 ? (STRIDE_ACROSS - 1 - column) / STRIDE_ACROSS : 0);
        hi = max(lo, min(run, (WIDTH - 1 - column) / STRIDE_ACROSS + 1));
      }
      global const real *from = x + (image * HEIGHT + row) * WIDTH + column;
      zero_run(to, lo);
      if (STRIDE_ACROSS == 1) {
        copy_run(from + lo, to + lo, hi - lo);
      } else {
        for (int n = lo; n < hi; n++) {
          to[n] = from[n * STRIDE_ACROSS];
        }
      }
      zero_run(to + hi, run - hi);
    }
  }
}

// The largest of each window of pool x pool grid points among `sums` [panel][tiled][COLS], whose rows
// are `windows` rows of windows, plus bias, through a relu: what the pooling of the convolution and
// its relu gives. o and winners point to the first window, at the first of `count` channels.
static void store_pooled(
    local const real *sums, const uint tiled, const uint count, global const real *bias,
    const int hasBias, const uint pool, const uint windows, const uint across,
    const uint outChannels, global real *o, global uchar *winners) {
  for (uint p = 0; p < windows * (across / pool); p++) {
    const uint first = (p / (across / pool) * across + p % (across / pool)) * pool;
    for (uint i = 0; i < count; i += LANES) {
      local const real *from = sums + (i / COLS * tiled + first) * COLS + i % COLS;
      V best = VLOAD(from), place = (V)(0);
      for (uint at = 1; at < pool * pool; at++) {
        const V here = VLOAD(from + (at / pool * across + at % pool) * COLS);
        place = BEATS(here, best) ? (V)(at) : place;
        best = BEATS(here, best) ? here : best;
      }
      if (hasBias) {
        best += VLOAD(bias + i);
      }
      VSTORE(RELU(V, best), o + p * outChannels + i);
      VSTORE_BYTES(place, winners + p * outChannels + i);
    }
  }
}

// Items: group, block of panels, block of grid points, the last fastest. With a pooling behind the
// relu (pool above 0), blocks are whole rows of windows, and the channels whole vectors.
kernel void conv_product(
    global const real *x, global const real *packedW, global const real *bias, global real *out,
    uint items, WINDOW_ARGS, uint points, uint depth, uint channels, uint columns, uint outChannels,
    uint rows, uint blockPanels, uint step, uint lda, int grey, int hasBias, int relu, uint pool,
    global uchar *winners, local real *scratch) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const uint panels = (columns + COLS - 1) / COLS;
  const uint rowBlocks = (points + rows - 1) / rows;
  const uint panelBlocks = (panels + blockPanels - 1) / blockPanels;
  const uint first = gid % rowBlocks * rows, panel = gid / rowBlocks % panelBlocks * blockPanels;
  const uint group = gid / rowBlocks / panelBlocks;
  const uint taken = min(blockPanels, panels - panel), real_rows = min(rows, points - first);
  const uint tiled = (real_rows + ROWS - 1) / ROWS * ROWS;
  local real *sums = scratch;
  local real *block = scratch + blockPanels * ((rows + ROWS - 1) / ROWS * ROWS) * COLS;
  x += group * channels;
  packedW += (size_t)(group * panels + panel) * depth * COLS;
  if (depth == 0) {
    zero_run(sums, taken * tiled * COLS); // no tap leads from these pixels to an output
  }
  for (uint from = 0; from < depth; from += step) {
    const uint elements = min(step, depth - from);
    if (grey) {
      gather_grey(x, WALK, first, real_rows, from, elements, block, lda);
    } else {
      gather(x, WALK, channels, first, real_rows, from, elements, block, lda);
    }
    multiply(
        block, grey ? 1 : lda, grey ? lda : 1, tiled, packedW + from * COLS, COLS, depth * COLS,
        taken, elements, sums, from > 0);
  }
  const uint channel = group * columns + panel * COLS;
  const uint count = min(taken * COLS, columns - panel * COLS);
  if (pool > 0) {
    const size_t to = (size_t)(first / (pool * pool)) * outChannels + channel;
    store_pooled(
        sums, tiled, count, bias + channel, hasBias, pool, real_rows / (pool * GRID_ACROSS),
        GRID_ACROSS, outChannels, out + to, winners + to);
    return;
  }
  for (uint r = 0; r < real_rows; r++) {
    global real *o = out + out_pixel(first + r, WALK) * outChannels + channel;
    for (uint i = 0; i < count; i++) {
      const uint at = (i / COLS * tiled + r) * COLS + i % COLS;
      if (i % COLS + LANES <= COLS && i + LANES <= count) {
        V v = VLOAD(sums + at);
        if (hasBias) {
          v += VLOAD(bias + channel + i);
        }
        VSTORE(relu ? RELU(V, v) : v, o + i);
        i += LANES - 1;
      } else {
        const real v = sums[at] + (hasBias ? bias[channel + i] : (real)0);
        o[i] = relu ? RELU(real, v) : v;
      }
    }
  }
}

// Items: slice, group, block of panels, block of rows, the last fastest. dy is [points][outChannels],
// or packed; bDepth, bPanel and bGroup say how far its steps, panels and groups lie apart.
kernel void conv_weights(
    global const real *x, global const real *dy, global real *partial, uint items, WINDOW_ARGS,
    uint points, uint depth, uint channels, uint columns, uint groups, uint rows, uint blockPanels,
    uint step, uint lda, uint slicePoints, int grey, uint bDepth, uint bPanel, uint bGroup,
    local real *scratch) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const uint panels = (columns + COLS - 1) / COLS;
  const uint rowBlocks = (depth + rows - 1) / rows;
  const uint panelBlocks = (panels + blockPanels - 1) / blockPanels;
  const uint row = gid % rowBlocks * rows, panel = gid / rowBlocks % panelBlocks * blockPanels;
  const uint flatGroup = gid / rowBlocks / panelBlocks; // slice, group
  const uint group = flatGroup % groups, slice = flatGroup / groups;
  const uint taken = min(blockPanels, panels - panel), real_rows = min(rows, depth - row);
  const uint tiled = (real_rows + ROWS - 1) / ROWS * ROWS;
  const uint begin = slice * slicePoints, end = min(begin + slicePoints, points);
  local real *sums = scratch;
  local real *block = scratch + blockPanels * rows * COLS;
  x += group * channels;
  dy += (size_t)group * bGroup + (size_t)panel * bPanel;
  for (uint from = begin; from < end; from += step) {
    const uint taking = min(step, end - from);
    if (grey) {
      gather_grey(x, WALK, from, taking, row, real_rows, block, lda);
    } else {
      gather(x, WALK, channels, from, taking, row, real_rows, block, lda);
    }
    multiply(
        block, grey ? lda : 1, grey ? 1 : lda, tiled, dy + (size_t)from * bDepth, bDepth, bPanel,
        taken, taking, sums, from > begin);
  }
  const uint count = min(taken * COLS, columns - panel * COLS);
  for (uint r = 0; r < real_rows; r++) {
    global real *o = partial + ((size_t)flatGroup * depth + row + r) * columns + panel * COLS;
    for (uint i = 0; i < count; i += COLS) {
      store_run(sums + (i / COLS * tiled + r) * COLS, o + i, min((uint)COLS, count - i));
    }
  }
}

// dw [line][depth] = sum over slices of partial [slice][depth][lines], group by group: squares of
// LANES x LANES, one an item; the first slice's place takes the sum.
kernel void conv_weights_end(
    global real *partial, global real *dw, uint items, uint slices, uint groups, uint depth,
    uint lines) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const uint across = (lines + LANES - 1) / LANES, down = (depth + LANES - 1) / LANES;
  const uint line = gid % across * LANES, row = gid / across % down * LANES;
  const uint group = gid / across / down;
  const size_t sliceStep = (size_t)groups * depth * lines;
  const uint rows = min((uint)LANES, depth - row), count = min((uint)LANES, lines - line);
  global real *from = partial + ((size_t)group * depth + row) * lines + line;
  global real *to = dw + ((size_t)group * lines + line) * depth + row;
  for (uint r = 0; r < rows; r++) {
    global real *first = from + (size_t)r * lines;
    if (count == LANES) {
      V sum = VLOAD(first);
      for (uint s = 1; s < slices; s++) {
        sum += VLOAD(first + s * sliceStep);
      }
      VSTORE(sum, first);
    } else {
      for (uint i = 0; i < count; i++) {
        for (uint s = 1; s < slices; s++) {
          first[i] += first[i + s * sliceStep];
        }
      }
    }
  }
  if (rows == LANES && count == LANES) {
    transpose(from, lines, to, depth);
    return;
  }
  for (uint i = 0; i < count; i++) {
    for (uint r = 0; r < rows; r++) {
      to[(size_t)i * depth + r] = from[(size_t)r * lines + i];
    }
  }
}
