package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import org.junit.jupiter.api.Test;

/**
 * A linear model of two classes has known robustness: with f = z1 - z0 = w.x + b, the L-infinity
 * distance to the boundary is |f| / ||w||_1 and the L2 distance |f| / ||w||_2.
 */
class LinearModelTest {
  private static final int PIXELS = 16;

  private final float[] w = new RandomStream(5, "w").uniform(Shape.of(PIXELS), -1, 1).toFloats();

  private static final class Linear extends Module {
    private final Tensor weight;

    Linear(float[] w) {
      float[] rows = new float[2 * w.length];
      System.arraycopy(w, 0, rows, w.length, w.length);
      this.weight = parameter("weight", Tensor.of(rows, 2, w.length));
    }

    @Override
    protected Tensor compute(Tensor x) {
      return Functional.linear(x.reshape(x.shape().dim(0), -1), weight, null);
    }
  }

  /** Grey images, so that no pixel meets the range before the boundary is reached. */
  private Tensor image() {
    float[] x = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      x[i] = 0.5f + 0.02f * Math.signum(w[i]);
    }
    return Tensor.of(x, 1, 4, 4, 1);
  }

  private double f() {
    double f = 0;
    float[] x = image().toFloats();
    for (int i = 0; i < PIXELS; i++) {
      f += (double) w[i] * x[i];
    }
    return f;
  }

  private double norm(int p) {
    double sum = 0;
    for (float v : w) {
      sum += p == 1 ? Math.abs(v) : (double) v * v;
    }
    return p == 1 ? sum : Math.sqrt(sum);
  }

  private boolean flips(Attack attack) {
    int label = f() > 0 ? 1 : 0;
    return attack.perturb(new Linear(w), image(), Tensor.ofInts(new int[] {label}, 1)).success()[0];
  }

  @Test
  void fgsmFlipsJustWhenEpsilonExceedsTheDistance() {
    double linf = Math.abs(f()) / norm(1);
    double l2 = Math.abs(f()) / norm(2);
    assertTrue(linf < 0.4, "the range must not be in the way: " + linf);
    assertEquals(false, flips(Fgsm.linf(linf * 0.999)));
    assertEquals(true, flips(Fgsm.linf(linf * 1.001)));
    assertEquals(false, flips(Fgsm.l2(l2 * 0.999)));
    assertEquals(true, flips(Fgsm.l2(l2 * 1.001)));
  }

  @Test
  void pgdAndBimReachTheEdgeOfTheBallToo() {
    double linf = Math.abs(f()) / norm(1);
    double l2 = Math.abs(f()) / norm(2);
    assertEquals(false, flips(Pgd.linf(linf * 0.999)));
    // From the far side of the ball, the edge is 60 of the default steps away.
    assertEquals(true, flips(Pgd.linf(linf * 1.001).steps(60)));
    assertEquals(false, flips(Pgd.l2(l2 * 0.999)));
    assertEquals(true, flips(Pgd.l2(l2 * 1.01).steps(200)));
    assertEquals(false, flips(Bim.linf(linf * 0.999)));
    assertEquals(true, flips(Bim.linf(linf * 1.001)));
  }

  @Test
  void pgdOfOneFullStepFromTheImageIsFgsm() {
    Linear model = new Linear(w);
    Tensor label = Tensor.ofInts(new int[] {1}, 1);
    Pgd one = Pgd.linf(0.1).steps(1).stepSize(0.1).fromTheImage();
    assertArrayEquals(
        Fgsm.linf(0.1).perturb(model, image(), label).images().toFloats(),
        one.perturb(model, image(), label).images().toFloats());
  }

  @Test
  void epsilonZeroReturnsTheImage() {
    Linear model = new Linear(w);
    Tensor label = Tensor.ofInts(new int[] {1}, 1);
    float[] clean = image().toFloats();
    assertArrayEquals(clean, Fgsm.linf(0).perturb(model, image(), label).images().toFloats());
    assertArrayEquals(clean, Pgd.linf(0).perturb(model, image(), label).images().toFloats());
    assertArrayEquals(clean, Pgd.l2(0).perturb(model, image(), label).images().toFloats());
  }

  @Test
  void targetedAttacksReachTheTargetAndOnlyThat() {
    Linear model = new Linear(w);
    int label = f() > 0 ? 1 : 0;
    Tensor labels = Tensor.ofInts(new int[] {label}, 1);
    Goal other = Goal.targeted(1 - label);
    assertTrue(Pgd.linf(0.4).goal(other).perturb(model, image(), labels).success()[0]);
    Goal same = Goal.targeted(label);
    AdversarialBatch stays = Pgd.linf(0.4).goal(same).perturb(model, image(), labels);
    assertEquals(label, stays.predictions()[0]);
    Goal missing = Goal.targeted(2);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Pgd.linf(0.4).goal(missing).perturb(model, image(), labels))
            .getMessage();
    assertTrue(message.contains("2"), message);
  }

  @Test
  void zeroGradientsAreCounted() {
    Linear flat = new Linear(new float[PIXELS]);
    Tensor label = Tensor.ofInts(new int[] {0}, 1);
    assertEquals(1, Pgd.linf(0.1).perturb(flat, image(), label).zeroGradients());
    assertEquals(0, Pgd.linf(0.1).perturb(new Linear(w), image(), label).zeroGradients());
  }

  @Test
  void nonsenseSettingsAreRejected() {
    assertThrows(IllegalArgumentException.class, () -> Fgsm.linf(-0.1));
    assertThrows(IllegalArgumentException.class, () -> Fgsm.linf(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Pgd.linf(0.1).steps(0));
    assertThrows(IllegalArgumentException.class, () -> Pgd.linf(0.1).stepSize(-1));
    assertThrows(IllegalArgumentException.class, () -> Goal.targeted(-2));
  }
}
