package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.blackbox.Transfer;
import dev.teak.attacks.evaluation.Journal;
import dev.teak.attacks.evaluation.Robustness;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.attacks.minimum.UniversalPerturbation;
import dev.teak.engine.Devices;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
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

/** {@code teak attack}: what attacks leave of a trained model's accuracy on the test images. */
@Command(
    name = "attack",
    mixinStandardHelpOptions = true,
    description = {
      "Attack a trained model on the test images.",
      "Robust accuracy is the share of all images that are classified correctly both as"
          + " they are and after the attack. '--attack list' names the attacks and their"
          + " settings."
    })
final class AttackCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private SubjectOptions options;
  @Mixin private AttackOptions attackOptions;
  @Spec private CommandSpec spec;

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

  @Option(
      names = "--save-adversarial",
      paramLabel = "FILE.npz",
      description =
          "write the attack's images there, with labels, predictions before and after, and"
              + " distances; numpy.load reads it")
  private Path adversarial;

  /** An attack and what it left. */
  private record Row(Attack attack, Robustness found) {}

  @Override
  public Integer call() throws IOException {
    if (attackOptions.isList()) {
      common.writeJson(Map.of("attacks", AttackList.print(spec.commandLine().getOut())));
      return 0;
    }
    common.checkJson();
    options.check();
    Options.atLeast("--fit", fit, 1);
    List<AttackOptions.Named> named = attackOptions.attacks(common.seed());
    if (adversarial != null) {
      CommonOptions.requireWritable(adversarial);
      if (named.size() > 1) {
        throw new UsageException("--save-adversarial: is of one attack, and there are several");
      }
    }
    try (Devices.Use use = common.useDevice()) {
      SubjectOptions.Loaded loaded = options.load(common, spec.commandLine().getErr());
      attackOptions.requireClass(options.data(), loaded.data().classes());
      List<Row> rows = new ArrayList<>();
      for (AttackOptions.Named each : named) {
        rows.add(row(each.name(), overModels(each, loaded), loaded));
      }
      report(rows);
    }
    return 0;
  }

  private Row row(String name, Attack attack, SubjectOptions.Loaded loaded) throws IOException {
    try (ConsoleProgress progress = new ConsoleProgress("attack " + name)) {
      Subject subject =
          new Subject(
              loaded.victim(), loaded.data().examples(), options.batch(), Journal.NONE, progress);
      if (adversarial == null) {
        return new Row(attack, Robustness.of(subject, attack));
      }
      AdversarialFile kept =
          new AdversarialFile(
              List.of(attack.toString()), subject.examples(), subject.predictions());
      Subject shown =
          new Subject(subject.victim(), subject.examples(), subject.batch(), kept, progress);
      Row row = new Row(attack, Robustness.of(shown, attack));
      kept.write(adversarial, attack.threat().norm());
      return row;
    }
  }

  private Attack overModels(AttackOptions.Named named, SubjectOptions.Loaded loaded)
      throws IOException {
    if (named.name().equals(AttackOptions.TRANSFER)) {
      if (sources.isEmpty()) {
        throw new UsageException("--attack transfer: needs --source, another model's weights");
      }
      return new Transfer(named.attack(), SubjectOptions.victims(sources, loaded.data()));
    }
    if (named.name().equals(AttackOptions.UNIVERSAL)) {
      Path folder = Datasets.folder(common.dataDir());
      Dataset train = Options.data(options.data()).load(true, folder, common.seed(), fit);
      try {
        return UniversalPerturbation.Fit.of(named.attack().threat())
            .on(loaded.model(), train.examples());
      } catch (IllegalArgumentException e) {
        throw new UsageException(e.getMessage());
      }
    }
    return named.attack();
  }

  private void report(List<Row> rows) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (rows.size() == 1) {
      one(out, rows.get(0));
    } else {
      table(out, rows);
    }
    if (adversarial != null) {
      out.printf("adversarial images: %s%n", adversarial);
    }
    out.flush();
    if (rows.size() == 1) {
      common.writeJson(json(rows.get(0)));
    } else {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("images", rows.get(0).found.images());
      json.put("clean_accuracy", rows.get(0).found.cleanAccuracy());
      json.put("attacks", rows.stream().map(this::json).toList());
      common.writeJson(json);
    }
  }

  /** A line for each attack; all are of the same images. */
  private static void table(PrintWriter out, List<Row> rows) {
    out.printf(
        "%-16s %6s %9s %9s %9s %10s %9s%n",
        "attack", "images", "robust", "success", "mean L2", "gradients", "seconds");
    Robustness first = rows.get(0).found;
    String clean = "%-16s %6d %8.2f%%%n";
    out.printf(Locale.ROOT, clean, "none", first.images(), 100 * first.cleanAccuracy());
    for (Row row : rows) {
      Robustness r = row.found;
      out.printf(
          Locale.ROOT,
          "%-16s %6d %8.2f%% %8.2f%% %9.4f %10.1f %9.1f%n",
          row.attack.name(),
          r.images(),
          100 * r.robustAccuracy(),
          100 * r.successRate(),
          r.meanL2(),
          r.gradients() / (double) r.images(),
          r.seconds());
    }
    rows.forEach(row -> out.printf("%s%n", row.attack));
    rows.forEach(row -> warnings(out, row.attack.name() + ": ", row.found));
    out.printf("gradients are means an image; %s%n", Devices.current().description());
  }

  private void one(PrintWriter out, Row row) {
    Robustness r = row.found;
    out.printf("%s%n", row.attack);
    out.printf(
        Locale.ROOT,
        "%d images: clean accuracy %.2f%%, robust accuracy %.2f%%, goal reached on %.2f%%%s%n",
        r.images(),
        100 * r.cleanAccuracy(),
        100 * r.robustAccuracy(),
        100 * r.successRate(),
        attackOptions.targeted() == null
            ? ""
            : " of the " + r.aimed() + " that are not of class " + attackOptions.targeted());
    out.printf(
        Locale.ROOT,
        "largest change of a pixel %.6f, mean L2 %.4f, largest L2 %.4f, median %s %.4f%n",
        r.maxLinf(),
        r.meanL2(),
        r.maxL2(),
        row.attack.threat().norm(),
        r.medianDistance());
    double n = r.images();
    out.printf(
        Locale.ROOT,
        "%.0f gradients and %.0f forward passes an image; %.1f s on %s%n",
        r.gradients() / n,
        r.forwards() / n,
        r.seconds(),
        Devices.current().description());
    warnings(out, "", r);
  }

  private static void warnings(PrintWriter out, String of, Robustness r) {
    if (r.zeroGradients() > 0) {
      out.printf(
          Locale.ROOT,
          "%s%d images gave a gradient of zero: a gradient attack may overrate this model%n",
          of,
          r.zeroGradients());
    }
    if (r.nanGradients() > 0) {
      out.printf(
          Locale.ROOT,
          "%s%d images gave a NaN in their gradient, which counted as zero: a gradient attack may"
              + " overrate this model%n",
          of,
          r.nanGradients());
    }
    if (r.rejected() > 0) {
      out.printf(
          Locale.ROOT,
          "%s%d images were taken for attacked as they are, which counts as wrong%n",
          of,
          r.rejected());
    }
    if (r.nanLogits() > 0) {
      out.printf(
          Locale.ROOT,
          "%s%d images gave a NaN for a logit, which counts as wrong%n",
          of,
          r.nanLogits());
    }
  }

  private Map<String, Object> json(Row row) {
    Robustness r = row.found;
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
    json.put("detected", r.rejected() / (double) r.images());
    json.put("nan_logits", r.nanLogits());
    json.put("gradients", r.gradients());
    json.put("forwards", r.forwards());
    json.put("seconds", r.seconds());
    json.put("device", Devices.current().name());
    json.putAll(options.how());
    json.put("attack", Settings.of(row.attack));
    return json;
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
