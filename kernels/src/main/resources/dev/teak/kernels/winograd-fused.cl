// Winograd's method (winograd.cl) on processors in one pass: an item takes some tiles from pixels to
// pixels, and what lies between stays in its local memory, a piece of the second-level cache.
//
//   tiles' pixels --> [point][tile][C]        for each panel of COLS output channels:
//                                               [point][tile][C] x [point][C][COLS] -> [point][tile][COLS]
//                                               --> pixels of those channels
//
// Memory sees the image once, the result once, and the kernel's points once an item. That pays while
// these are few; where channels are many, the three steps are taken one after the other for all tiles.

#include "tile.cl"
#include "winograd.cl"

// With `pool`, a pooling of 2 x 2 behind the relu is done to a tile's pixels before they are written.
// Lines of a point lie `lda` apart, points a little more than a power of two: squares of points are
// written at once, and must not all fall into the same sets of the cache.
kernel void winograd_convolve(
    global const real *x, global const real *kernelPoints, global const real *bias, global real *y,
    uint items, int inHeight, int inWidth, int inChannels, int2 padding, int outHeight, int outWidth,
    int outChannels, int down, int across, uint tiles, uint itemTiles, uint inStep, uint outStep,
    int hasBias, int relu, int pool, global uchar *winners, global int *spoiled,
    global const int *flat, global const int *equal, local real *scratch) {
  const uint gid = (uint)get_global_id(0);
  if (gid >= items) {
    return;
  }
  const uint first = gid * itemTiles, count = min(itemTiles, tiles - first);
  const uint rows = (count + ROWS - 1) / ROWS * ROWS;
  const uint panels = (outChannels + COLS - 1) / COLS;
  local real *points = scratch, *sums = scratch + POINTS * inStep;
  for (uint t = 0; t < count; t++) {
    for (int c = 0; c < inChannels; c += LANES) {
      input_tile_near(
          x, inHeight, inWidth, inChannels, down, across, padding, first + t, c,
          points + t * inChannels + c, inStep, spoiled);
    }
  }
  for (uint panel = 0; panel < panels; panel++) {
    for (uint p = 0; p < POINTS; p++) {
      multiply(
          points + p * inStep, inChannels, 1, rows,
          kernelPoints + ((size_t)p * panels + panel) * inChannels * COLS, COLS, 0, 1, inChannels,
          sums + p * outStep, 0);
    }
    const int channel = panel * COLS;
    for (uint t = 0; t < count; t++) {
      for (int c = 0; c < COLS && channel + c < outChannels; c += LANES) {
        if (pool) {
          pooled_tile(
              sums + t * COLS + c, outStep, bias, hasBias, y, winners, flat, equal, outHeight,
              outWidth, outChannels, down, across, 0, first + t, channel + c);
          continue;
        }
        output_tile_near(
            sums + t * COLS + c, outStep, bias, hasBias, relu, y, outHeight, outWidth, outChannels,
            down, across, 0, first + t, channel + c);
      }
    }
  }
}
