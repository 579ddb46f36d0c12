package dev.teak.lab.cli;

import dev.teak.defenses.Defense;
import dev.teak.lab.experiment.AttackJudge;
import dev.teak.lab.experiment.ExperimentFile;
import dev.teak.lab.experiment.Phase;
import dev.teak.nn.augment.Augmentation;
import dev.teak.nn.optim.OptimizerSettings;
import dev.teak.nn.optim.ScheduleSettings;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.settings.Written;
import dev.teak.nn.train.Keep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** How a model is trained, as a phase of an experiment has it. */
final class PhaseOptions {
  @Option(
      names = "--phase",
      paramLabel = "FILE.yaml",
      description = "a phase as experiments have it; what options say counts before it")
  private Path file;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "5 by default; 0 with --start: only what is in front learns")
  private Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "images a step, 128 by default")
  private Integer batch;

  @Option(
      names = "--optimizer",
      paramLabel = "O",
      description = "as 'sgd lr=0.1 momentum=0.9'; 'adam lr=0.002' by default")
  private String optimizer;

  @Option(names = "--lr", paramLabel = "X", description = "the optimizer's first learning rate")
  private Double lr;

  @Option(
      names = "--schedule",
      paramLabel = "S",
      description = "of the learning rate, as 'step every=10'; cosine by default")
  private String schedule;

  @Option(
      names = "--augment",
      paramLabel = "A",
      description = "what is done to training images, as 'crop 4; flip'; may be given again")
  private List<String> augment = List.of();

  @Option(
      names = "--defense",
      paramLabel = "D",
      description =
          "as 'adv-pgd 0.3' or 'random 0.3; noise 0.01': several with ; between, or the"
              + " option again for each; 'teak list defenses' shows them")
  private List<String> defense = List.of();

  @Option(
      names = "--teacher",
      paramLabel = "FILE.safetensors",
      description = "weights of the model that a distillation learns from")
  private Path teacher;

  @Option(
      names = "--freeze",
      paramLabel = "LAYERS",
      split = ",",
      description = "layers whose weights stay as they are, with commas between")
  private List<String> freeze = List.of();

  @Option(
      names = "--average",
      paramLabel = "X",
      description = "with an exponential average of the weights that keeps this share, as 0.999")
  private Double average;

  @Option(
      names = "--clip",
      paramLabel = "X",
      description = "largest norm of a step's gradient; longer ones are scaled down to it")
  private Double clip;

  @Option(
      names = "--keep",
      paramLabel = "K",
      description =
          "the epoch whose weights are kept: last (the default), best, or 'best by=pgd"
              + " patience=3'. With best, the last epoch's stand beside them in"
              + " FILE.last.safetensors")
  private String keep;

  @Option(
      names = "--judge",
      paramLabel = "A",
      description =
          "an attack that each epoch is judged by on validation images, as 'pgd(eps=0.1"
              + " steps=10)'; may be given again")
  private List<String> judges = List.of();

  /**
   * What they say, nothing left open.
   *
   * @throws UsageException naming the option that is wrong
   */
  Phase phase() throws IOException {
    Options.atLeast("--epochs", epochs == null ? 0 : epochs, 0);
    Options.atLeast("--batch", batch == null ? 1 : batch, 1);
    Options.nonNegative("--lr", lr == null ? 0 : lr);
    Phase written = file == null ? Phase.EMPTY : read(file);
    if (lr != null && optimizer == null && written.optimizer() != null) {
      throw new UsageException("--lr: " + file + " has an optimizer of its own; give --optimizer");
    }
    if (teacher != null && !Files.isRegularFile(teacher)) {
      throw new UsageException("--teacher " + teacher + ": there is no such file");
    }
    try {
      return new Phase(
              epochs,
              batch,
              optimizer(),
              schedule == null ? null : one("--schedule", ScheduleSettings.class, schedule),
              all("--augment", Augmentation.class, augment),
              all("--defense", Defense.class, defense),
              teacher == null ? null : teacher.toString(),
              freeze,
              average,
              clip,
              keep == null ? null : one("--keep", Keep.class, keep),
              all("--judge", AttackJudge.class, judges))
          .or(written)
          .or(Phase.DEFAULTS);
    } catch (IllegalArgumentException e) { // of the phase: it begins with the component's name
      throw new UsageException("--" + e.getMessage());
    }
  }

  private static Phase read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new UsageException("--phase " + file + ": there is no such file");
    }
    try {
      return ExperimentFile.phase(file);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** {@code --lr} is short for the optimizer's; which of both counts is never asked. */
  private OptimizerSettings optimizer() {
    if (optimizer == null && lr == null) {
      return null;
    }
    String text = (optimizer == null ? "adam" : optimizer) + (lr == null ? "" : " lr=" + lr);
    return one("--optimizer", OptimizerSettings.class, text);
  }

  private static <T> T one(String option, Class<T> type, String text) {
    return named(option, () -> Settings.parse(type, text));
  }

  private static <T> List<T> all(String option, Class<T> type, List<String> texts) {
    List<T> all = new ArrayList<>();
    for (String text : texts) {
      all.addAll(named(option, () -> Settings.readAll(type, Written.of(text))));
    }
    return all;
  }

  /** What a reader makes of an option, or says of it. */
  private static <R> R named(String option, Supplier<R> reader) {
    try {
      return reader.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(option + " " + e.getMessage());
    }
  }
}
