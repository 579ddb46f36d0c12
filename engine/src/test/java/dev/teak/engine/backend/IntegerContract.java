package dev.teak.engine.backend;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The part of {@link BackendContract} about whole numbers and casts. */
public interface IntegerContract extends OnBackend {
  /** Where arithmetic has its corners. */
  int[] CORNERS = {0, 1, -1, 2, -2, 3, -3, 7, 16_777_217, Integer.MAX_VALUE, Integer.MIN_VALUE};

  @Property
  default void wholeNumbersAreExactAndWrap(@ForAll IntFunction f, @ForAll Random random) {
    int n = 301;
    int[] a = new int[n];
    int[] b = new int[n];
    boolean divides = f == IntFunction.FLOOR_DIVIDE || f == IntFunction.REMAINDER;
    for (int i = 0; i < n; i++) {
      a[i] = i % 3 == 0 ? random.nextInt() : CORNERS[random.nextInt(CORNERS.length)];
      b[i] = i % 5 == 0 ? random.nextInt() : CORNERS[random.nextInt(CORNERS.length)];
      b[i] = divides && b[i] == 0 ? 1 : b[i];
    }
    Comparison.of(backend(), f)
        .exact(
            s -> {
              Buffer out = s.outInts(n);
              s.backend.binary(f, s.ints(a), s.ints(b), out);
              return out;
            });
  }

  private static Buffer cast(Side s, Buffer x, Buffer out) {
    s.backend.cast(x, out);
    return out;
  }

  @Example
  default void castsCutOffAndKeepWithinBounds() {
    float[] x = {
      0,
      -0f,
      0.99f,
      -0.99f,
      1.5f,
      -1.5f,
      254.9f,
      255,
      256,
      300,
      -3,
      1e9f,
      -1e9f,
      2147483520f,
      2147483648f,
      -2147483648f,
      3e9f,
      -3e9f,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MAX_VALUE
    };
    Comparison c = Comparison.of(backend(), "cast");
    c.exact(s -> cast(s, s.floats(x), s.outInts(x.length)));
    c.exact(s -> cast(s, s.floats(x), s.outBytes(x.length)));
    int n = CORNERS.length;
    c.within(Tolerance.NEAREST, s -> cast(s, s.ints(CORNERS), s.out(n)));
    c.exact(s -> cast(s, s.ints(CORNERS), s.outBytes(n)));
    int[] bytes = {0, 1, 127, 128, 200, 255};
    c.exact(s -> cast(s, cast(s, s.ints(bytes), s.outBytes(6)), s.outInts(6)));
    c.exact(s -> cast(s, cast(s, s.ints(bytes), s.outBytes(6)), s.out(6)));
  }
}
