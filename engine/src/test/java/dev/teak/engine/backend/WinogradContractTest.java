package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.teak.engine.jvm.JavaBackend;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Group;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Convolutions with Winograd's methods forced wherever they fit, small shapes included. */
class WinogradContractTest {
  private static final String F4 = "winograd";
  private static final String F2 = "winograd2";

  /** A backend made while the method was forced. */
  private static Backend forced(String method, Supplier<Backend> made) {
    String before = System.setProperty("teak.java.conv", method);
    try {
      return made.get();
    } finally {
      if (before == null) {
        System.clearProperty("teak.java.conv");
      } else {
        System.setProperty("teak.java.conv", before);
      }
    }
  }

  /** Relative error of a whole result, in the Euclidean norm. */
  private static double relativeError(double[] actual, double[] expected) {
    double error = 0;
    double norm = 0;
    for (int i = 0; i < actual.length; i++) {
      error += Math.pow(actual[i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(error / norm);
  }

  private static void checkNorm(Backend backend, ConvGeometry g, Random random) {
    float[] x = Values.bounded(random, g.input().size());
    float[] w = Values.bounded(random, g.weight().size());
    float[] grad = Values.bounded(random, g.output().size());
    Comparison comparison = Comparison.of(backend, g);
    for (int which = 0; which < 3; which++) {
      int of = which;
      Comparison.Work work =
          s -> {
            Buffer out = s.out((of == 0 ? g.output() : of == 1 ? g.input() : g.weight()).size());
            switch (of) {
              case 0 -> s.backend.conv2d(g, s.floats(x), s.floats(w), null, out);
              case 1 -> s.backend.conv2dInputGrad(g, s.floats(grad), s.floats(w), out);
              default -> s.backend.conv2dWeightGrad(g, s.floats(x), s.floats(grad), out);
            }
            return out;
          };
      double error = relativeError(comparison.tested(work), Comparison.reference(work));
      assertTrue(error < 1e-5, g + ", result " + of + ": relative error " + error);
    }
  }

  /** On the Vector API. */
  private interface OnVectors extends ConvContract {
    Backend forced();

    @Override
    default Backend backend() {
      assumeTrue(
          JavaBackend.vectorAvailable(),
          "this JVM runs without --add-modules jdk.incubator.vector");
      return forced();
    }

    @Property(tries = 40)
    default void errorsAreSmallBesideTheResult(
        @ForAll @IntRange(min = 4, max = 20) int h,
        @ForAll @IntRange(min = 4, max = 20) int w,
        @ForAll @IntRange(min = 1, max = 70) int c,
        @ForAll @IntRange(min = 1, max = 70) int k,
        @ForAll @IntRange(min = 0, max = 2) int padding,
        @ForAll Random random) {
      checkNorm(backend(), ConvGeometry.square(2, h, w, c, k, 3, 3, 1, padding, 1, 1), random);
    }
  }

  /** F(4x4, 3x3) on the Vector API. */
  @Group
  @AddLifecycleHook(SkipWithoutDevice.class)
  class Vector4 implements OnVectors {
    private static final class Holder {
      static final Backend BACKEND = WinogradContractTest.forced(F4, JavaBackend::vector);
    }

    @Override
    public Backend forced() {
      return Holder.BACKEND;
    }
  }

  /** F(2x2, 3x3) on the Vector API. */
  @Group
  @AddLifecycleHook(SkipWithoutDevice.class)
  class Vector2 implements OnVectors {
    private static final class Holder {
      static final Backend BACKEND = WinogradContractTest.forced(F2, JavaBackend::vector);
    }

    @Override
    public Backend forced() {
      return Holder.BACKEND;
    }
  }

  /** F(4x4, 3x3) on plain loops. */
  @Group
  class Scalar4 implements ConvContract {
    private static final class Holder {
      static final Backend BACKEND = forced(F4, JavaBackend::scalar);
    }

    @Override
    public Backend backend() {
      return Holder.BACKEND;
    }
  }

  /** F(2x2, 3x3) on plain loops. */
  @Group
  class Scalar2 implements ConvContract {
    private static final class Holder {
      static final Backend BACKEND = forced(F2, JavaBackend::scalar);
    }

    @Override
    public Backend backend() {
      return Holder.BACKEND;
    }
  }
}
