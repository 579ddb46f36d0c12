package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.DType;
import dev.teak.engine.Philox;
import dev.teak.engine.Shape;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The part of {@link BackendContract} about buffers, transfers, order and random numbers. */
public interface MemoryContract extends OnBackend {
  @Example
  default void hasANameADescriptionAndAWorkingType() {
    assertFalse(backend().name().isBlank());
    assertFalse(backend().description().isBlank());
    assertTrue(backend().floatType().isFloat());
  }

  @Example
  default void buffersKnowTheirTypeAndSizeAndAreCountedUntilReleased() {
    Backend b = backend();
    for (DType type : new DType[] {b.floatType(), DType.INT32, DType.UINT8}) {
      for (int size : new int[] {0, 1, 17, 1000, 100_003}) {
        long before = b.bytesInUse();
        Buffer x = b.allocate(type, size);
        assertEquals(type, x.dtype());
        assertEquals(size, x.size());
        assertTrue(b.bytesInUse() >= before + (long) size * type.bytes(), type + " " + size);
        b.release(x);
        assertEquals(before, b.bytesInUse(), type + " " + size);
      }
    }
  }

  @Example
  default void liveBuffersNeverShareMemory() {
    Backend b = backend();
    Random random = new Random(7);
    Buffer[] live = new Buffer[20];
    for (int i = 0; i < 400; i++) {
      int slot = random.nextInt(live.length);
      if (live[slot] != null) {
        double[] got = new double[live[slot].size()];
        b.read(live[slot], got);
        for (double v : got) {
          assertEquals(slot, v);
        }
        b.release(live[slot]);
      }
      live[slot] = b.allocate(b.floatType(), random.nextInt(40));
      b.fill(live[slot], slot);
    }
    for (Buffer x : live) {
      if (x != null) {
        b.release(x);
      }
    }
  }

  @Property(tries = 60)
  default void floatsComeBackAsTheyWent(
      @ForAll(supplier = Shapes.Sizes.class) int size,
      @ForAll @IntRange(max = 9) int offset,
      @ForAll Random random) {
    Backend b = backend();
    float[] sent = Values.wide(random, size + offset + 2);
    for (int i = 0; i < sent.length; i += 5) {
      sent[i] = Values.SPECIAL[random.nextInt(Values.SPECIAL.length)];
    }
    Buffer x = b.allocate(b.floatType(), size);
    b.write(x, sent, offset);
    float[] got = new float[size];
    b.read(x, got);
    assertArrayEquals(Arrays.copyOfRange(sent, offset, offset + size), got);
    double[] wide = new double[size];
    b.read(x, wide);
    for (int i = 0; i < size; i++) {
      assertEquals((double) sent[offset + i], wide[i]);
    }
    b.release(x);
  }

  @Example
  default void doublesAreRoundedToTheWorkingType() {
    double[] sent = {0.1, -1e300, 1e-300, 1.0 / 3, Double.NaN, 16_777_217, 0};
    double[] expected = sent.clone();
    if (backend().floatType() == DType.FLOAT32) {
      for (int i = 0; i < sent.length; i++) {
        expected[i] = (float) sent[i];
      }
    }
    double[] got =
        Comparison.of(backend())
            .tested(
                s -> {
                  Buffer x = s.out(sent.length);
                  s.backend.write(x, sent);
                  return x;
                });
    assertArrayEquals(expected, got);
  }

  @Example
  default void intsComeBackAsTheyWent() {
    Comparison.of(backend(), "ints")
        .exact(s -> s.ints(0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 16_777_217, 9));
    Comparison.of(backend(), "no ints").exact(s -> s.ints());
  }

  @Property(tries = 60)
  default void fillSetsEveryElementOfAnyType(@ForAll(supplier = Shapes.Sizes.class) int size) {
    Comparison c = Comparison.of(backend(), "fill", size);
    for (double value : new double[] {0, -1.5, 1e30, Double.NEGATIVE_INFINITY, Double.NaN}) {
      c.exact(s -> filled(s, s.out(size), value));
    }
    c.exact(s -> filled(s, s.outInts(size), -1_000_003));
    c.exact(s -> filled(s, s.outBytes(size), 0));
    c.exact(s -> filled(s, s.outBytes(size), 200)); // bytes are read as 0..255
  }

  private static Buffer filled(Side s, Buffer x, double value) {
    s.backend.fill(x, value);
    return x;
  }

  @Example
  default void callsActAsIfDoneInOrder() {
    int n = 1000;
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    Comparison.of(backend(), "a chain of calls")
        .exact(
            s -> {
              Buffer x = s.floats(ones);
              Buffer y = s.out(n);
              for (int i = 0; i < 100; i++) {
                s.backend.binary(BinaryFunction.ADD, x, 2, y);
                s.backend.unary(UnaryFunction.NEG, y, x);
                Buffer temporary = s.backend.allocate(s.backend.floatType(), n);
                s.backend.binary(BinaryFunction.MUL, x, -1, temporary);
                s.backend.binary(
                    BinaryFunction.ADD, temporary, Shape.of(n), x, Shape.of(n), y, Shape.of(n));
                s.backend.release(temporary); // while work on it may still be under way
                s.backend.binary(BinaryFunction.SUB, x, i, x);
              }
              s.backend.synchronize();
              return x;
            });
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE) // their combinations would be all of it
  default void uniformNumbersAreThoseOfPhiloxToTheBit(
      @ForAll(supplier = Shapes.Sizes.class) int size,
      @ForAll long key,
      @ForAll @IntRange(max = 1_000_000) int block,
      @ForAll boolean far) {
    long start = 4L * block + (far ? 4L << 40 : 0); // far: beyond the counter's low word
    double[] expected = new double[size];
    int[] words = new int[4];
    for (int i = 0; i < size; i++) {
      Philox.block(key, (start + i) / 4, words);
      expected[i] = (words[i % 4] >>> 8) * 0x1p-24;
    }
    Comparison c = Comparison.of(backend(), "uniform key", key, "start", start, "size", size);
    c.check(
        Tolerance.EXACT,
        c.tested(
            s -> {
              Buffer out = s.out(size);
              s.backend.uniform(key, start, out);
              return out;
            }),
        expected);
  }

  @Example
  default void uniformNumbersContinueAcrossTheCountersWords() {
    long start = 4 * 0xFFFF_FFFEL; // two blocks before the low word wraps
    Comparison.of(backend(), "uniform across 2^32 blocks")
        .exact(
            s -> {
              Buffer out = s.out(41);
              s.backend.uniform(-5, start, out);
              return out;
            });
  }
}
