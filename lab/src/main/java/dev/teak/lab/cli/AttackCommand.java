package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.adaptive.Eot;
import dev.teak.attacks.blackbox.Transfer;
import dev.teak.attacks.evaluation.Attacks;
import dev.teak.attacks.evaluation.Journal;
import dev.teak.attacks.evaluation.Robustness;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.attacks.minimum.UniversalPerturbation;
import dev.teak.engine.Devices;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.nn.Module;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code teak attack}: what an attack leaves of a trained model's accuracy on the test images. */
@Command(
    name = "attack",
    mixinStandardHelpOptions = true,
    description = {
      "Attack a trained model on the test images. Robust accuracy is the share of all images that",
      "are classified correctly both as they are and after the attack. '--attack list' names the",
      "attacks and their settings."
    })
final class AttackCommand implements Callable<Integer> {
  private static final String TRANSFER = "transfer";
  private static final String UNIVERSAL = "universal";

  @Mixin private CommonOptions common;
  @Mixin private SubjectOptions options;
  @Spec private CommandSpec spec;

  @Option(
      names = "--attack",
      required = true,
      paramLabel = "A",
      description = "its name; 'list' prints them all")
  private String name;

  @Option(
      names = "--norm",
      paramLabel = "N",
      description = "linf, l2, l1 or l0; by default linf, where the attack has it")
  private String normName;

  @Option(
      names = "--eps",
      paramLabel = "X",
      description = {
        "largest change, as 0.3 or 8/255, pixels in 0..1; by default 0.3 in linf, 2 in l2, 10 in",
        "l1, and without bound for attacks that seek the smallest change"
      })
  private Double eps;

  @Option(
      names = "--param",
      paramLabel = "KEY=VALUE",
      description = "a setting of the attack; may be given again")
  private Map<String, String> params = new LinkedHashMap<>();

  @Option(names = "--steps", paramLabel = "N", description = "short for --param steps=N")
  private String steps;

  @Option(names = "--step-size", paramLabel = "X", description = "for --param step_size=X")
  private String stepSize;

  @Option(names = "--restarts", paramLabel = "N", description = "short for --param restarts=N")
  private String restarts;

  @Option(names = "--targeted", paramLabel = "CLASS", description = "aim at this class")
  private Integer targeted;

  @Option(
      names = "--source",
      paramLabel = "FILE",
      description =
          "with --attack transfer: a model to attack in this one's place; may be repeated")
  private List<Path> sources = List.of();

  @Option(
      names = "--fit",
      paramLabel = "N",
      description = "with --attack universal: training images it is found on; ${DEFAULT-VALUE}")
  private int fit = 500;

  @Override
  public Integer call() throws IOException {
    if (name.equals("list")) {
      return list();
    }
    common.checkJson();
    options.check();
    Options.nonNegative("--eps", eps == null ? 0 : eps);
    Options.atLeast("--targeted", targeted == null ? 0 : targeted, 0);
    Options.atLeast("--fit", fit, 1);
    Attack named = attack();
    try (Devices.Use use = common.useDevice()) {
      SubjectOptions.Loaded loaded = options.load(common);
      Dataset data = loaded.data();
      if (targeted != null && targeted >= data.classes()) {
        throw new UsageException(
            "--targeted "
                + targeted
                + ": "
                + options.data()
                + " has classes 0.."
                + (data.classes() - 1));
      }
      Attack chosen = overModels(named, loaded);
      if (options.eot() > 1) {
        chosen = Eot.of(chosen, options.eot());
      }
      try (Progress progress = new Progress("attack " + name, data.size())) {
        Subject subject =
            new Subject(
                Victim.of(loaded.model()),
                data.examples(),
                options.batch(),
                Journal.NONE,
                (task, done, total) -> progress.at(done, "images"));
        report(chosen, Robustness.of(subject, chosen));
      }
    }
    return 0;
  }

