package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.evaluation.Attacks;
import dev.teak.attacks.evaluation.Settings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All attacks with their settings, as {@code --attack list} prints them. */
final class AttackList {
  private AttackList() {}

  /** Prints them; gives them as rows of a result. */
  static List<Map<String, Object>> print(PrintWriter out) {
    Attacks.Kind kind = null;
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Attacks.Entry entry : Attacks.all()) {
      if (entry.kind() != kind) {
        kind = entry.kind();
        out.printf("%s:%n", words(kind));
      }
      Norm norm = entry.norms().contains(Norm.LINF) ? Norm.LINF : entry.norms().iterator().next();
      Attack attack = entry.under(new ThreatModel(norm, Attacks.usualEpsilon(norm), 0, 1));
      Map<String, Object> settings = Settings.of(attack);
      List<String> shown = new ArrayList<>();
      Settings.keys(attack).forEach(key -> shown.add(key + "=" + settings.get(key)));
      out.printf("  %-16s %s; %s%n", entry.name(), entry.summary(), entry.norms());
      if (!shown.isEmpty()) {
        out.printf("  %-16s   %s%n", "", String.join(" ", shown));
      }
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", entry.name());
      row.put("kind", words(entry.kind()));
      row.put("norms", entry.norms().stream().map(Norm::toString).toList());
      row.put("summary", entry.summary());
      row.put("defaults", settings);
      rows.add(row);
    }
    out.printf("over other models:%n");
    out.printf("  %-16s %s%n", AttackOptions.TRANSFER, "PGD on the models given by --source");
    out.printf(
        "  %-16s %s%n",
        AttackOptions.UNIVERSAL, "one change for all, found on training images; linf, l2");
    out.flush();
    return rows;
  }

  private static String words(Attacks.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
