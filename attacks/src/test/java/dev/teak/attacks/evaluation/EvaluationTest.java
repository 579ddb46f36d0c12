package dev.teak.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Attack;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.blackbox.Square;
import dev.teak.attacks.gradient.Apgd;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.RandomStream;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  private static final Module NET = Quadrants.trained();

  // At 0.12 some images fall and some stand.
  private static final ThreatModel THREAT = ThreatModel.linf(0.12);

  private static Examples images() {
    Examples e = Quadrants.examples(3, 60);
    e.labels()[0] = (e.labels()[0] + 1) % Quadrants.CLASSES; // wrong without an attack
    return e;
  }

  private static Subject subject(Journal journal) {
    return new Subject(Victim.of(NET), images(), 16, journal, Progress.SILENT);
  }

  private static Evaluation of(boolean cascade, Attack... attacks) {
    return new Evaluation("own", THREAT, List.of(attacks), cascade, List.of(), 0, 1);
  }

  private static Square square() {
    return Square.of(THREAT).queries(100);
  }

  @Test
  void theWorstCaseIsThatOfEachImageAndCleanErrorsCount() {
    Report r = of(false, Fgsm.of(THREAT), Pgd.of(THREAT), square()).run(subject(Journal.NONE));
    assertEquals(59.0 / 60, r.cleanAccuracy());
    assertFalse(r.standing()[0], "an image that is wrong without an attack stands");
    double least =
        r.attacks().stream().mapToDouble(Report.Line::robustAccuracy).min().orElseThrow();
    assertTrue(r.robustAccuracy() <= least);
    assertTrue(r.robustAccuracy() > 0 && r.robustAccuracy() < 1, "at " + r.robustAccuracy());
    assertEquals(r.robustAccuracy(), Evaluation.count(r.standing()) / 60.0);
    assertTrue(r.interval().low() < r.robustAccuracy());
    assertTrue(r.interval().high() > r.robustAccuracy());
  }

  @Test
  void aCascadeComesToTheSameImagesWithFewerQueries() {
    Attack[] attacks = {Fgsm.of(THREAT), Apgd.ce(THREAT).steps(20), square()};
    Report whole = of(false, attacks).run(subject(Journal.NONE));
    Report cascade = of(true, attacks).run(subject(Journal.NONE));
    assertArrayEquals(whole.standing(), cascade.standing());
    for (int i = 1; i < attacks.length; i++) {
      Report.Line after = cascade.attacks().get(i);
      assertTrue(after.robustAccuracy() <= cascade.attacks().get(i - 1).robustAccuracy());
      assertTrue(after.forwards() < whole.attacks().get(i).forwards(), after.name());
    }
  }

  /** Keeps what it is given, and kills the evaluation after so many batches. */
  private static final class Killing implements Journal {
    private final Map<String, List<Outcomes>> kept = new LinkedHashMap<>();
    private int left;

    Killing(int batches) {
      left = batches;
    }

    @Override
    public List<Outcomes> read(String attack) {
      return List.copyOf(kept.getOrDefault(attack, List.of()));
    }

    @Override
    public void write(String attack, Outcomes outcomes) {
      kept.computeIfAbsent(attack, a -> new ArrayList<>()).add(outcomes);
      if (left-- == 0) {
        throw new IllegalStateException("killed");
      }
    }
  }

  @Test
  void aKilledEvaluationGoesOnToTheSameReport() {
    Evaluation evaluation = of(true, Fgsm.of(THREAT), Apgd.ce(THREAT).steps(20), square());
    Report once = evaluation.run(subject(Journal.NONE));
    Killing journal = new Killing(2);
    for (int kills = 0; kills < 2; kills++) {
      assertThrows(IllegalStateException.class, () -> evaluation.run(subject(journal)));
      journal.left = 1;
    }
    journal.left = Integer.MAX_VALUE;
    Report resumed = evaluation.run(subject(journal));
    assertArrayEquals(once.standing(), resumed.standing());
    for (int i = 0; i < 3; i++) {
      assertEquals(
          once.attacks().get(i).robustAccuracy(), resumed.attacks().get(i).robustAccuracy());
      assertEquals(once.attacks().get(i).forwards(), resumed.attacks().get(i).forwards());
      assertEquals(once.attacks().get(i).gradients(), resumed.attacks().get(i).gradients());
    }
  }

  @Test
  void protocolsFitTheNormAndTheNumberOfClasses() {
    for (String protocol : Evaluation.PROTOCOLS) {
      for (int classes : new int[] {2, 3, 4, 10}) {
        Evaluation e = Evaluation.byName(protocol, THREAT, classes, 1);
        for (Attack attack : e.attacks()) {
          assertFalse(classes == 2 && attack.toString().contains("loss=dlr"), attack.toString());
        }
      }
    }
    List<String> names =
        Evaluation.autoattack(THREAT, 10, 1).attacks().stream().map(Attack::name).toList();
    assertEquals(List.of("apgd-ce", "apgd-t", "fab-t", "square"), names);
    assertThrows(
        IllegalArgumentException.class, () -> Evaluation.byName("thorough", THREAT, 10, 1));
    assertThrows(
        IllegalArgumentException.class, () -> Evaluation.autoattack(ThreatModel.l1(10), 10, 1));
    assertFalse(Evaluation.standard(ThreatModel.l1(10), 10, 1).attacks().isEmpty());
  }

  @Test
  void twoClassesAreEvaluatedByEveryProtocol() {
    Module two = Models.parse("mlp").build(Quadrants.IMAGE, 2, new RandomStream(1, "init"));
    Examples e = Quadrants.examples(3, 12);
    for (int i = 0; i < e.size(); i++) {
      e.labels()[i] %= 2;
    }
    Evaluation all = Evaluation.autoattack(THREAT, 2, 1);
    Report r = all.checked(4).run(Subject.of(Victim.of(two), e, 8));
    assertTrue(r.robustAccuracy() <= r.cleanAccuracy());
    assertEquals(10, r.checks().size());
  }

  @Test
  void theCurveBeginsAtTheCleanAccuracyAndFalls() {
    Report r = Evaluation.quick(THREAT, 1).run(subject(Journal.NONE));
    assertEquals(0, r.curve().get(0).epsilon());
    assertEquals(r.cleanAccuracy(), r.curve().get(0).robustAccuracy());
    for (int i = 1; i < r.curve().size(); i++) {
      assertTrue(r.curve().get(i).robustAccuracy() <= r.curve().get(i - 1).robustAccuracy());
    }
  }

  @Test
  void imagesWithoutNumbersForLogitsAreNeitherRightNorRobustAndAreCounted() {
    Module broken = Layers.of(x -> NET.forward(x).mul(Double.NaN));
    Subject subject = Subject.of(Victim.of(broken), Quadrants.examples(3, 8), 4);
    Report report = Evaluation.quick(THREAT, 1).checked(0).run(subject);
    assertEquals(0, report.cleanAccuracy());
    assertEquals(0, report.robustAccuracy());
    assertEquals(8, report.nanLogits());
    Robustness r = Robustness.of(subject, Pgd.of(THREAT));
    assertEquals(0, r.cleanAccuracy());
    assertEquals(0, r.robustAccuracy());
    assertEquals(0, r.successRate());
    assertEquals(8, r.nanLogits());
  }

  @Test
  void oneLogitIsRefused() {
    Module sigmoid = Layers.of(x -> x.sum(1, 2, 3).reshape(-1, 1));
    Subject subject = Subject.of(Victim.of(sigmoid), Quadrants.examples(3, 8), 4);
    assertThrows(
        IllegalArgumentException.class, () -> Robustness.of(subject, Pgd.of(THREAT)).images());
  }

  @Test
  void nothingToAttackIsAnError() {
    Examples none = Quadrants.examples(3, 4).slice(0, 0);
    assertThrows(IllegalArgumentException.class, () -> Subject.of(Victim.of(NET), none, 8));
  }

  @Test
  void aWilsonIntervalIsThatOfTheTextbook() {
    // 8 of 10: 0.4902 to 0.9433 (Newcombe 1998, table I, method 3).
    Report.Interval i = Report.Interval.of(8, 10);
    assertEquals(0.4902, i.low(), 1e-4);
    assertEquals(0.9433, i.high(), 1e-4);
    assertEquals(0, Report.Interval.of(0, 10).low(), 1e-12);
    assertEquals(1, Report.Interval.of(10, 10).high(), 1e-12);
  }
}
