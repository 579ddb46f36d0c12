// What a convolution and both its gradients are made of: a walk of windows over images, told by two
// vectors of numbers. Grid point (i, j) looks with tap (r, s) at pixel
//
//   (i strideDown + down + r dilationDown,  j strideAcross + across + s dilationAcross)
//
// where outside the image are zeros,
//
// and its result lies in the output at (i outStepDown + outDown, j outStepAcross + outAcross). A
// forward convolution is one walk over x; the gradient of its input is as many over dy as the product
// of the strides, one for each remainder of the pixel's coordinates, with a negative dilation and those taps alone that lead
// from such pixels to an output. A transposed convolution is the latter.
//
// As a matrix, a walk is [grid points] x [taps x channels], a row's runs of channels being
// neighbours in memory, and where the taps of a row are neighbours too, longer runs of both.

#define WINDOW_ARGS const int16 walk, const int4 steps
#define WALK walk, steps
#define HEIGHT walk.s0
#define WIDTH walk.s1
#define CHANNELS walk.s2
#define GRID_DOWN walk.s3
#define GRID_ACROSS walk.s4
#define TAPS_DOWN walk.s5
#define TAPS_ACROSS walk.s6
#define STRIDE_DOWN walk.s7
#define DILATION_DOWN walk.s8
#define DOWN walk.s9
#define ACROSS walk.sa
#define OUT_HEIGHT walk.sb
#define OUT_WIDTH walk.sc
#define OUT_STEP_DOWN walk.sd
#define OUT_DOWN walk.se
#define OUT_ACROSS walk.sf
#define STRIDE_ACROSS steps.s0
#define DILATION_ACROSS steps.s1
#define OUT_STEP_ACROSS steps.s2

// Pixel of the output that grid point `at` writes.
static size_t out_pixel(const uint at, WINDOW_ARGS) {
  const int j = (int)(at % (uint)GRID_ACROSS);
  const int i = (int)(at / (uint)GRID_ACROSS % (uint)GRID_DOWN);
  const int image = (int)(at / (uint)GRID_ACROSS / (uint)GRID_DOWN);
  const int row = i * OUT_STEP_DOWN + OUT_DOWN, column = j * OUT_STEP_ACROSS + OUT_ACROSS;
  return ((size_t)image * OUT_HEIGHT + row) * OUT_WIDTH + column;
}