  private int list() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Attacks.Kind kind = null;
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Attacks.Entry entry : Attacks.ALL) {
      if (entry.kind() != kind) {
        kind = entry.kind();
        out.printf("%s:%n", kind.name().toLowerCase(Locale.ROOT).replace('_', ' '));
      }
      Norm norm = entry.norms().contains(Norm.LINF) ? Norm.LINF : entry.norms().iterator().next();
      Attack attack = entry.defaults().apply(new ThreatModel(norm, defaultEpsilon(norm), 0, 1));
      Map<String, Object> settings = Settings.of(attack);
      List<String> shown = new ArrayList<>();
      Settings.keys(attack).forEach(key -> shown.add(key + "=" + settings.get(key)));
      out.printf("  %-16s %s; %s%n", entry.name(), entry.summary(), entry.norms());
      if (!shown.isEmpty()) {
        out.printf("  %-16s   %s%n", "", String.join(" ", shown));
      }
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", entry.name());
      row.put("kind", entry.kind().name().toLowerCase(Locale.ROOT));
      row.put("norms", entry.norms().stream().map(Norm::toString).toList());
      row.put("summary", entry.summary());
      row.put("defaults", settings);
      rows.add(row);
    }
    out.printf("over other models:%n");
    out.printf("  %-16s %s%n", TRANSFER, "PGD on the models given by --source");
    out.printf("  %-16s %s%n", UNIVERSAL, "one change for all, found on training images; linf, l2");
    out.flush();
    common.writeJson(Map.of("attacks", rows));
    return 0;
  }

  private static double defaultEpsilon(Norm norm) {
    return switch (norm) {
      case LINF -> 0.3;
      case L2 -> 2;
      case L1 -> 10;
      case L0 -> 50;
    };
  }

  private boolean overOthers() {
    return name.equals(TRANSFER) || name.equals(UNIVERSAL);
  }

  private Norm norm() {
    if (normName != null) {
      try {
        return Norm.valueOf(normName.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new UsageException("there is no norm '" + normName + "'; choose linf, l2, l1, l0");
      }
    }
    return Attacks.ALL.stream()
        .filter(e -> e.name().equals(name) && !e.norms().contains(Norm.LINF))
        .map(e -> e.norms().iterator().next())
        .findFirst()
        .orElse(Norm.LINF);
  }

  private Attack attack() {
    Norm norm = norm();
    boolean seeks =
        Attacks.ALL.stream()
            .anyMatch(e -> e.name().equals(name) && e.kind() == Attacks.Kind.MINIMUM_NORM);
    double bound = eps != null ? eps : seeks ? Double.POSITIVE_INFINITY : defaultEpsilon(norm);
    try {
      ThreatModel threat = new ThreatModel(norm, bound, 0, 1);
      Attack attack = overOthers() ? Pgd.of(threat) : Attacks.byName(name, threat);
      if (Settings.keys(attack).contains("seed")) {
        attack = Settings.with(attack, "seed", Long.toString(common.seed()));
      }
      for (Map.Entry<String, String> e : allParams().entrySet()) {
        attack = Settings.with(attack, e.getKey(), e.getValue());
      }
      return targeted == null ? attack : Settings.with(attack, Goal.targeted(targeted));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
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

  private Attack overModels(Attack named, SubjectOptions.Loaded loaded) throws IOException {
    if (name.equals(TRANSFER)) {
      if (sources.isEmpty()) {
        throw new UsageException("--attack transfer: needs --source, another model's weights");
      }
      return new Transfer(named, SubjectOptions.victims(sources, loaded.data()));
    }
    if (name.equals(UNIVERSAL)) {
      Path folder = Datasets.folder(common.dataDir());
      Dataset train = Datasets.load(options.data(), true, folder, common.seed()).take(fit);
      Module model = loaded.model();
      try {
        return UniversalPerturbation.Fit.of(named.threat()).on(model, train.examples());
      } catch (IllegalArgumentException e) {
        throw new UsageException(e.getMessage());
      }
    }
    return named;
  }

  private void report(Attack chosen, Robustness r) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s%n", chosen);
    out.printf(
        Locale.ROOT,
        "%d images: clean accuracy %.2f%%, robust accuracy %.2f%%, goal reached on %.2f%%%s%n",
        r.images(),
        100 * r.cleanAccuracy(),
        100 * r.robustAccuracy(),
        100 * r.successRate(),
        targeted == null ? "" : " of the " + r.aimed() + " that are not of class " + targeted);
    out.printf(
        Locale.ROOT,
        "largest change of a pixel %.6f, mean L2 %.4f, largest L2 %.4f, median %s %.4f%n",
        r.maxLinf(),
        r.meanL2(),
        r.maxL2(),
        chosen.threat().norm(),
        r.medianDistance());
    double n = r.images();
    out.printf(
        Locale.ROOT,
        "%.0f gradients and %.0f forward passes an image; %.1f s on %s%n",
        r.gradients() / n,
        r.forwards() / n,
        r.seconds(),
        Devices.current().description());
    if (r.zeroGradients() > 0) {
      out.printf(
          Locale.ROOT,
          "%d images gave a gradient of zero: a gradient attack may overrate this model%n",
          r.zeroGradients());
    }
    if (r.nanGradients() > 0) {
      out.printf(
          Locale.ROOT,
          "%d images gave a NaN in their gradient, which counted as zero: a gradient attack may"
              + " overrate this model%n",
          r.nanGradients());
    }
    if (r.nanLogits() > 0) {
      out.printf(
          Locale.ROOT, "%d images gave a NaN for a logit, which counts as wrong%n", r.nanLogits());
    }
    out.flush();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("clean_accuracy", r.cleanAccuracy());
    json.put("robust_accuracy", r.robustAccuracy());
    json.put("aimed", r.aimed());
    json.put("success_rate", finite(r.successRate()));
    json.put("images", r.images());
    json.put("max_linf", r.maxLinf());
    json.put("max_l2", r.maxL2());
    json.put("mean_l2", r.meanL2());
    json.put("median_distance", finite(r.medianDistance()));
    json.put("zero_gradients", r.zeroGradients());
    json.put("nan_gradients", r.nanGradients());
    json.put("nan_logits", r.nanLogits());
    json.put("gradients", r.gradients());
    json.put("forwards", r.forwards());
    json.put("seconds", r.seconds());
    json.put("device", Devices.current().name());
    json.put("attack", Settings.of(chosen));
    common.writeJson(json);
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
