package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Bim;
import dev.teak.attacks.Fgsm;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Pgd;
import dev.teak.attacks.Robustness;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Devices;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.nn.Module;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
      "are classified correctly both as they are and after the attack."
    })
final class AttackCommand implements Callable<Integer> {
  private static final int BATCH = 128;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "D",
      description = "mnist, fashion, cifar10 or synthetic")
  private String data;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE.safetensors",
      description = "what 'teak train' wrote")
  private Path weights;

  @Option(names = "--attack", required = true, paramLabel = "A", description = "fgsm, bim or pgd")
  private String attack;

  @Option(
      names = "--norm",
      paramLabel = "N",
      description = "linf or l2; ${DEFAULT-VALUE} by default")
  private String norm = "linf";

  @Option(
      names = "--eps",
      paramLabel = "X",
      description = "largest change, pixels in 0..1; 0.3 in linf, 2 in l2 by default")
  private Double eps;

  @Option(names = "--steps", paramLabel = "N", description = "of bim and pgd")
  private Integer steps;

  @Option(names = "--step-size", paramLabel = "X", description = "of bim and pgd")
  private Double stepSize;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      description = "of pgd; ${DEFAULT-VALUE} by default")
  private int restarts = 1;

  @Option(names = "--targeted", paramLabel = "CLASS", description = "aim at this class")
  private Integer targeted;

  @Option(names = "--limit", paramLabel = "N", description = "attack only the first N images")
  private Integer limit;

  @Override
  public Integer call() throws IOException {
    check();
    Attack chosen = attack();
    try (Devices.Use use = common.useDevice()) {
      Dataset test = Datasets.load(data, false, Datasets.folder(common.dataDir()), common.seed());
      if (targeted != null && targeted >= test.classes()) {
        throw new UsageException(
            "--targeted " + targeted + ": " + data + " has classes 0.." + (test.classes() - 1));
      }
      Dataset images = limit == null ? test : test.take(limit);
      Module model = Study.load(weights, images);
      try (Progress progress = new Progress("attack " + attack, images.size())) {
        Robustness result =
            Robustness.of(
                model, chosen, Study.examples(images), BATCH, done -> progress.at(done, "images"));
        report(chosen, result);
      }
    }
    return 0;
  }

  private void check() {
    common.checkJson();
    Options.known("data set", data, Datasets.NAMES);
    Options.known("attack", attack, List.of("fgsm", "bim", "pgd"));
    Options.known("norm", norm, List.of("linf", "l2"));
    Options.nonNegative("--eps", epsilon());
    Options.nonNegative("--step-size", stepSize == null ? 0 : stepSize);
    Options.atLeast("--steps", steps == null ? 1 : steps, 1);
    Options.atLeast("--restarts", restarts, 1);
    Options.atLeast("--limit", limit == null ? 1 : limit, 1);
    Options.atLeast("--targeted", targeted == null ? 0 : targeted, 0);
    if (attack.equals("fgsm") && (steps != null || stepSize != null)) {
      throw new UsageException("fgsm is a single step of eps; --steps and --step-size are not its");
    }
    if (!attack.equals("pgd") && restarts != 1) {
      throw new UsageException(attack + " has no random start; --restarts is for pgd");
    }
    if (!Files.isRegularFile(weights)) {
      throw new UsageException(weights + ": there is no such file; 'teak train' writes one");
    }
  }

  private double epsilon() {
    return eps != null ? eps : norm.equals("l2") ? 2 : 0.3;
  }

  private Attack attack() {
    ThreatModel threat = new ThreatModel(norm.equals("l2") ? Norm.L2 : Norm.LINF, epsilon(), 0, 1);
    Goal goal = targeted == null ? Goal.UNTARGETED : Goal.targeted(targeted);
    switch (attack) {
      case "fgsm":
        return new Fgsm(threat, goal);
      case "bim":
        Bim bim = Bim.of(threat);
        return new Bim(
            threat,
            goal,
            steps == null ? bim.steps() : steps,
            stepSize == null ? bim.stepSize() : stepSize);
      default:
        Pgd pgd = Pgd.of(threat).goal(goal).restarts(restarts).seed(common.seed());
        pgd = steps == null ? pgd : pgd.steps(steps);
        return stepSize == null ? pgd : pgd.stepSize(stepSize);
    }
  }

  private void report(Attack chosen, Robustness r) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s%n", chosen);
    out.printf(
        "%d images: clean accuracy %.2f%%, robust accuracy %.2f%%, goal reached on %.2f%%%n",
        r.images(), 100 * r.cleanAccuracy(), 100 * r.robustAccuracy(), 100 * r.successRate());
    out.printf(
        "largest change of a pixel %.6f, mean L2 %.4f, largest L2 %.4f; %.1f s on %s%n",
        r.maxLinf(), r.meanL2(), r.maxL2(), r.seconds(), Devices.current().description());
    if (r.zeroGradients() > 0) {
      out.printf(
          "%d images gave a gradient of zero: a gradient attack may overrate this model%n",
          r.zeroGradients());
    }
    out.flush();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("clean_accuracy", r.cleanAccuracy());
    json.put("robust_accuracy", r.robustAccuracy());
    json.put("success_rate", r.successRate());
    json.put("images", r.images());
    json.put("max_linf", r.maxLinf());
    json.put("max_l2", r.maxL2());
    json.put("mean_l2", r.meanL2());
    json.put("zero_gradients", r.zeroGradients());
    json.put("seconds", r.seconds());
    json.put("device", Devices.current().name());
    json.put("attack", Settings.of(chosen));
    common.writeJson(json);
  }
}
