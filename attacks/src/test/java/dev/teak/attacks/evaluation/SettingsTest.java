package dev.teak.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Loss;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.gradient.Pgd;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private final Attack pgd = Pgd.linf(0.3);

  @Test
  void settingsAreTheRecordsComponentsByTheFieldsNames() {
    Map<String, Object> settings = Settings.of(pgd);
    assertEquals("pgd", settings.get("name"));
    assertEquals("linf", settings.get("norm"));
    assertEquals(0.3, settings.get("eps"));
    assertEquals("ce", settings.get("loss"));
    assertEquals(40, settings.get("steps"));
    assertEquals(0.3 / 30, settings.get("step_size"));
    assertEquals(true, settings.get("random_start"));
    assertEquals("untargeted", settings.get("goal"));
  }

  @Test
  void oneSettingIsChangedAndTheOthersStay() {
    assertEquals(Pgd.linf(0.3).steps(7), Settings.with(pgd, "steps", "7"));
    assertEquals(Pgd.linf(0.3).stepSize(0.5), Settings.with(pgd, "step-size", "0.5"));
    assertEquals(Pgd.linf(0.3).stepSize(2 / 255.0), Settings.with(pgd, "step_size", "2/255"));
    assertEquals(Pgd.linf(0.3).fromTheImage(), Settings.with(pgd, "random_start", "false"));
    assertEquals(Pgd.linf(0.3).loss(Loss.DLR), Settings.with(pgd, "loss", "dlr"));
    assertEquals(Pgd.linf(0.3).seed(1L << 40), Settings.with(pgd, "seed", "" + (1L << 40)));
    assertEquals(Pgd.linf(0.3).goal(Goal.targeted(2)), Settings.with(pgd, Goal.targeted(2)));
    Attack other = Settings.with(pgd, ThreatModel.l2(1));
    assertEquals(ThreatModel.l2(1), other.threat());
  }

  @Test
  void aThreatModelsEpsilonMayBeAFraction() {
    assertEquals(ThreatModel.linf(8 / 255.0), ThreatModel.parse("linf:8/255"));
    assertEquals(ThreatModel.l2(0.5), ThreatModel.parse("l2:128/256"));
    for (String wrong : new String[] {"linf:8/0", "linf:8/255/2", "linf:-8/255", "linf:8/"}) {
      String said =
          assertThrows(IllegalArgumentException.class, () -> ThreatModel.parse(wrong)).getMessage();
      assertTrue(said.endsWith("as linf:0.3 or linf:8/255"), said);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "stepz, 3, 'pgd has no setting ''stepz''; it has loss, steps, step_size'",
    "steps, 3.5, 'steps ''3.5'': expects a whole number'",
    "steps, 0, 'steps 0: must be 1 or more'",
    "step_size, x, 'step_size ''x'': expects a number'",
    "step_size, 2/0, 'step_size ''2/0'': expects a number, as 0.03 or 8/255'",
    "steps, 4/2, 'steps ''4/2'': expects a whole number'",
    "random_start, yes, 'random_start ''yes'': expects true or false'",
    "loss, hinge, 'there is no loss ''hinge'''",
    "loss, ce*x, 'loss ''ce*x'': expects a loss, as ce or ce*10'",
    "threat, 3, 'pgd has no setting ''threat'''",
  })
  void whatDoesNotFitIsAnErrorThatSaysWhatWould(String key, String value, String part) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Settings.with(pgd, key, value))
            .getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void everyAttackShowsItsSettings() {
    for (Attacks.Entry entry : Attacks.ALL) {
      for (var norm : entry.norms()) {
        Attack attack = entry.defaults().apply(new ThreatModel(norm, 1, 0, 1));
        assertEquals(entry.name(), attack.name());
        assertEquals(1.0, attack.name().equals("spatial") ? 1.0 : attack.threat().epsilon());
        assertEquals(entry.name(), Settings.of(attack).get("name"));
      }
    }
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> Attacks.byName("cw", ThreatModel.linf(0.3)))
            .getMessage();
    assertTrue(message.contains("cw is not defined in linf"), message);
  }
}
