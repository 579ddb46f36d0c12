// Everything on processors that stands on the register tile, as one program for each tile (passes.cl
// says why).

#include "conv.cl"
#include "conv-few.cl"
#include "matmul.cl"
#include "pack.cl"
#include "winograd-fused.cl"
