package dev.teak.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.CustomOp;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.op.OpInfo;
import dev.teak.engine.op.OpTable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class GradCheckTest {
  @Property(tries = 15, shrinking = ShrinkingMode.OFF)
  void everyGradientAgreesWithFiniteDifferences(@ForAll long seed) {
    try (Devices.Use use = Devices.use("reference")) {
      for (OpSample s : OpSamples.draw(seed)) {
        GradCheck.Report report = s.check();
        assertTrue(report.passed(), () -> s.op() + ", seed " + seed + ": " + report);
      }
    }
  }

  @Property(tries = 3, shrinking = ShrinkingMode.OFF)
  void everyGradientHasAGradientToo(@ForAll long seed) {
    try (Devices.Use use = Devices.use("reference")) {
      for (OpSample s : OpSamples.draw(seed)) {
        GradCheck.Report report = s.checkSecondOrder();
        assertTrue(report.passed(), () -> s.op() + ", seed " + seed + ": " + report);
      }
    }
  }

  private static Tensor tensor(double... values) {
    return Tensor.of(values, values.length);
  }

  @Test
  void aWrongGradientIsFoundAndTheWorstElementNamed() {
    try (Devices.Use use = Devices.use("reference")) {
      // The detached factor hides half of the derivative of x^2.
      GradCheck.Report r =
          GradCheck.check(in -> in.get(0).mul(in.get(1).detach()), tensor(2), tensor(0, 3));
      assertFalse(r.passed());
      assertEquals(1, r.input(), r::toString);
      assertEquals(0, r.analytic(), r::toString);
      // 2 for each element, times a weight of the projection of at least a half.
      assertTrue(r.numeric() >= 1, r::toString);
      assertTrue(r.toString().startsWith("FAILED: error"), r::toString);
    }
  }

  @Test
  void theReportHasAnIndexForEachAxis() {
    try (Devices.Use use = Devices.use("reference")) {
      Tensor x = Tensor.of(new double[] {0, 0, 0, 0, 0, 3}, 2, 3);
      GradCheck.Report r = GradCheck.check(in -> in.get(0).mul(in.get(0).detach()), x);
      assertEquals(List.of(1, 2), r.index(), r::toString);
    }
  }

  /** The rule's own gradient is wrong: it takes half of itself for a constant. */
  @Test
  void aWrongSecondOrderIsFoundWhereTheFirstIsRight() {
    try (Devices.Use use = Devices.use("reference")) {
      CustomOp square =
          CustomOp.of("square", x -> x.square(), (g, x, y) -> g.mul(x.add(x.detach())));
      assertTrue(GradCheck.check(in -> square.apply(in.get(0)), tensor(1, 2)).passed());
      assertFalse(GradCheck.checkSecondOrder(in -> square.apply(in.get(0)), tensor(1, 2)).passed());
    }
  }

  /** A rule that cuts the graph of the gradient that it is given. */
  @Test
  void aSecondOrderThatLosesTheOutputsGradientIsFound() {
    try (Devices.Use use = Devices.use("reference")) {
      CustomOp twice = CustomOp.of("twice", x -> x.mul(2), (g, x, y) -> g.detach().mul(2));
      GradCheck.Report r = GradCheck.checkSecondOrder(in -> twice.apply(in.get(0)), tensor(1, 2));
      assertFalse(r.passed());
      assertEquals(1, r.input(), "the input behind the last is the gradient of the output");
    }
  }

  @Test
  void aGradientThatIsNotANumberIsFound() {
    try (Devices.Use use = Devices.use("reference")) {
      assertFalse(GradCheck.check(in -> in.get(0).log(), tensor(-1)).passed());
    }
  }

  @Test
  void aRandomFunctionIsRefused() {
    try (Devices.Use use = Devices.use("reference")) {
      RandomStream random = new RandomStream(1, "noise");
      Exception e =
          assertThrows(
              IllegalStateException.class,
              () -> GradCheck.check(in -> in.get(0).add(random.uniform(Shape.of(1))), tensor(1)));
      assertTrue(e.getMessage().contains("begin its stream anew"), e.getMessage());
    }
  }

  @Test
  void singlePrecisionIsRefused() {
    try (Devices.Use use = Devices.use("java")) {
      Exception e =
          assertThrows(
              IllegalStateException.class,
              () -> GradCheck.check(in -> in.get(0).square(), tensor(1)));
      assertTrue(e.getMessage().contains("Devices.use(\"reference\")"), e.getMessage());
    }
  }

  @Test
  void everyOpOfTheTableHasASample() {
    Set<String> sampled = OpSamples.draw(1).stream().map(OpSample::op).collect(Collectors.toSet());
    for (OpInfo op : OpTable.ALL) {
      assertTrue(sampled.contains(op.name()), op.name());
    }
  }

  @Test
  void onlyWhatHasNoGradientIsExemptAndSaysWhy() {
    for (OpSample sample : OpSamples.draw(1)) {
      for (OpInfo op : OpTable.ALL) {
        if (op.name().equals(sample.op())) {
          assertEquals(op.differentiable(), sample.differentiable(), op.name());
        }
      }
      assertTrue(sample.differentiable() || sample.exempt().length() > 10, sample.op());
    }
  }
}
