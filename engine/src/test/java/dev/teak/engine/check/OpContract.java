package dev.teak.engine.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.SkipWithoutDevice;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * What every backend owes at the level of tensors: each op of the table and its gradients agree
 * with {@code reference} in double precision, over shapes and values drawn by a seed.
 */
@AddLifecycleHook(SkipWithoutDevice.class)
public abstract class OpContract
    implements BatchContract,
        SpecialValuesContract,
        SizesContract,
        ImageOpContract,
        IndexingContract,
        ReducingContract {
  /**
   * Samples hold at most a few hundred terms a sum, of size about 4 each, and chains of a few ops:
   * 300 roundings of 2^-24 on a magnitude of 4 stay below 1e-4.
   */
  private static final double FLOAT32_TOLERANCE = 1e-4;

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void everyOpAndItsGradientsAgreeWithTheReference(@ForAll long seed) {
    for (OpSample sample : OpSamples.draw(seed)) {
      List<double[]> expected = sample.run(Devices.open("reference"));
      List<double[]> actual = sample.run(backend());
      assertEquals(expected.size(), actual.size(), sample.op());
      for (int i = 0; i < expected.size(); i++) {
        String what =
            sample.op() + (i == 0 ? " output" : " gradient " + (i - 1)) + ", seed " + seed;
        assertClose(expected.get(i), actual.get(i), what);
      }
    }
  }

  @Property(tries = 10, shrinking = ShrinkingMode.OFF)
  void theGradientsOfGradientsAgreeWithTheReference(@ForAll long seed) {
    for (OpSample sample : OpSamples.draw(seed)) {
      List<double[]> expected = sample.runSecondOrder(Devices.open("reference"));
      List<double[]> actual = sample.runSecondOrder(backend());
      for (int i = 0; i < expected.size(); i++) {
        String what = sample.op() + " second gradient " + i + ", seed " + seed;
        assertClose(expected.get(i), actual.get(i), what);
      }
    }
  }

  @Property(tries = 10, shrinking = ShrinkingMode.OFF)
  void everyOpGivesItsMemoryBack(@ForAll long seed) {
    long before = backend().bytesInUse();
    for (OpSample sample : OpSamples.draw(seed)) {
      sample.run(backend());
      assertEquals(before, backend().bytesInUse(), sample.op());
    }
  }

  @Property(tries = 5, shrinking = ShrinkingMode.OFF)
  void everyOpRepeatsToTheBit(@ForAll long seed) {
    for (OpSample sample : OpSamples.draw(seed)) {
      List<double[]> first = sample.run(backend());
      List<double[]> second = sample.run(backend());
      for (int i = 0; i < first.size(); i++) {
        assertArrayEquals(first.get(i), second.get(i), sample.op());
      }
    }
  }

  private static void assertClose(double[] expected, double[] actual, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - actual[i]);
      double scale = Math.max(1, Math.abs(expected[i]));
      int at = i;
      assertTrue(
          error <= FLOAT32_TOLERANCE * scale,
          () -> what + " [" + at + "]: reference " + expected[at] + ", got " + actual[at]);
    }
  }
}
