package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.ThreatModel;
import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.Check;
import dev.teak.attacks.evaluation.Evaluation;
import dev.teak.attacks.evaluation.Journal;
import dev.teak.attacks.evaluation.Report;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.engine.Devices;
import dev.teak.nn.train.Examples;
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

/** {@code teak evaluate}: how robust a model is, and whether that figure can be trusted. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Measure a model's robustness by several attacks and ten checks for masked gradients.",
      "Of the attacks the worst counts for each image: robust accuracy is the share of"
          + " all images that are right as they are and after every attack."
    })
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private SubjectOptions options;
  @Spec private CommandSpec spec;

  @Option(
      names = "--threat",
      required = true,
      paramLabel = "NORM:EPS",
      description = "what the attacker may do, as linf:0.3 or linf:8/255; pixels in 0..1")
  private String threatText;

  @Option(
      names = "--protocol",
      paramLabel = "P",
      description = "standard, autoattack or quick; ${DEFAULT-VALUE} by default")
  private String protocol = "standard";

  @Option(
      names = "--check-images",
      paramLabel = "N",
      description = "images of the curve and the checks, 0 for neither; by default the protocol's")
  private Integer checkImages;

  @Option(
      names = "--source",
      paramLabel = "FILE",
      description = "another model, whose adversarial images are tried as well; may be repeated")
  private List<Path> sources = List.of();

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "note outcomes there; an evaluation that was killed goes on from it")
  private Path state;

  @Option(
      names = "--save-adversarial",
      paramLabel = "FILE.npz",
      description =
          "write each image there as the first attack to succeed made it, else the last,"
              + " with labels, predictions before and after, and distances; numpy.load reads it")
  private Path adversarial;

  @Override
  public Integer call() throws IOException {
    common.checkJson();
    options.check();
    Options.known("protocol", protocol, Evaluation.PROTOCOLS);
    Options.atLeast("--check-images", checkImages == null ? 0 : checkImages, 0);
    ThreatModel threat = threat();
    checkAdversarial();
    try (Devices.Use use = common.useDevice()) {
      SubjectOptions.Loaded loaded = options.load(common, spec.commandLine().getErr());
      Examples examples = loaded.data().examples();
      Evaluation evaluation = evaluation(threat, loaded.data().classes());
      try (StateFile journal = StateFile.open(state, what(examples));
          ConsoleProgress progress = new ConsoleProgress("evaluate")) {
        Journal noted = journal == null ? Journal.NONE : journal;
        AdversarialFile kept = adversarial == null ? null : kept(evaluation, loaded);
        Subject subject =
            new Subject(
                loaded.victim(), examples, options.batch(), kept == null ? noted : kept, progress);
        List<Victim> others = SubjectOptions.victims(sources, loaded.data());
        Report report = evaluation.run(subject, others);
        print(report);
        if (kept != null) {
          kept.write(adversarial, threat.norm());
          spec.commandLine().getOut().printf("adversarial images: %s%n", adversarial);
        }
        common.writeJson(json(evaluation, report));
      }
    }
    return 0;
  }

  private void checkAdversarial() {
    if (adversarial != null) {
      CommonOptions.requireWritable(adversarial);
      if (state != null) {
        throw new UsageException(
            "--save-adversarial: a --state holds what was found, not the images; give one of them");
      }
    }
  }

  private AdversarialFile kept(Evaluation evaluation, SubjectOptions.Loaded loaded) {
    Examples examples = loaded.data().examples();
    int[] clean = Subject.of(loaded.victim(), examples, options.batch()).predictions();
    List<String> attacks = evaluation.attacks().stream().map(Attack::toString).toList();
    return new AdversarialFile(attacks, examples, clean);
  }

  private ThreatModel threat() {
    try {
      ThreatModel threat = ThreatModel.parse(threatText);
      if (!threat.isBounded()) {
        throw new IllegalArgumentException("--threat " + threatText + ": epsilon must be finite");
      }
      return threat;
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private Evaluation evaluation(ThreatModel threat, int classes) {
    try {
      Evaluation chosen = Evaluation.byName(protocol, threat, classes, common.seed());
      return checkImages == null ? chosen : chosen.checked(checkImages);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** What a state must be of, to go on from it. */
  private String what(Examples examples) throws IOException {
    return String.format(
        Locale.ROOT,
        "weights %s, images %s, %s, device %s",
        StateFile.checksum(options.weights()),
        examples.fingerprint(),
        options.how(),
        Devices.current().name());
  }

  private void print(Report r) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(Locale.ROOT, "%s, %s, %d images%n%n", r.protocol(), r.threat(), r.images());
    out.printf("%-20s %9s %9s %11s %11s%n", "attack", "robust", "seconds", "gradients", "forwards");
    out.printf(Locale.ROOT, "%-20s %8.2f%%%n", "none", 100 * r.cleanAccuracy());
    double n = r.images();
    for (Report.Line line : r.attacks()) {
      out.printf(
          Locale.ROOT,
          "%-20s %8.2f%% %9.1f %11.1f %11.1f%n",
          line.name(),
          100 * line.robustAccuracy(),
          line.seconds(),
          line.gradients() / n,
          line.forwards() / n);
    }
    out.printf(
        Locale.ROOT,
        "%-20s %8.2f%%   95%% interval %.2f%% to %.2f%%%n",
        "worst case",
        100 * r.robustAccuracy(),
        100 * r.interval().low(),
        100 * r.interval().high());
    if (r.rejected() > 0) {
      out.printf(
          Locale.ROOT,
          "%d images were taken for attacked as they are, which counts as wrong%n",
          r.rejected());
    }
    if (r.nanLogits() > 0) {
      out.printf(
          Locale.ROOT, "%d images gave a NaN for a logit, which counts as wrong%n", r.nanLogits());
    }
    if (!r.curve().isEmpty()) {
      out.printf("%naccuracy over epsilon under PGD:");
      r.curve()
          .forEach(
              p ->
                  out.printf(Locale.ROOT, "  %.4g: %.1f%%", p.epsilon(), 100 * p.robustAccuracy()));
      out.printf("%n%nsigns of masked gradients:%n");
    }
    for (Check c : r.checks()) {
      out.printf(
          Locale.ROOT,
          "%2d %-4s %-40s %10.3g  (at most %.3g: %s)%n",
          c.number(),
          c.verdict(),
          c.name(),
          c.value(),
          c.limit(),
          c.meaning());
    }
    if (!r.isTrusted()) {
      out.printf("a check has failed: the robust accuracy may be overrated%n");
    }
    out.printf(
        Locale.ROOT,
        "gradients and forwards are means an image; %.1f s on %s%n",
        r.seconds(),
        device());
    out.flush();
  }

  private static String device() {
    return Devices.current().description();
  }

  private Map<String, Object> json(Evaluation evaluation, Report r) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("protocol", r.protocol());
    json.put("norm", r.threat().norm().toString());
    json.put("eps", r.threat().epsilon());
    json.put("images", r.images());
    json.put("clean_accuracy", r.cleanAccuracy());
    json.put("robust_accuracy", r.robustAccuracy());
    json.put("interval", List.of(r.interval().low(), r.interval().high()));
    json.put("detected", r.rejected() / (double) r.images());
    json.put("nan_logits", r.nanLogits());
    json.put("cascade", evaluation.cascade());
    json.put("attacks", attacks(evaluation, r));
    List<Map<String, Object>> curve = new ArrayList<>();
    r.curve()
        .forEach(
            p ->
                curve.add(
                    CommonOptions.fields(
                        "eps", p.epsilon(), "robust_accuracy", p.robustAccuracy())));
    json.put("curve", curve);
    List<Map<String, Object>> checks = new ArrayList<>();
    for (Check c : r.checks()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("number", c.number());
      row.put("name", c.name());
      row.put("value", c.value());
      row.put("limit", c.limit());
      row.put("verdict", c.verdict());
      row.put("meaning", c.meaning());
      checks.add(row);
    }
    json.put("checks", checks);
    json.put("trusted", r.isTrusted());
    json.putAll(options.how());
    json.put("seed", common.seed());
    json.put("seconds", r.seconds());
    json.put("device", Devices.current().name());
    return json;
  }

  private static List<Map<String, Object>> attacks(Evaluation evaluation, Report r) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < r.attacks().size(); i++) {
      Report.Line line = r.attacks().get(i);
      Attack attack = evaluation.attacks().get(i);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", line.name());
      row.put("robust_accuracy", line.robustAccuracy());
      row.put("seconds", line.seconds());
      row.put("gradients", line.gradients());
      row.put("forwards", line.forwards());
      row.put("settings", Settings.of(attack));
      rows.add(row);
    }
    return rows;
  }
}
