package dev.teak.attacks.minimum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Functional;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import org.junit.jupiter.api.Test;

class JsmaTest {
  /** Three classes; pixels 1 and 4 speak most for class 1 and against the others. */
  private static final class Weights extends Module {
    private final Tensor weight =
        parameter(
            "weight",
            Tensor.of(
                new double[] {
                  0, -3, -0.1, 0.5, -3, -0.1, //
                  0, 4, 0.2, 0, 4, 0.2, //
                  0, -1, 0, 0.2, -1, 0
                },
                3,
                6));
    private final Tensor bias = parameter("bias", Tensor.of(new double[] {5, 0, 0}, 3));

    @Override
    protected Tensor compute(Tensor x) {
      return Functional.linear(x.reshape(x.shape().dim(0), 6), weight, bias);
    }
  }

  private final Module net = new Weights();

  private AdversarialBatch attack(Jsma attack) {
    return attack.perturb(net, Tensor.zeros(1, 2, 3, 1), Tensor.ofInts(new int[] {0}, 1));
  }

  @Test
  void thePairOfTheLargestSaliencyGoesFirst() {
    try (Scope scope = Scope.open()) {
      AdversarialBatch made =
          attack(new Jsma(ThreatModel.unbounded(Norm.L0), Goal.targeted(1), 1, 1));
      assertTrue(made.success()[0]);
      assertEquals(2, made.distances()[0]);
      assertArrayEquals(new float[] {0, 1, 0, 0, 1, 0}, made.images().toFloats());
    }
  }

  @Test
  void itStopsAtGammaAndWhereNothingHelps() {
    try (Scope scope = Scope.open()) {
      // A third of six pixels is one pair, and half a step of it is not enough.
      assertFalse(
          attack(new Jsma(ThreatModel.unbounded(Norm.L0), Goal.targeted(1), 0.2, 0.34))
              .success()[0]);
      // Nothing speaks for class 2 and against the others.
      assertFalse(
          attack(new Jsma(ThreatModel.unbounded(Norm.L0), Goal.targeted(2), 1, 1)).success()[0]);
    }
  }
}
