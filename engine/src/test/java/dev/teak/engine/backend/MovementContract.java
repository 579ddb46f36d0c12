package dev.teak.engine.backend;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The part of {@link BackendContract} about strided copies and one-hot rows. */
public interface MovementContract extends OnBackend {
  @Property(tries = 300)
  default void copyMovesJustTheElementsThatItNames(
      @ForAll(supplier = Shapes.Copies.class) Shapes.Copy c, @ForAll Random random) {
    float[] src = Values.wide(random, c.srcSize());
    float[] dst = Values.wide(random, c.dstSize());
    Comparison.of(backend(), c).exact(s -> copied(s, s.floats(src), s.floats(dst), c.how()));
  }

  @Property(tries = 60)
  default void copyMovesInts(
      @ForAll(supplier = Shapes.Copies.class) Shapes.Copy c, @ForAll Random random) {
    int[] src = random.ints(c.srcSize()).toArray();
    int[] dst = random.ints(c.dstSize()).toArray();
    Comparison.of(backend(), c).exact(s -> copied(s, s.ints(src), s.ints(dst), c.how()));
  }

  @Example
  default void copyMovesBytes() {
    StridedCopy transpose = rows(5, 7, 1, 5);
    Comparison.of(backend(), "bytes")
        .exact(
            s -> {
              Buffer src = s.outBytes(35);
              for (int i = 0; i < 35; i++) {
                Buffer one = s.outBytes(1);
                s.backend.fill(one, 7 * i + 3);
                copied(s, one, src, new StridedCopy(new int[0], 0, new int[0], i, new int[0]));
              }
              return copied(s, src, s.outBytes(35), transpose);
            });
  }

  /** A block of rows x columns whose source is read with these strides. */
  private static StridedCopy rows(int rows, int columns, int rowStride, int columnStride) {
    return new StridedCopy(
        new int[] {rows, columns},
        0,
        new int[] {rowStride, columnStride},
        0,
        new int[] {columns, 1});
  }

  @Example
  default void copyTransposesMatricesLargerThanATile() {
    for (int[] size : new int[][] {{65, 130}, {257, 31}, {1, 300}, {300, 1}, {128, 128}}) {
      float[] x = Values.wide(new Random(1), size[0] * size[1]);
      Comparison.of(backend(), "transpose", size[0], "x", size[1])
          .exact(s -> copied(s, s.floats(x), s.out(x.length), rows(size[0], size[1], 1, size[0])));
    }
  }

  @Example
  default void copyTurnsChannelsFirstIntoChannelsLast() {
    int n = 3;
    int c = 5;
    int h = 11;
    int w = 17;
    float[] x = Values.wide(new Random(2), n * c * h * w);
    StridedCopy how =
        new StridedCopy(
            new int[] {n, h, w, c},
            0,
            new int[] {c * h * w, w, 1, h * w},
            0,
            new int[] {h * w * c, w * c, c, 1});
    Comparison.of(backend(), "NCHW to NHWC")
        .exact(s -> copied(s, s.floats(x), s.out(x.length), how));
  }

  @Example
  default void copyPadsFlipsAndRepeats() {
    float[] image = Values.wide(new Random(3), 6 * 9);
    Comparison c = Comparison.of(backend(), "copy");
    StridedCopy intoPadding =
        new StridedCopy(new int[] {6, 9}, 0, new int[] {9, 1}, 13 + 2, new int[] {13, 1});
    c.exact(s -> copied(s, s.floats(image), s.zeros(8 * 13), intoPadding));
    StridedCopy flipped =
        new StridedCopy(new int[] {6, 9}, 8, new int[] {9, -1}, 0, new int[] {9, 1});
    c.exact(s -> copied(s, s.floats(image), s.out(54), flipped));
    StridedCopy repeated =
        new StridedCopy(new int[] {50, 54}, 0, new int[] {0, 1}, 0, new int[] {54, 1});
    c.exact(s -> copied(s, s.floats(image), s.out(50 * 54), repeated));
    c.exact(s -> copied(s, s.floats(image), s.out(54 * 50), rows(54, 50, 1, 0)));
  }

  private static Buffer copied(Side s, Buffer src, Buffer dst, StridedCopy how) {
    s.backend.copy(src, dst, how);
    return dst;
  }

  @Property(tries = 100)
  default void oneHotMarksTheLabel(
      @ForAll @IntRange(max = 70) int rows,
      @ForAll @IntRange(min = 1, max = 40) int classes,
      @ForAll Random random) {
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = random.nextInt(classes);
    }
    Comparison.of(backend(), "oneHot", rows, "x", classes)
        .exact(
            s -> {
              Buffer out = s.out(rows * classes);
              s.backend.oneHot(s.ints(labels), classes, out);
              return out;
            });
  }
}
