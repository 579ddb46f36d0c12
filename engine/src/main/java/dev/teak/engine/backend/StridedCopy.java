package dev.teak.engine.backend;

/**
 * A copy between two row-major buffers through strides: for every index i within {@code dims},
 * {@code dst[dstOffset + i . dstStrides] = src[srcOffset + i . srcStrides]}. Transposes, slices,
 * pads, concatenations and broadcasts are all this one movement. Strides may be negative (flip),
 * those of the source also 0 (broadcast); no two indices may share a destination.
 *
 * @param dims extents of the copied block
 * @param srcOffset first element read
 * @param srcStrides elements between neighbours in the source, an axis each
 * @param dstOffset first element written
 * @param dstStrides elements between neighbours in the destination, an axis each
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; made and used within one call
public record StridedCopy(
    int[] dims, int srcOffset, int[] srcStrides, int dstOffset, int[] dstStrides) {

  /** Number of elements moved. */
  public int size() {
    int n = 1;
    for (int d : dims) {
      n *= d;
    }
    return n;
  }

  /**
   * The same movement with axes of extent 1 dropped and axes that run on into each other joined.
   */
  public StridedCopy simplified() {
    int[] d = new int[dims.length];
    int[] s = new int[dims.length];
    int[] t = new int[dims.length];
    int rank = 0;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 1) {
        continue;
      }
      boolean runsOn =
          rank > 0
              && s[rank - 1] == srcStrides[i] * dims[i]
              && t[rank - 1] == dstStrides[i] * dims[i];
      if (runsOn) {
        d[rank - 1] *= dims[i];
        s[rank - 1] = srcStrides[i];
        t[rank - 1] = dstStrides[i];
      } else {
        d[rank] = dims[i];
        s[rank] = srcStrides[i];
        t[rank] = dstStrides[i];
        rank++;
      }
    }
    return new StridedCopy(
        java.util.Arrays.copyOf(d, rank),
        srcOffset,
        java.util.Arrays.copyOf(s, rank),
        dstOffset,
        java.util.Arrays.copyOf(t, rank));
  }
}
