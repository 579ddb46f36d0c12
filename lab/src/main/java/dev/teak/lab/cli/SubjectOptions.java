package dev.teak.lab.cli;

import dev.teak.attacks.Victim;
import dev.teak.attacks.adaptive.Eot;
import dev.teak.attacks.evaluation.Probabilities;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.defenses.Defended;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.experiment.Weights;
import dev.teak.nn.Module;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of the commands that attack a trained model. */
final class SubjectOptions {
  /** Images by which a model is told from one that answers with probabilities. */
  private static final int PROBED = 64;

  @Option(
      names = "--data",
      paramLabel = "D",
      description = "mnist, cifar10, folder:DIR or another that 'teak data list' shows")
  private String data;

  @Option(
      names = "--weights",
      paramLabel = "FILE.safetensors",
      description = "what 'teak train' wrote")
  private Path weights;

  @Option(names = "--limit", paramLabel = "N", description = "attack only the first N images")
  private Integer limit;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "images at a time; ${DEFAULT-VALUE} by default")
  private int batch = 128;

  @Option(
      names = "--eot",
      paramLabel = "N",
      description =
          "answers that each question to a random model is the mean of; by default as many"
              + " as its defenses say")
  private Integer eot;

  @Option(
      names = "--naive",
      description =
          "follow the gradient of the model as it is; without this, defenses that hide"
              + " theirs are attacked as they say themselves")
  private boolean naive;

  /**
   * A model and the images it is attacked on.
   *
   * @param model with its defenses, without what a detector says
   * @param victim the same as it is attacked
   */
  record Loaded(Module model, Victim victim, Dataset data) {}

  /** What names the data set. */
  String data() {
    return data;
  }

  int batch() {
    return batch;
  }

  /** How the model is attacked, in words: for results and states. */
  Map<String, Object> how() {
    Map<String, Object> how = new LinkedHashMap<>();
    how.put("eot", eot);
    how.put("naive", naive);
    return how;
  }

  Path weights() {
    return weights;
  }

  /** Fails before any work where the call is wrong. */
  void check() {
    if (data == null || weights == null) {
      throw new UsageException(
          "Missing required option: '" + (data == null ? "--data=D" : "--weights=FILE") + "'");
    }
    Options.data(data);
    Options.atLeast("--limit", limit == null ? 1 : limit, 1);
    Options.atLeast("--batch", batch, 1);
    Options.atLeast("--eot", eot == null ? 1 : eot, 1);
  }

  /** The model and the images, and a warning where its answers are no logits. */
  Loaded load(CommonOptions common, PrintWriter err) throws IOException {
    if (!Files.isRegularFile(weights)) {
      throw new UsageException(weights + ": there is no such file; 'teak train' writes one");
    }
    int most = limit == null ? Integer.MAX_VALUE : limit;
    Path folder = Datasets.folder(common.dataDir());
    Dataset images = Options.data(data).load(false, folder, common.seed(), most);
    Defended defended = Weights.load(weights, images.image(), images.classes());
    Victim victim = naive ? defended.naive() : defended.victim();
    if (eot != null) { // in place of what its defenses say
      Victim one = new Victim.Differentiable(victim.model(), victim.rejects());
      victim = Eot.mean(one, eot, Eot.Of.LOSS);
    }
    Subject probed = Subject.of(Victim.of(defended.model()), images.take(PROBED).examples(), batch);
    Probabilities.warning(probed.logits()).ifPresent(warning -> err.println("teak: " + warning));
    if (victim.rejects()) {
      err.println(
          "teak: a detector stands beside the model and is attacked with it: an image that it finds"
              + " out counts as held, and as wrong where it is as it was");
    }
    return new Loaded(defended.model(), victim, images);
  }

  /** Other models of the same classes. */
  static List<Victim> victims(List<Path> files, Dataset images) throws IOException {
    List<Victim> victims = new ArrayList<>();
    for (Path file : files) {
      victims.add(Weights.load(file, images.image(), images.classes()).victim());
    }
    return victims;
  }
}
