package dev.teak.attacks.evaluation;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.MinimumNormAttack;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Numbers;
import dev.teak.nn.settings.Kind;
import dev.teak.nn.settings.NamedSettings;
import dev.teak.nn.settings.Nearest;
import dev.teak.nn.settings.SettingsException;
import dev.teak.nn.settings.Written;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Attacks as they are written: {@code pgd eps=8/255 steps=10}. First comes what they may do, {@code
 * eps}, {@code norm}, {@code low} and {@code high}, and what they are after, {@code target}; then
 * what {@link Settings} can change. What is not written is as the attack's authors set it under
 * that threat model.
 */
final class WrittenAttacks implements Kind<Attack> {
  private static final String EPS = "eps";
  private static final String NORM = "norm";
  private static final String LOW = "low";
  private static final String HIGH = "high";
  private static final String TARGET = "target";

  /** What is written of a goal that is no class. */
  private static final String LEAST_LIKELY = "least_likely";

  @Override
  public String noun() {
    return "attack";
  }

  @Override
  public Attack read(Written written) {
    return read(written, Map.of(), norm -> null);
  }

  /**
   * As above.
   *
   * @param open settings of those that the text leaves open, where the attack has them
   * @param epsilon in a norm, where the text leaves it open; null for none
   */
  Attack read(Written written, Map<String, Object> open, Function<Norm, Double> epsilon) {
    NamedSettings named = NamedSettings.of(written, noun());
    Attacks.Entry entry = require(named);
    Map<String, Type> types = types(entry);
    Map<String, Object> given = named.read(types);
    open.forEach(
        (key, value) -> {
          if (types.containsKey(key)) {
            given.putIfAbsent(key, value);
          }
        });
    if (!given.containsKey(EPS) && !(prototype(entry) instanceof MinimumNormAttack)) {
      Double usual = epsilon.apply((Norm) given.getOrDefault(NORM, usualNorm(entry)));
      if (usual != null) {
        given.put(EPS, usual);
      }
    }
    try {
      return made(entry, given);
    } catch (SettingsException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      String said = e.getMessage();
      throw named.place().wrong(said.startsWith(entry.name()) ? said : entry.name() + ": " + said);
    }
  }

  private static String underscored(String name) {
    return name.replace('-', '_');
  }

  private static Attacks.Entry require(NamedSettings named) {
    List<String> names = new ArrayList<>();
    for (Attacks.Entry entry : Attacks.all()) {
      if (underscored(entry.name()).equals(named.name())) {
        return entry;
      }
      names.add(entry.name());
    }
    String what =
        named.name().isEmpty()
            ? "expects the name of an attack"
            : "there is no attack '" + named.name() + "'" + Nearest.of(named.name(), names);
    throw named.place().wrong(what + "; choose " + String.join(", ", names));
  }

  private static Attack prototype(Attacks.Entry entry) {
    return entry.under(new ThreatModel(usualNorm(entry), 1, 0, 1));
  }

  /** L-infinity, then L2, L1 and L0: the first that it is defined in. */
  private static Norm usualNorm(Attacks.Entry entry) {
    for (Norm norm : List.of(Norm.LINF, Norm.L2, Norm.L1)) {
      if (entry.norms().contains(norm)) {
        return norm;
      }
    }
    return Norm.L0;
  }

  private static Map<String, Type> types(Attacks.Entry entry) {
    Map<String, Type> types = new LinkedHashMap<>();
    types.put(EPS, double.class);
    Settings.types(prototype(entry)).forEach(types::put);
    types.put(NORM, Norm.class);
    types.put(LOW, double.class);
    types.put(HIGH, double.class);
    types.put(TARGET, String.class);
    return types;
  }

  private static Attack made(Attacks.Entry entry, Map<String, Object> given) {
    boolean smallest = prototype(entry) instanceof MinimumNormAttack;
    if (!smallest && !given.containsKey(EPS)) {
      throw new IllegalArgumentException(
          "the setting 'eps' is missing, the largest change: a number, as 0.03 or 8/255");
    }
    ThreatModel threat =
        new ThreatModel(
            (Norm) given.getOrDefault(NORM, usualNorm(entry)),
            (double) given.getOrDefault(EPS, Double.POSITIVE_INFINITY),
            (double) given.getOrDefault(LOW, 0.0),
            (double) given.getOrDefault(HIGH, 1.0));
    Attack attack = entry.under(threat);
    Map<String, Object> others = new LinkedHashMap<>(given);
    others.keySet().removeAll(List.of(NORM, EPS, LOW, HIGH, TARGET));
    attack = Settings.with(attack, others);
    return given.containsKey(TARGET)
        ? Settings.with(attack, goal((String) given.get(TARGET)))
        : attack;
  }

  private static Goal goal(String written) {
    try {
      return underscored(written).equals(LEAST_LIKELY)
          ? Goal.LEAST_LIKELY
          : Goal.targeted(Integer.parseInt(written));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "target: expects a class, as 3, or " + LEAST_LIKELY + ", is '" + written + "'", e);
    }
  }

  @Override
  public Map<String, Object> settings(Attack attack) {
    return Settings.of(attack);
  }

  /** What differs from what its authors set under its threat model. */
  @Override
  public String text(Attack attack) {
    Attacks.Entry entry = Attacks.of(attack);
    StringBuilder text = new StringBuilder(entry.name());
    ThreatModel threat = attack.threat();
    if (threat.isBounded() || !(attack instanceof MinimumNormAttack)) {
      append(text, EPS, threat.epsilon());
    }
    if (threat.norm() != usualNorm(entry)) {
      append(text, NORM, threat.norm().toString().toLowerCase(Locale.ROOT));
    }
    if (threat.low() != 0) {
      append(text, LOW, threat.low());
    }
    if (threat.high() != 1) {
      append(text, HIGH, threat.high());
    }
    Attack usual = entry.under(threat);
    Map<String, Object> defaults = Settings.of(usual);
    Map<String, Object> own = Settings.of(attack);
    for (String key : Settings.keys(attack)) {
      if (!own.get(key).equals(defaults.get(key))) {
        append(text, key, own.get(key));
      }
    }
    if (!attack.goal().equals(usual.goal())) {
      boolean least = attack.goal().equals(Goal.LEAST_LIKELY);
      append(text, TARGET, least ? LEAST_LIKELY : attack.goal().number());
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String key, Object value) {
    Object shown = value instanceof Double d ? Numbers.exact(d) : value;
    text.append(' ').append(key).append('=').append(shown);
  }

  @Override
  public List<Kind.Entry> entries() {
    List<Kind.Entry> entries = new ArrayList<>();
    for (Attacks.Entry entry : Attacks.all()) {
      Attack attack = prototype(entry);
      List<String> settings = new ArrayList<>();
      if (!(attack instanceof MinimumNormAttack)) {
        settings.add(EPS + "=EPS");
      }
      Map<String, Object> defaults = Settings.of(attack);
      Settings.keys(attack).forEach(key -> settings.add(key + "=" + defaults.get(key)));
      entries.add(
          new Kind.Entry(underscored(entry.name()), String.join(" ", settings), entry.summary()));
    }
    return entries;
  }
}
