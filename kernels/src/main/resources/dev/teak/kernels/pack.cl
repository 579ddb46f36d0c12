// The right side of a product, reordered for the register tile of processors (tile.cl): into panels
// of COLS columns in which the summed axis is outermost, a step's numbers are neighbours, and ragged
// edges are zeros. Transposed operands and the weights of convolutions end here.
//
//   op(B) [depth, n]  ->  [ceil(n / COLS)] [depth] [COLS]       depth = taps x channels
//
// A matrix has one tap. Bound by memory: 8 bytes a number, read once and written once.

#include "tile.cl"
#include "transpose.cl"

// Items: one for each panel, tap and `chunk` channels. A depth of taps x channels, channels fastest,
// makes the weights of a convolution into op(B); a matrix has one tap.
kernel void pack(
    global const real *src, global real *dst, uint items, uint lines, uint channels, uint taps,
    uint tapsAcross, uint panels, uint chunk, int first, int lineStride, int channelStride,
    int tapDown, int tapAcross, int batchStride) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const uint chunks = (channels + chunk - 1) / chunk;
  const uint tap = gid / chunks % taps, flatPanel = gid / chunks / taps;
  const uint from = gid % chunks * chunk, to = min(from + chunk, channels);
  const uint batch = flatPanel / panels, line = (flatPanel - batch * panels) * COLS;
  const uint real_lines = min((uint)COLS, lines - line);
  global const real *p = src + first + (long)batch * batchStride + (long)line * lineStride +
      (int)(tap / tapsAcross) * tapDown + (int)(tap % tapsAcross) * tapAcross;
  global real *q = dst + ((size_t)flatPanel * taps + tap) * channels * COLS;
  uint c = from;
  if (lineStride != 1 && channelStride == 1) {
    for (; c + LANES <= to; c += LANES) {
      for (uint i = 0; i < COLS; i += LANES) {
        if (i + LANES <= real_lines) {
          transpose(p + c + (long)i * lineStride, lineStride, q + c * COLS + i, COLS);
        } else {
          for (uint d = c; d < c + LANES; d++) {
            for (uint j = i; j < i + LANES; j++) {
              q[d * COLS + j] = j < real_lines ? p[d + (long)j * lineStride] : (real)0;
            }
          }
        }
      }
    }
  }
  for (; c < to; c++) {
    global const real *from = p + (long)c * channelStride;
    global real *line_to = q + c * COLS;
    uint i = 0;
    if (lineStride == 1) {
      for (; i + LANES <= real_lines; i += LANES) {
        VSTORE(VLOAD(from + i), line_to + i);
      }
    }
    for (; i < COLS; i++) {
      line_to[i] = i < real_lines ? from[(long)i * lineStride] : (real)0;
    }
  }
}
