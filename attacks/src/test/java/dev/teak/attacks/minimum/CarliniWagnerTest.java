package dev.teak.attacks.minimum;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Attack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.blackbox.Zoo;
import dev.teak.engine.Functional;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CarliniWagnerTest {
  private static final double KAPPA = 3;

  /** z1 - z0 is ten times the mean pixel less 5: the boundary goes through the grey image. */
  private static final class Brightness extends Module {
    private final Tensor weight =
        parameter("weight", Tensor.of(new double[] {0, 0, 0, 0, 2.5, 2.5, 2.5, 2.5}, 2, 4));
    private final Tensor bias = parameter("bias", Tensor.of(new double[] {0, -5}, 2));

    @Override
    protected Tensor compute(Tensor x) {
      return Functional.linear(x.reshape(x.shape().dim(0), 4), weight, bias);
    }
  }

  private final Module net = new Brightness();

  /** All of Carlini and Wagner's objective: each has a kappa. */
  static Stream<Attack> withKappa() {
    ThreatModel l2 = ThreatModel.unbounded(Norm.L2);
    return Stream.of(
        new CarliniWagner(l2, Goal.UNTARGETED, KAPPA, 6, 1200, 0.01, 0.1, true),
        new CarliniWagnerLinf(
            ThreatModel.unbounded(Norm.LINF), Goal.UNTARGETED, KAPPA, 300, 0.02, 0.1, 20, 0.9),
        new Ead(
            ThreatModel.unbounded(Norm.L1),
            Goal.UNTARGETED,
            KAPPA,
            0.01,
            true,
            6,
            300,
            0.02,
            0.1,
            true),
        new Zoo(l2, Goal.UNTARGETED, KAPPA, 4, 200, 4, 0.02, 1e-3, 0.1, true, 1));
  }

  @ParameterizedTest
  @MethodSource("withKappa")
  void kappaIsReachedAndHardlyMore(Attack attack) {
    try (Scope scope = Scope.open()) {
      Tensor x =
          Tensor.full(net.parameters().get(0).device(), dev.teak.engine.Shape.of(1, 2, 2, 1), 0.4);
      AdversarialBatch made = attack.perturb(net, x, Tensor.ofInts(new int[] {0}, 1));
      assertTrue(made.success()[0]);
      float[] z = net.forward(made.images()).toFloats();
      assertTrue(z[1] - z[0] >= KAPPA, "margin " + (z[1] - z[0]));
      assertTrue(z[1] - z[0] <= KAPPA * 1.15, "margin " + (z[1] - z[0]));
    }
  }

  @ParameterizedTest
  @MethodSource("withKappa")
  void pixelsThatAreExactlyZeroOrOneMove(Attack attack) {
    try (Scope scope = Scope.open()) {
      for (int dark = 0; dark < 2; dark++) {
        // All at the end of the range that is farthest from the boundary.
        Tensor x = dark == 0 ? Tensor.zeros(1, 2, 2, 1) : Tensor.ones(1, 2, 2, 1);
        AdversarialBatch made = attack.perturb(net, x, Tensor.ofInts(new int[] {dark}, 1));
        assertTrue(made.success()[0], attack + " never left " + dark);
        for (float p : made.images().toFloats()) {
          assertEquals(1 - dark, p, 0.5, "pixel");
        }
      }
    }
  }
}
