// A work-group's items joining what each has found: on a GPU a tree in local memory, always in the same
// order; on a processor a group is one item, and there is nothing to join.

#include "common.cl"

#define JOIN(NAME, OP) \
  static real NAME(const real mine, local real *tree) { \
    const uint lid = (uint)get_local_id(0); \
    tree[lid] = mine; \
    for (uint step = GROUP / 2; step > 0; step /= 2) { \
      barrier(CLK_LOCAL_MEM_FENCE); \
      if (lid < step) { \
        tree[lid] = OP(tree[lid], tree[lid + step]); \
      } \
    } \
    barrier(CLK_LOCAL_MEM_FENCE); \
    const real all = tree[0]; \
    barrier(CLK_LOCAL_MEM_FENCE); \
    return all; \
  }

#define OP_SUM(a, b) ((a) + (b))
#define OP_MAX(a, b) MAX_NAN(a, b)
JOIN(group_SUM, OP_SUM)
JOIN(group_MAX, OP_MAX)
