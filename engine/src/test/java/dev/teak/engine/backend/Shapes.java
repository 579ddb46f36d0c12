package dev.teak.engine.backend;

import dev.teak.engine.Shape;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Sizes and shapes for the contract's properties: mostly small, with 0, 1, and odd ones. */
final class Shapes {
  private Shapes() {}

  /** Numbers of elements: below, at and above vector and work-group sizes. */
  static final class Sizes implements ArbitrarySupplier<Integer> {
    @Override
    public Arbitrary<Integer> get() {
      return Arbitraries.frequencyOf(
          Tuple.of(8, Arbitraries.integers().between(0, 70)),
          Tuple.of(2, Arbitraries.integers().between(71, 3000)),
          Tuple.of(1, Arbitraries.of(256, 1023, 1024, 4097, 65_537)));
    }
  }

  /** Two shapes and the one that both are broadcast to. */
  record Broadcast(Shape a, Shape b, Shape out) {}

  /** Any broadcast: missing leading axes, and extents of 1 in either operand or both. */
  static final class Broadcasts implements ArbitrarySupplier<Broadcast> {
    @Override
    public Arbitrary<Broadcast> get() {
      Arbitrary<int[]> dims =
          Arbitraries.frequency(
                  Tuple.of(1, 0),
                  Tuple.of(3, 1),
                  Tuple.of(4, 2),
                  Tuple.of(4, 3),
                  Tuple.of(3, 5),
                  Tuple.of(2, 17),
                  Tuple.of(1, 33))
              .array(int[].class)
              .ofMaxSize(4);
      return Combinators.combine(dims, Arbitraries.randoms())
          .as((d, r) -> new Broadcast(narrowed(d, r), narrowed(d, r), Shape.of(d)));
    }

    private static Shape narrowed(int[] dims, Random random) {
      int first = random.nextInt(3) == 0 ? random.nextInt(dims.length + 1) : 0;
      int[] d = java.util.Arrays.copyOfRange(dims, first, dims.length);
      for (int i = 0; i < d.length; i++) {
        if (random.nextInt(3) == 0) {
          d[i] = 1;
        }
      }
      return Shape.of(d);
    }
  }

  /** The axes of a reduction. */
  record Axes(int outer, int extent, int inner) {
    int size() {
      return outer * extent * inner;
    }
  }

  /** Reductions of the last axis, the first, one in the middle, of everything and of nothing. */
  static final class Reductions implements ArbitrarySupplier<Axes> {
    @Override
    public Arbitrary<Axes> get() {
      Arbitrary<Integer> few =
          Arbitraries.frequency(
              Tuple.of(1, 0),
              Tuple.of(6, 1),
              Tuple.of(3, 2),
              Tuple.of(3, 5),
              Tuple.of(2, 16),
              Tuple.of(2, 17),
              Tuple.of(1, 67));
      Arbitrary<Integer> extents =
          Arbitraries.frequencyOf(
              Tuple.of(6, Arbitraries.integers().between(0, 40)),
              Tuple.of(2, Arbitraries.of(64, 127, 128, 300, 1000)));
      return Combinators.combine(few, extents, few).as(Axes::new);
    }
  }

  /** A copy, and the sizes of the two buffers. */
  record Copy(StridedCopy how, int srcSize, int dstSize) {
    @Override
    public String toString() {
      return "copy of "
          + java.util.Arrays.toString(how.dims())
          + " from "
          + how.srcOffset()
          + " by "
          + java.util.Arrays.toString(how.srcStrides())
          + " to "
          + how.dstOffset()
          + " by "
          + java.util.Arrays.toString(how.dstStrides());
    }
  }

  /** Copies with permuted axes, gaps, flips and offsets on both sides; repeats in the source. */
  static final class Copies implements ArbitrarySupplier<Copy> {
    @Override
    public Arbitrary<Copy> get() {
      Arbitrary<int[]> dims =
          Arbitraries.frequency(
                  Tuple.of(1, 0),
                  Tuple.of(4, 1),
                  Tuple.of(6, 2),
                  Tuple.of(6, 3),
                  Tuple.of(4, 7),
                  Tuple.of(2, 16),
                  Tuple.of(1, 37))
              .array(int[].class)
              .ofMaxSize(5);
      return Combinators.combine(dims, Arbitraries.randoms())
          .as(Copies::copy)
          .filter(c -> c.srcSize() < 300_000 && c.dstSize() < 300_000);
    }

    private static Copy copy(int[] dims, Random random) {
      int[] srcStrides = new int[dims.length];
      int[] dstStrides = new int[dims.length];
      int srcSpan = strides(dims, srcStrides, random, true);
      int dstSpan = strides(dims, dstStrides, random, false);
      int srcOffset = random.nextInt(4);
      int dstOffset = random.nextInt(4);
      int srcSize = srcOffset + srcSpan + random.nextInt(3);
      int dstSize = dstOffset + dstSpan + random.nextInt(3);
      return new Copy(
          new StridedCopy(
              dims,
              srcOffset + backwards(dims, srcStrides),
              srcStrides,
              dstOffset + backwards(dims, dstStrides),
              dstStrides),
          srcSize,
          dstSize);
    }

    /** How far a walk by negative strides reaches back. */
    private static int backwards(int[] dims, int[] strides) {
      int reach = 0;
      for (int i = 0; i < dims.length; i++) {
        reach -= Math.min(0, strides[i]) * (Math.max(dims[i], 1) - 1);
      }
      return reach;
    }

    /** Lays the axes out in some order; returns how many elements they span. */
    private static int strides(int[] dims, int[] strides, Random random, boolean source) {
      java.util.List<Integer> order = new java.util.ArrayList<>();
      for (int i = dims.length - 1; i >= 0; i--) {
        order.add(i);
      }
      if (random.nextBoolean()) {
        java.util.Collections.shuffle(order, random);
      }
      int step = 1;
      for (int axis : order) {
        int gap = random.nextInt(4) == 0 ? 2 : 1;
        if (source && random.nextInt(6) == 0) {
          strides[axis] = 0;
        } else {
          strides[axis] = random.nextInt(6) == 0 ? -step * gap : step * gap;
          step *= Math.max(dims[axis], 1) * gap;
        }
      }
      return step;
    }
  }
}
