package dev.teak.engine.backend;

/**
 * Which elements of a line an index names. A tensor is seen as lines, {@code [outer, extent,
 * inner]}; each line has {@code count} entries in the index, which is INT32 {@code [outer, count,
 * inner]}, or has 1 for {@code outer}, {@code inner} or both where lines share their entries. What
 * is gathered is {@code [outer, count, inner]}.
 *
 * @param outer extents before the indexed axis, multiplied
 * @param extent the indexed axis
 * @param inner extents behind it, multiplied
 * @param count entries of a line
 * @param sharedOuter whether the index has 1 for {@code outer}
 * @param sharedInner whether the index has 1 for {@code inner}
 */
public record IndexGeometry(
    int outer, int extent, int inner, int count, boolean sharedOuter, boolean sharedInner) {

  /** Elements of the tensor that is indexed. */
  public long lineSize() {
    return (long) outer * extent * inner;
  }

  /** Elements of the index. */
  public long indexSize() {
    return (long) (sharedOuter ? 1 : outer) * count * (sharedInner ? 1 : inner);
  }

  /** Elements of what is gathered. */
  public long size() {
    return (long) outer * count * inner;
  }

  /** Elements of the index between one outer line and the next. */
  public int outerStride() {
    return sharedOuter ? 0 : count * countStride();
  }

  /** Elements of the index between one entry of a line and the next. */
  public int countStride() {
    return sharedInner ? 1 : inner;
  }

  /** Elements of the index between one inner line and the next. */
  public int innerStride() {
    return sharedInner ? 0 : 1;
  }
}
