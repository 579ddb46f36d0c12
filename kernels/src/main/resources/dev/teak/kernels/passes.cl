// Everything that walks memory once, as one program: the compiler of a driver reads its own headers
// anew for each program, which takes PoCL half a second, and most work wants most of these families.

#include "depthwise.cl"
#include "elementwise.cl"
#include "index.cl"
#include "integer.cl"
#include "layer-norm.cl"
#include "loss.cl"
#include "norm.cl"
#include "optimizer.cl"
#include "pool.cl"
#include "random.cl"
#include "reduce.cl"
#include "sparse.cl"
#include "winograd-edges.cl"
