package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.adaptive.Eot;
import dev.teak.attacks.evaluation.Evaluation;
import dev.teak.attacks.evaluation.Report;
import dev.teak.attacks.evaluation.Robustness;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.attacks.gradient.Apgd;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.attacks.minimum.CarliniWagner;
import dev.teak.attacks.minimum.DeepFool;
import dev.teak.engine.Devices;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model with a detector, worked out by hand. */
class RejectingVictimTest {
  /** Four classes and "rejected", once above the label's logit and once below it. */
  private static final double[] LOGITS = {3, -1, 2, 0.5, 2.5, /* */ -7, -4, -5, -9, -4.5};

  private static final ThreatModel THREAT = ThreatModel.linf(0.2);

  private final Devices.Use use = Devices.use("reference");
  private final Tensor z = Tensor.of(LOGITS, 2, 5);
  private final Aim away = new Aim(Tensor.ofInts(new int[] {2, 1}, 2), null, true);
  private final Aim at = away.at(Tensor.ofInts(new int[] {3, 2}, 2));

  @AfterEach
  void close() {
    use.close();
  }

  @Test
  void theMarginIsAboveLabelAndRejection() {
    assertArrayEquals(new double[] {3 - 2.5, -5 + 4}, away.margin(z).toDoubles());
    assertArrayEquals(new double[] {0.5 - 3, -5 + 4}, at.margin(z).toDoubles());
    double[] above = {0.5 - 2.5, -5 + 4};
    assertArrayEquals(above, away.above(z, at.targets()).toDoubles());
  }

  @Test
  void theCrossEntropyIsThatOfLabelOrRejection() {
    double[] p = z.softmax().toDoubles();
    double[] held = {-Math.log(p[2] + p[4]), -Math.log(p[6] + p[9])};
    assertArrayEquals(held, Loss.CROSS_ENTROPY.of(z, away).toDoubles(), 1e-12);
    double[] there = {Math.log(p[3]), Math.log(p[7])};
    assertArrayEquals(there, Loss.CROSS_ENTROPY.of(z, at).toDoubles(), 1e-12);
  }

  @Test
  void theRatioIsOfTheClassesAlone() {
    // Sorted: 3, 2.5, 0.5, -1 and -4, -5, -7, -9.
    double[] untargeted = {(3 - 2.5) / 2.5, (-5 + 4) / 3.0};
    assertArrayEquals(untargeted, Loss.DLR.of(z, away).toDoubles(), 1e-11);
    double[] targeted = {(0.5 - 2.5) / (3 + 0.25), (-5 + 4) / (-4 + 8.0)};
    assertArrayEquals(targeted, Loss.DLR.of(z, at).toDoubles(), 1e-11);
  }

  @Test
  void noGoalIsTheRejection() {
    // Of the four classes the last is the least likely; "rejected" is less likely still.
    double[] logits = {3, 2, 1, 0, -1};
    Victim victim = Victim.rejecting(Layers.of(x -> Tensor.of(logits, 1, 5)));
    Tensor image = Tensor.zeros(1, 1, 1, 1);
    Tensor zero = Tensor.ofInts(new int[1], 1);
    assertEquals(3, Goal.LEAST_LIKELY.aim(victim, image, zero).targets().toInts()[0]);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Goal.targeted(4).aim(victim, image, zero).isTargeted())
            .getMessage();
    assertTrue(message.contains("target class 4 is outside 0..3"), message);
    assertThrows(
        IllegalArgumentException.class, () -> Goal.likely(4).aim(victim, image, zero).isTargeted());
  }

  /**
   * Of two pixels: class 1 where the first is above 1/2, and rejected where it is above the second
   * by more than 0.05. So the straight way from class 0 to class 1 leads into the rejection.
   */
  private static final Module GUARDED =
      Layers.of(
          x -> {
            Tensor pixels = x.reshape(-1, 2);
            Tensor first = pixels.slice(1, 0, 1, 1);
            Tensor second = pixels.slice(1, 1, 2, 1);
            Tensor none = first.mul(0);
            Tensor classes =
                Tensor.concat(1, List.of(none, first.sub(0.5).mul(4), none.sub(3), none.sub(4)));
            Tensor beyond = first.sub(second).sub(0.05).mul(4);
            return Tensor.concat(1, List.of(classes, classes.maxKeepDims(1).add(beyond)));
          });

  /** FAB is none of them: near a corner its pull back to the image undoes what a step gains. */
  static Stream<Attack> whiteBox() {
    return Stream.of(
        Pgd.of(THREAT).steps(20),
        Pgd.of(THREAT).steps(20).loss(Loss.MARGIN),
        Pgd.of(THREAT).steps(20).loss(Loss.DLR),
        Apgd.ce(THREAT).steps(20),
        Apgd.dlr(THREAT).steps(20),
        Apgd.targeted(THREAT).steps(20),
        DeepFool.of(THREAT),
        CarliniWagner.of(ThreatModel.l2(0.3)),
        Eot.of(Pgd.of(THREAT).steps(20), 2));
  }

  @ParameterizedTest
  @MethodSource("whiteBox")
  void whoeverKnowsOfTheDetectorFindsTheWayAroundIt(Attack attack) {
    Tensor image = Tensor.of(new float[] {0.4f, 0.4f}, 1, 1, 1, 2);
    AdversarialBatch made =
        attack.perturb(Victim.rejecting(GUARDED), image, Tensor.ofInts(new int[1], 1));
    assertTrue(made.success()[0]);
    assertEquals(1, made.predictions()[0]);
  }

  /** The first and the second are right, the third is wrong and the fourth rejected. */
  private static Subject subject() {
    float[] pixels = {0.4f, 0.4f, 0.4f, 0.9f, 0.6f, 0.9f, 0.4f, 0.3f};
    Examples examples = new Examples(pixels, new int[4], Shape.of(1, 1, 2));
    return Subject.of(Victim.rejecting(GUARDED), examples, 4);
  }

  /** To (0.6, 0.4), which is rejected, and to (0.6, 0.9), which is class 1. */
  private static final Attack STRAIGHT = new Fgsm(THREAT, Goal.UNTARGETED, Loss.MARGIN);

  @Test
  void anImageThatIsRejectedIsWrongAsItIsAndHeldWhereItIsAttacked() {
    assertArrayEquals(new int[] {0, 0, 1, Evaluate.REJECTED}, subject().predictions());
    Robustness r = Robustness.of(subject(), STRAIGHT);
    assertEquals(0.5, r.cleanAccuracy());
    assertEquals(1, r.rejected());
    assertEquals(0.25, r.robustAccuracy());
    assertEquals(0.5, r.successRate());
  }

  @Test
  void anEvaluationCountsWhatIsRejectedApart() {
    Evaluation straight =
        new Evaluation("own", THREAT, List.of(STRAIGHT), false, List.of(1.0), 0, 0);
    Report report = straight.run(subject());
    assertEquals(1, report.rejected());
    assertArrayEquals(new boolean[] {true, false, false, false}, report.standing());
  }
}
