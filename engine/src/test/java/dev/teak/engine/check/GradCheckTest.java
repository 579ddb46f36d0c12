package dev.teak.engine.check;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Unary;
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
        if (s.differentiable()) {
          GradCheck.Report report = GradCheck.check(s.function(), s.inputs());
          assertTrue(report.passed(), () -> s.op() + ", seed " + seed + ": " + report);
        }
      }
    }
  }

  @Property(tries = 3, shrinking = ShrinkingMode.OFF)
  void everyGradientHasAGradientToo(@ForAll long seed) {
    try (Devices.Use use = Devices.use("reference")) {
      for (OpSample s : OpSamples.draw(seed)) {
        if (s.differentiable()) {
          GradCheck.Report report = GradCheck.checkSecondOrder(s.function(), s.inputs());
          assertTrue(report.passed(), () -> s.op() + ", seed " + seed + ": " + report);
        }
      }
    }
  }

  @Test
  void aWrongGradientIsFound() {
    try (Devices.Use use = Devices.use("reference")) {
      OpSample.Input x = new OpSample.Input(new double[] {0.5, -1.5}, new int[] {2});
      // The detached factor hides half of the derivative of x^2.
      GradCheck.Report report =
          GradCheck.check(in -> in.get(0).mul(in.get(0).detach()), List.of(x));
      assertFalse(report.passed());
      // Worst at -1.5: the true derivative is 2x times a weight of at least a half.
      assertTrue(report.maxError() > 0.2, report::toString);
    }
  }

  @Test
  void aGradientThatIsNotANumberIsFound() {
    try (Devices.Use use = Devices.use("reference")) {
      OpSample.Input x = new OpSample.Input(new double[] {-1}, new int[] {1});
      assertFalse(GradCheck.check(in -> in.get(0).log(), List.of(x)).passed());
    }
  }

  @Test
  void everyOpOfTheTableHasASample() {
    Set<String> sampled = OpSamples.draw(1).stream().map(OpSample::op).collect(Collectors.toSet());
    for (Unary op : Unary.ALL) {
      assertTrue(sampled.contains(op.name()), op.name());
    }
    for (Binary op : Binary.ALL) {
      assertTrue(sampled.contains(op.name()), op.name());
    }
    List<String> others =
        List.of(
            "clip",
            "where",
            "dropout",
            "sum",
            "mean",
            "max",
            "arg_max",
            "softmax",
            "log_softmax",
            "reshape",
            "permute",
            "broadcast_to",
            "slice",
            "pad",
            "concat",
            "matmul",
            "conv2d",
            "conv_transpose2d",
            "max_pool2d",
            "avg_pool2d",
            "batch_norm",
            "cross_entropy",
            "mse");
    for (String op : others) {
      assertTrue(sampled.contains(op), op);
    }
  }

  @Test
  void reportsNameTheWorstElement() {
    try (Devices.Use use = Devices.use("reference")) {
      OpSample.Input x = new OpSample.Input(new double[] {0, 3}, new int[] {2});
      GradCheck.Report r = GradCheck.check(in -> in.get(0).mul(in.get(0).detach()), List.of(x));
      assertTrue(r.index() == 1 && r.input() == 0, r::toString);
    }
  }
}
