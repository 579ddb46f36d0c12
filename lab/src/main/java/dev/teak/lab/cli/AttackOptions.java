package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.evaluation.Attacks;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.nn.settings.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which attacks, and with which settings. */
final class AttackOptions {
  /** PGD on other models. */
  static final String TRANSFER = "transfer";

  /** One change for all images. */
  static final String UNIVERSAL = "universal";

  @Option(
      names = "--attack",
      required = true,
      paramLabel = "A",
      description =
          "its name, or with settings of its own as 'pgd(eps=8/255 steps=10)'; again for"
              + " each of several on the same images; 'list' prints them all")
  private List<String> texts;

  @Option(
      names = "--norm",
      paramLabel = "N",
      description = "linf, l2, l1 or l0; by default linf, where the attack has it")
  private String normName;

  @Option(
      names = "--eps",
      paramLabel = "X",
      description =
          "largest change, as 0.3 or 8/255, pixels in 0..1; by default 0.3 in linf, 2 in"
              + " l2, 10 in l1, and without bound for attacks that seek the smallest change")
  private Double eps;

  @Option(
      names = "--param",
      paramLabel = "KEY=VALUE",
      description = "a setting of every attack; may be given again")
  private Map<String, String> params = new LinkedHashMap<>();

  @Option(names = "--steps", paramLabel = "N", description = "short for --param steps=N")
  private String steps;

  @Option(names = "--step-size", paramLabel = "X", description = "for --param step_size=X")
  private String stepSize;

  @Option(names = "--restarts", paramLabel = "N", description = "short for --param restarts=N")
  private String restarts;

  @Option(names = "--targeted", paramLabel = "CLASS", description = "aim at this class")
  private Integer targeted;

  /** An attack, and how it is called if it needs other models. */
  record Named(String name, Attack attack) {}

  boolean isList() {
    return texts.equals(List.of("list"));
  }

  /** The class that is aimed at; null for any wrong one. */
  Integer targeted() {
    return targeted;
  }

  /** Fails where a class that is aimed at is not there. */
  void requireClass(String data, int classes) {
    if (targeted != null && targeted >= classes) {
      throw new UsageException(
          "--targeted " + targeted + ": " + data + " has classes 0.." + (classes - 1));
    }
  }

  /**
   * All attacks, in their order.
   *
   * @param seed of those that are told no other
   */
  List<Named> attacks(long seed) {
    Options.nonNegative("--eps", eps == null ? 0 : eps);
    Options.atLeast("--targeted", targeted == null ? 0 : targeted, 0);
    List<Named> all = new ArrayList<>();
    for (String text : texts) {
      String name = dev.teak.nn.settings.Settings.name(Written.of(text));
      all.add(new Named(name, attack(text, name, seed)));
    }
    return all;
  }

  private Attack attack(String text, String name, long seed) {
    boolean overOthers = name.equals(TRANSFER) || name.equals(UNIVERSAL);
    String known = overOthers ? "pgd" + text.strip().substring(name.length()) : text;
    try {
      Attack attack = Attacks.read(Written.of(known), norm(), eps, seed);
      for (Map.Entry<String, String> e : allParams().entrySet()) {
        attack = Settings.with(attack, e.getKey(), e.getValue());
      }
      return targeted == null ? attack : Settings.with(attack, Goal.targeted(targeted));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--attack " + e.getMessage());
    }
  }

  private Norm norm() {
    if (normName == null) {
      return null;
    }
    try {
      return Norm.valueOf(normName.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new UsageException("there is no norm '" + normName + "'; choose linf, l2, l1, l0");
    }
  }

  private Map<String, String> allParams() {
    Map<String, String> all = new LinkedHashMap<>(params);
    Map<String, String> shorts = new LinkedHashMap<>();
    shorts.put("steps", steps);
    shorts.put("step_size", stepSize);
    shorts.put("restarts", restarts);
    shorts.forEach(
        (key, value) -> {
          if (value != null) {
            all.put(key, value);
          }
        });
    return all;
  }
}
