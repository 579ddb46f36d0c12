// Philox 4x32-10 (Salmon et al., SC 2011): block c of the sequence from its number alone, so that
// any item can make any element, and every backend makes the same ones. Some 100 integer
// operations for 16 bytes. Element i is word (start + i) % 4 of block (start + i) / 4; start is
// a multiple of 4, so an item takes whole blocks of the output.

#include "common.cl"

kernel void philox_uniform(
    global real *out, uint n, uint blocks, uint block, uint key0, uint key1, ulong first) {
  FLAT_RANGE(i, to, blocks, block);
  for (; i < to; i++) {
    const ulong counter = first + i;
    uint4 c = (uint4)((uint)counter, (uint)(counter >> 32), 0, 0);
    uint k0 = key0, k1 = key1;
    for (int round = 0; round < 10; round++) {
      const uint h0 = mul_hi(0xD2511F53u, c.x), l0 = 0xD2511F53u * c.x;
      const uint h1 = mul_hi(0xCD9E8D57u, c.z), l1 = 0xCD9E8D57u * c.z;
      c = (uint4)(h1 ^ c.y ^ k0, l1, h0 ^ c.w ^ k1, l0);
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    const PASTE(REAL, 4) u = PASTE(convert_, PASTE(REAL, 4))(c >> 8) * (real)0x1p-24f;
    const uint at = 4 * i;
    if (at + 4 <= n) {
      vstore4(u, i, out);
    } else {
      out[at] = u.x;
      if (at + 1 < n) out[at + 1] = u.y;
      if (at + 2 < n) out[at + 2] = u.z;
    }
  }
}
