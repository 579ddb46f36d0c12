package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.blackbox.Boundary;
import dev.teak.attacks.blackbox.HopSkipJump;
import dev.teak.attacks.blackbox.Zoo;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.attacks.gradient.Apgd;
import dev.teak.attacks.gradient.Bim;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.attacks.minimum.CarliniWagner;
import dev.teak.attacks.minimum.CarliniWagnerLinf;
import dev.teak.attacks.minimum.Ddn;
import dev.teak.attacks.minimum.DeepFool;
import dev.teak.attacks.minimum.Ead;
import dev.teak.attacks.minimum.Fab;
import dev.teak.attacks.minimum.Fmn;
import dev.teak.attacks.minimum.Lbfgs;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** On a linear model every attack's outcome is known in closed form. */
class LinearModelTest {
  private final LinearNet net = new LinearNet(0);

  private boolean flips(Attack attack) {
    return attack.perturb(net, net.image(), net.labels()).success()[0];
  }

  @ParameterizedTest
  @EnumSource(
      value = Norm.class,
      names = {"LINF", "L2"})
  void fgsmFlipsJustWhenEpsilonExceedsTheDistance(Norm norm) {
    double distance = net.distance(norm);
    assertEquals(false, flips(Fgsm.of(new ThreatModel(norm, distance * 0.999, 0, 1))));
    assertEquals(true, flips(Fgsm.of(new ThreatModel(norm, distance * 1.001, 0, 1))));
  }

  private static Pgd pgd(Norm norm, double epsilon) {
    // From the far side of the ball the edge is up to 2 epsilon away.
    ThreatModel threat = new ThreatModel(norm, epsilon, 0, 1);
    return Pgd.of(threat).steps(200);
  }

