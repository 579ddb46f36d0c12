package dev.teak.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Loss;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.adaptive.Bpda;
import dev.teak.attacks.adaptive.Eot;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.train.Examples;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Three defenses that only hide their gradient: each looks robust to a plain attack, is flagged by
 * the checks, and falls to the attack that fits it.
 */
class BrokenDefensesTest {
  private static final Module NET = Quadrants.trained();
  private static final Examples IMAGES = Quadrants.examples(3, 100);
  private static final ThreatModel THREAT = ThreatModel.linf(Quadrants.EPSILON);
  private static final Pgd PGD = Pgd.of(THREAT);

  /** Grey levels 0, 1/8, ... 1: rounding has a gradient of zero. */
  private static final class Quantiser extends Module {
    @Override
    protected Tensor compute(Tensor x) {
      return x.mul(8).round().div(8);
    }
  }

  /** Drops every second pixel, other ones each time it is asked. */
  private static final class RandomMask extends Module {
    private final RandomStream random = stream("mask", new RandomStream(1, "mask"));

    @Override
    protected Tensor compute(Tensor x) {
      return x.mul(random.uniform(x.shape()).lt(0.5)).mul(2);
    }
  }

  /** Softmax at temperature 0.01: the cross-entropy of what is sure has no slope in floats. */
  private static final class Temperature extends Module {
    @Override
    protected Tensor compute(Tensor z) {
      return z.div(0.01);
    }
  }

  private static double robust(Victim victim, Attack attack) {
    return Robustness.of(Subject.of(victim, IMAGES, 50), attack).robustAccuracy();
  }

  private static Report quick(Module model) {
    return Evaluation.quick(THREAT, 1).run(Subject.of(Victim.of(model), IMAGES, 50));
  }

  private static Set<Integer> failed(Report report) {
    return report.checks().stream()
        .filter(c -> !c.passed())
        .map(Check::number)
        .collect(Collectors.toSet());
  }

  @Test
  void aPlainNetworkFallsAndIsNotFlagged() {
    Report report = quick(NET);
    assertEquals(1, report.cleanAccuracy());
    assertEquals(0, report.robustAccuracy());
    assertEquals(Set.of(), failed(report), report.checks().toString());
  }

  @Test
  void aQuantiserWithoutGradientIsFlaggedAndFallsToBpda() {
    Quantiser quantiser = new Quantiser();
    Report report = quick(new Sequential(quantiser, NET));
    assertTrue(report.robustAccuracy() > 0.9, "plain attacks leave " + report.robustAccuracy());
    assertTrue(failed(report).containsAll(Set.of(1, 4, 7)), report.checks().toString());
    Module around = new Sequential(Bpda.straightThrough(quantiser), NET);
    assertTrue(robust(Victim.of(around), PGD) <= 0.05);
  }

  @Test
  void aRandomMaskIsFlaggedAndFallsToExpectation() {
    Module masked = new Sequential(new RandomMask(), NET);
    Report report = quick(masked);
    assertTrue(failed(report).contains(2), report.checks().toString());
    double plain = report.robustAccuracy();
    Victim mean = Eot.mean(Victim.of(masked), 16, Eot.Of.LOSS);
    assertTrue(Evaluation.count(Subject.of(mean, IMAGES, 50).right()) > 90);
    double adaptive = robust(Victim.of(masked), Eot.of(PGD, 16));
    assertTrue(adaptive <= 0.05, "the expectation leaves " + adaptive + ", plain PGD " + plain);
  }

  @Test
  void aSharpSoftmaxIsFlaggedAndFallsToLossesThatKnowNoScale() {
    Module sharp = new Sequential(NET, new Temperature());
    Report report = quick(sharp);
    assertTrue(report.robustAccuracy() > 0.5, "plain attacks leave " + report.robustAccuracy());
    assertTrue(failed(report).containsAll(Set.of(1, 9, 10)), report.checks().toString());
    for (Loss loss : new Loss[] {Loss.DLR, Loss.MARGIN, Loss.CROSS_ENTROPY.scaled(0.01)}) {
      double left = robust(Victim.of(sharp), PGD.loss(loss));
      assertTrue(left <= 0.05, loss + " leaves " + left);
    }
  }
}
