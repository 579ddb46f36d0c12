package dev.teak.attacks.blackbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.AdversarialBatch;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import org.junit.jupiter.api.Test;

class SpatialTest {
  private static final int SIDE = 5;

  /** Class 1 where the given pixel is the brightest thing, else class 0. */
  private static final class PixelAt extends Module {
    private final Tensor weight;

    PixelAt(int row, int column) {
      double[] w = new double[2 * SIDE * SIDE];
      w[SIDE * SIDE + row * SIDE + column] = 10;
      weight = parameter("weight", Tensor.of(w, 2, SIDE * SIDE));
    }

    @Override
    protected Tensor compute(Tensor x) {
      Tensor z =
          dev.teak.engine.Functional.linear(x.reshape(x.shape().dim(0), SIDE * SIDE), weight, null);
      return z.sub(Tensor.of(new double[] {0, 5}, 2));
    }
  }

  private static Tensor dot(int row, int column) {
    float[] pixels = new float[SIDE * SIDE];
    pixels[row * SIDE + column] = 1;
    return Tensor.of(pixels, 1, SIDE, SIDE, 1);
  }

  private static AdversarialBatch attack(Module net, Tensor x, double degrees, double shift) {
    ThreatModel range = ThreatModel.unbounded(Norm.LINF);
    Spatial attack = new Spatial(range, Goal.UNTARGETED, degrees, shift, 5, 3, 0, 0);
    return attack.perturb(net, x, Tensor.ofInts(new int[] {0}, 1));
  }

  @Test
  void aShiftByAWholePixelMovesThePixelAsItIs() {
    try (Scope scope = Scope.open()) {
      AdversarialBatch made = attack(new PixelAt(2, 3), dot(2, 2), 0, 1);
      assertTrue(made.success()[0]);
      assertArrayEquals(dot(2, 3).toFloats(), made.images().toFloats(), 1e-6f);
    }
  }

  @Test
  void aQuarterTurnTurnsAboutTheMiddle() {
    try (Scope scope = Scope.open()) {
      AdversarialBatch made = attack(new PixelAt(2, 4), dot(0, 2), 90, 0);
      assertTrue(made.success()[0]);
      assertArrayEquals(dot(2, 4).toFloats(), made.images().toFloats(), 1e-6f);
    }
  }

  @Test
  void whatIsOutOfReachIsNotReached() {
    try (Scope scope = Scope.open()) {
      assertEquals(false, attack(new PixelAt(2, 4), dot(2, 0), 0, 1).success()[0]);
    }
  }
}