  @ParameterizedTest
  @EnumSource(
      value = Norm.class,
      names = {"LINF", "L2", "L1"})
  void pgdReachesTheEdgeOfTheBallAndNoFarther(Norm norm) {
    double distance = net.distance(norm);
    assertEquals(false, flips(pgd(norm, distance * 0.999)));
    assertEquals(true, flips(pgd(norm, distance * 1.01)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Norm.class,
      names = {"LINF", "L2"})
  void apgdReachesTheEdgeOfTheBallAndNoFarther(Norm norm) {
    double distance = net.distance(norm);
    assertEquals(false, flips(Apgd.ce(new ThreatModel(norm, distance * 0.999, 0, 1))));
    assertEquals(true, flips(Apgd.ce(new ThreatModel(norm, distance * 1.001, 0, 1))));
  }

  @Test
  void bimReachesTheEdgeOfTheBallAndNoFarther() {
    double distance = net.distance(Norm.LINF);
    assertEquals(false, flips(Bim.linf(distance * 0.999)));
    assertEquals(true, flips(Bim.linf(distance * 1.001)));
  }

  /** Attack, and by what share it may end beyond the boundary: its own overshoot or search. */
  static Stream<Arguments> seekers() {
    ThreatModel l2 = ThreatModel.unbounded(Norm.L2);
    ThreatModel linf = ThreatModel.unbounded(Norm.LINF);
    ThreatModel l1 = ThreatModel.unbounded(Norm.L1);
    return Stream.of(
        // Stretched by its overshoot, and 0.0001 beyond the boundary before that.
        Arguments.of(DeepFool.of(l2), 0.022),
        Arguments.of(DeepFool.of(linf), 0.03),
        Arguments.of(Fmn.of(l2), 0.02),
        Arguments.of(Fmn.of(linf), 0.02),
        Arguments.of(Fmn.of(l1), 0.02),
        Arguments.of(Fab.of(l2), 0.02),
        Arguments.of(Fab.of(linf), 0.02),
        Arguments.of(Fab.of(l1), 0.02),
        Arguments.of(Fab.targeted(linf), 0.02),
        Arguments.of(Ddn.of(l2), 0.05),
        Arguments.of(new CarliniWagner(l2, Goal.UNTARGETED, 0, 9, 400, 0.01, 1e-3, true), 0.02),
        // Its tau is cut by a thirtieth at a time.
        Arguments.of(
            new CarliniWagnerLinf(linf, Goal.UNTARGETED, 0, 200, 5e-3, 1e-2, 20, 0.97), 0.05),
        Arguments.of(new Lbfgs(l2, Goal.UNTARGETED, 15, 100, 0.01), 0.05),
        // The squares in its objective spread the change over more pixels than L1 alone would.
        Arguments.of(new Ead(l1, Goal.UNTARGETED, 0, 0.01, false, 9, 300, 0.01, 1e-2, true), 0.15),
        Arguments.of(new Boundary(l2, Goal.UNTARGETED, 3000, 0.01, 0.01, 100, 1), 0.05),
        Arguments.of(new HopSkipJump(l2, Goal.UNTARGETED, 20, 100, 1000, 1, 100, 1), 0.05),
        Arguments.of(new HopSkipJump(linf, Goal.UNTARGETED, 20, 100, 1000, 1, 100, 1), 0.1),
        Arguments.of(new Zoo(l2, Goal.UNTARGETED, 0, 6, 200, 16, 0.01, 1e-3, 1e-2, true, 1), 0.05));
  }

  @ParameterizedTest
  @MethodSource("seekers")
  void theNearestBoundaryIsFound(Attack attack, double beyond) {
    double distance = net.distance(attack.threat().norm());
    AdversarialBatch made = attack.perturb(net, net.image(), net.labels());
    double found = made.distances()[0];
    String what = attack + " found " + found + " where the boundary is at " + distance;
    assertTrue(found >= distance * (1 - 1e-5), what);
    assertTrue(found <= distance * (1 + beyond), what);
    assertEquals(1, made.successRate(distance * (1 + beyond)));
    assertEquals(0, made.successRate(distance * 0.999));
  }

  @ParameterizedTest
  @MethodSource("seekers")
  void aSeekerWithAnEpsilonFailsBeyondIt(Attack attack, double beyond) {
    double distance = net.distance(attack.threat().norm());
    Attack bounded = Settings.with(attack, attack.threat().withEpsilon(distance * 0.99));
    AdversarialBatch made = bounded.perturb(net, net.image(), net.labels());
    assertEquals(false, made.success()[0]);
    assertArrayEquals(net.image().toFloats(), made.images().toFloats());
  }

  @Test
  void pgdOfOneFullStepFromTheImageIsFgsm() {
    for (Norm norm : new Norm[] {Norm.LINF, Norm.L2, Norm.L1}) {
      ThreatModel threat = new ThreatModel(norm, 0.1, 0, 1);
      Pgd one = Pgd.of(threat).steps(1).stepSize(0.1).fromTheImage();
      assertArrayEquals(
          Fgsm.of(threat).perturb(net, net.image(), net.labels()).images().toFloats(),
          one.perturb(net, net.image(), net.labels()).images().toFloats());
    }
  }

  @Test
  void theMarginIsRightWhereAllLogitsAreNegative() {
    LinearNet negative = new LinearNet(-1000);
    double distance = net.distance(Norm.L2);
    Attack cw =
        new CarliniWagner(
            ThreatModel.unbounded(Norm.L2), Goal.UNTARGETED, 0, 9, 400, 0.01, 1e-3, true);
    AdversarialBatch made = cw.perturb(negative, net.image(), net.labels());
    // Logits of -1000 have only four digits left behind the point.
    assertEquals(distance, made.distances()[0], distance * 0.03);
  }

  @Test
  void targetedAttacksReachTheTargetAndOnlyThat() {
    Goal other = Goal.targeted(1 - net.label());
    assertTrue(flips(Pgd.linf(0.1).goal(other)));
    AdversarialBatch stays =
        Pgd.linf(0.1).goal(Goal.targeted(net.label())).perturb(net, net.image(), net.labels());
    assertEquals(net.label(), stays.predictions()[0]);
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> flips(Pgd.linf(0.4).goal(Goal.targeted(2))))
            .getMessage();
    assertTrue(message.contains("target class 2 is outside 0..1"), message);
  }

  @Test
  void nonsenseSettingsAreRejected() {
    assertThrows(IllegalArgumentException.class, () -> Fgsm.linf(-0.1));
    assertThrows(IllegalArgumentException.class, () -> Fgsm.linf(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Pgd.linf(0.1).steps(0));
    assertThrows(IllegalArgumentException.class, () -> Pgd.linf(0.1).stepSize(-1));
    assertThrows(IllegalArgumentException.class, () -> Goal.targeted(-2));
    assertThrows(IllegalArgumentException.class, () -> Apgd.ce(ThreatModel.l1(1)));
    assertThrows(IllegalArgumentException.class, () -> CarliniWagner.of(ThreatModel.linf(0.1)));
    assertThrows(IllegalArgumentException.class, () -> ThreatModel.parse("linf"));
    assertThrows(IllegalArgumentException.class, () -> ThreatModel.parse("l3:1"));
  }
}
