package dev.teak.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.gradient.Apgd;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.attacks.minimum.CarliniWagner;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.SettingsException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Attacks as files and the command line write them. */
class WrittenAttacksTest {
  private static Attack attack(String text) {
    return Settings.parse(Attack.class, text);
  }

  @Test
  void anAttackIsReadWithItsThreatModelAndSettings() {
    assertEquals(Pgd.linf(8 / 255.0).steps(10), attack("pgd eps=8/255 steps=10"));
    assertEquals(Pgd.linf(0.3).steps(10), attack("pgd 0.3 steps 10"), "the bound comes first");
    assertEquals(Fgsm.linf(0.1), attack("fgsm(0.1)"));
    assertEquals(Pgd.l2(1).loss(Loss.MARGIN), attack("pgd {eps: 1, norm: l2, loss: margin}"));
    assertEquals(Apgd.ce(ThreatModel.linf(0.1)), attack("apgd-ce eps=0.1"));
    assertEquals(
        Fgsm.of(new ThreatModel(Norm.LINF, 8, 0, 255)), attack("fgsm eps=8 low=0 high=255"));
    assertEquals(Pgd.linf(0.1).goal(Goal.targeted(3)), attack("pgd eps=0.1 target=3"));
    assertEquals(Pgd.linf(0.1).goal(Goal.LEAST_LIKELY), attack("pgd eps=0.1 target=least-likely"));
  }

  @Test
  void whatSeeksTheSmallestChangeNeedsNoBound() {
    assertEquals(CarliniWagner.of(ThreatModel.unbounded(Norm.L2)), attack("cw"));
    assertEquals("cw", Settings.text(attack("cw")));
  }

  static Stream<Attack> attacks() {
    return Attacks.ALL.stream()
        .flatMap(e -> e.norms().stream().map(n -> e.under(new ThreatModel(n, 0.5, -1, 2))))
        .flatMap(a -> Stream.of(a, changed(a)));
  }

  /** Every number is another, as far as that is allowed. */
  private static Attack changed(Attack attack) {
    Attack other = attack;
    for (String key : dev.teak.attacks.evaluation.Settings.keys(attack)) {
      if (Attacks.REGISTRY.settings(attack).get(key) instanceof Integer n) {
        other = dev.teak.attacks.evaluation.Settings.with(other, key, "" + (n + 2));
      }
    }
    return other;
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void everyAttackIsWrittenAsItIsRead(Attack attack) {
    String text = Settings.text(attack);
    assertEquals(Attacks.REGISTRY.settings(attack), Attacks.REGISTRY.settings(attack(text)), text);
  }

  @Test
  void everyAttackIsListedForHelp() {
    assertEquals(Attacks.names().size(), Attacks.REGISTRY.entries().size());
    assertEquals(
        "eps=EPS loss=ce",
        Attacks.REGISTRY.entries().stream()
            .filter(e -> e.name().equals("fgsm"))
            .findFirst()
            .orElseThrow()
            .settings());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "pgdd eps=0.1; there is no attack 'pgdd', did you mean 'pgd'",
        "pgd; pgd: the setting 'eps' is missing",
        "pgd eps=0.1 stepz=3; there is no setting 'stepz', did you mean 'steps'",
        "pgd eps=0.1 steps=0; steps 0",
        "pgd eps=-1; epsilon -1.0: must be 0 or more",
        "cw norm=linf; cw is not defined in linf",
        "pgd eps=0.1 loss=cee; there is no loss 'cee'",
        "pgd eps=0.1 target=cat; expects a class, as 3, or least_likely, is 'cat'"
      })
  void aWrongTextIsExplained(String text, String said) {
    String message = assertThrows(SettingsException.class, () -> attack(text)).getMessage();
    assertTrue(message.startsWith("'" + text + "': "), message);
    assertTrue(message.contains(said), message);
  }

  @Test
  void onTheWayToItsFullStrengthAnAttackStepsLess() {
    Attack pgd = Pgd.linf(0.2).steps(10).stepSize(0.05).seed(5);
    assertEquals(
        Pgd.linf(0.1).steps(10).stepSize(0.025).seed(12),
        dev.teak.attacks.evaluation.Settings.weaker(pgd, 0.5, 7));
    assertEquals(
        Fgsm.linf(0.05), dev.teak.attacks.evaluation.Settings.weaker(Fgsm.linf(0.2), 0.25, 7));
  }
}
