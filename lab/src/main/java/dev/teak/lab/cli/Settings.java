package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Bim;
import dev.teak.attacks.Pgd;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** An attack's settings as they stand in JSON results. */
final class Settings {
  private Settings() {}

  static Map<String, Object> of(Attack attack) {
    Map<String, Object> s = new LinkedHashMap<>();
    s.put("name", attack.name());
    s.put("norm", attack.threat().norm().name().toLowerCase(Locale.ROOT));
    s.put("eps", attack.threat().epsilon());
    s.put("targeted", attack.goal().isTargeted() ? attack.goal().target() : null);
    if (attack instanceof Bim bim) {
      s.put("steps", bim.steps());
      s.put("step_size", bim.stepSize());
    }
    if (attack instanceof Pgd pgd) {
      s.put("steps", pgd.steps());
      s.put("step_size", pgd.stepSize());
      s.put("restarts", pgd.restarts());
      s.put("random_start", pgd.randomStart());
      s.put("seed", pgd.seed());
    }
    return s;
  }
}
