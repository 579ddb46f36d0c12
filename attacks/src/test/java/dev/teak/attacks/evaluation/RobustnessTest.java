package dev.teak.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.attacks.minimum.Ddn;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Progress;
import java.util.List;
import org.junit.jupiter.api.Test;

class RobustnessTest {
  /** Logits 0.5 and the one pixel; the first two images are of class 0, the others of class 1. */
  private static final Module NET =
      Layers.of(
          x -> {
            Tensor pixel = x.reshape(-1, 1);
            return Tensor.concat(1, List.of(pixel.mul(0).add(0.5), pixel));
          });

  private static final float[] PIXELS = {0.1f, 0.2f, 0.8f, 0.9f};

  private static Robustness of(Attack attack, int... labels) {
    return Robustness.of(
        NET, attack, new Examples(PIXELS, labels, Shape.of(1, 1, 1)), 4, Progress.SILENT);
  }

  @Test
  void imagesOfTheTargetClassAreNoSuccessOfATargetedAttack() {
    Robustness nothing = of(Pgd.linf(0).goal(Goal.targeted(1)), 0, 0, 1, 1);
    assertEquals(2, nothing.aimed());
    assertEquals(0, nothing.successRate());
    Robustness one = of(Pgd.linf(0.35).goal(Goal.targeted(1)), 0, 0, 1, 1);
    assertEquals(0.5, one.successRate());
    assertEquals(4, one.images());
  }

  @Test
  void theMedianDistanceIsOfImagesThatHaveAWayToGo() {
    ThreatModel free = ThreatModel.l2(Double.POSITIVE_INFINITY);
    Robustness r = of(new Ddn(free, Goal.targeted(1), 100, 0.05, 1), 0, 0, 1, 1);
    assertEquals(1, r.successRate());
    assertEquals(0.35, r.medianDistance(), 0.05);
  }

  @Test
  void allImagesAreAimedAtWhereAnyWrongClassWillDo() {
    Robustness r = of(Pgd.linf(0.35), 0, 0, 1, 1);
    assertEquals(4, r.aimed());
    assertEquals(0.5, r.successRate()); // the second and the third come across
    assertEquals(4, of(Pgd.linf(0).goal(Goal.LEAST_LIKELY), 0, 0, 1, 1).aimed());
  }

  @Test
  void ofNoImageThereIsNoRate() {
    Robustness r = of(Pgd.linf(0.3).goal(Goal.targeted(1)), 1, 1, 1, 1);
    assertEquals(0, r.aimed());
    assertTrue(Double.isNaN(r.successRate()));
    assertTrue(Double.isNaN(r.medianDistance()));
  }
}
