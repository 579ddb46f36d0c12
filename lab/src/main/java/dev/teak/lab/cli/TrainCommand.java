package dev.teak.lab.cli;

import dev.teak.engine.Devices;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.experiment.Phase;
import dev.teak.nn.io.WriterLock;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Evaluate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code teak train}: trains a model, as a phase of an experiment, and keeps its weights. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a model and write its weights.",
      "Killed, it goes on with --resume to the same bytes: its state is kept beside the"
          + " weights, in FILE.resume, until it is done. With --resume, what was not yet begun"
          + " is begun, and what is done already is left as it is, so one line can be repeated"
          + " until it ends well. How each epoch went stands in FILE.metrics.jsonl. 'teak list'"
          + " shows the models, defenses, optimizers and what else can be named."
    })
final class TrainCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private PhaseOptions phaseOptions;
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "D",
      description = "mnist, cifar10, folder:DIR or another that 'teak data list' shows")
  private String data;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "as cnn or 'resnet18 width=16', or layers: 'conv 16 4 stride 2; relu; flatten'")
  private String model;

  @Option(names = "--limit", paramLabel = "N", description = "train on the first N images only")
  private Integer limit;

  @Option(
      names = "--test-limit",
      paramLabel = "N",
      description = "test on the first N test images only")
  private Integer testLimit;

  @Option(
      names = "--start",
      paramLabel = "FILE.safetensors",
      description = "begin with these weights in place of ones drawn by the seed")
  private Path start;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE.safetensors",
      description = "where the weights go")
  private Path out;

  @Option(
      names = "--resume",
      description = "go on where a killed run stood; begin if there is none, unless FILE is there")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description = "begin anew, in place of the weights and the state that are there")
  private boolean overwrite;

  @Override
  public Integer call() throws IOException {
    Architecture architecture = check();
    Phase phase = phaseOptions.phase();
    try (WriterLock alone = WriterLock.of(out)) {
      if (hasWork(state())) {
        train(architecture, phase, state());
      }
    }
    return 0;
  }

  private void train(Architecture architecture, Phase phase, Path state) throws IOException {
    try (Devices.Use use = common.useDevice()) {
      Path folder = Datasets.folder(common.dataDir());
      Dataset train = Options.data(data).load(true, folder, common.seed(), most(limit));
      Dataset test = Options.data(data).load(false, folder, common.seed(), most(testLimit));
      try (TrainedModel trained = new TrainedModel(architecture, phase, train, common.seed())) {
        if (start != null) {
          trained.start(start);
        }
        if (overwrite) { // the old weights stay until there are new ones
          trained.delete(state);
          Files.deleteIfExists(last());
        }
        EpochLog log = train(trained, phase, state);
        trained.save(out);
        report(phase, log, tested(trained, test), test.size(), trained);
        trained.delete(state);
      }
    }
  }

  private static int most(Integer limit) {
    return limit == null ? Integer.MAX_VALUE : limit;
  }

  private Path state() {
    return out.resolveSibling(out.getFileName() + ".resume");
  }

  private Path last() {
    return beside(".last.safetensors");
  }

  /** A file that belongs to the weights: {@code cnn.metrics.jsonl} to {@code cnn.safetensors}. */
  private Path beside(String ending) {
    String name = out.getFileName().toString().replaceFirst("\\.safetensors$", "");
    return out.resolveSibling(name + ending);
  }

  /** Fails before any work where the call is wrong. */
  private Architecture check() {
    common.checkJson();
    CommonOptions.requireWritable(out);
    Options.data(data);
    Options.atLeast("--limit", limit == null ? 1 : limit, 1);
    Options.atLeast("--test-limit", testLimit == null ? 1 : testLimit, 1);
    if (start != null && !Files.isRegularFile(start)) {
      throw new UsageException("--start " + start + ": there is no such file");
    }
    if (resume && overwrite) {
      throw new UsageException("--resume goes on, --overwrite begins anew: give one of them");
    }
    return Options.model(model);
  }

  /** Whether there is something to train: what took hours is neither deleted nor repeated. */
  private boolean hasWork(Path state) {
    if (overwrite) {
      return true;
    }
    boolean killed = Files.exists(state);
    boolean done = Files.exists(out);
    if (!resume) {
      if (killed) {
        throw new UsageException(
            state
                + ": holds the state of a training that was killed; --resume goes on with it,"
                + " --overwrite begins anew");
      }
      if (done) {
        throw new UsageException(
            out + ": is there already; --overwrite trains anew and writes over it");
      }
      return true;
    }
    if (killed) {
      return true; // the trainer says from where it goes on
    }
    String found =
        done
            ? out
                + ": is there, and no state of a killed training beside it: nothing is left to do;"
                + " with --overwrite it is trained anew"
            : state + ": there is no such state; beginning with the first epoch";
    spec.commandLine().getErr().println("teak: " + found);
    return !done;
  }

  private EpochLog train(TrainedModel trained, Phase phase, Path state) throws IOException {
    try (ConsoleProgress progress = new ConsoleProgress("train " + model)) {
      EpochLog log =
          new EpochLog(
              new TrainingProgress(progress, phase.epochs()),
              spec.commandLine().getOut(),
              beside(".metrics.jsonl")) {
            @Override
            public void onLast() {
              keepLast(trained, phase, this);
            }
          };
      FitProgress fits = new FitProgress(progress, spec.commandLine().getOut());
      trained.train(state, settings(phase), fits, log);
      return log;
    } catch (IllegalArgumentException e) { // as layers to freeze that the model does not have
      throw new UsageException(e.getMessage());
    }
  }

  /** Keeps the last epoch's weights beside those of a better one. */
  private void keepLast(TrainedModel trained, Phase phase, EpochLog log) {
    int kept = phase.keep().of(log.history());
    if (kept >= 0 && kept < log.history().size() - 1) {
      try {
        trained.save(last());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What a resumed run must have in common with the one that was killed. */
  private String settings(Phase phase) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("data", data);
    all.put("limit", limit);
    all.put("model", model);
    all.put("start", start == null ? null : StateFile.checksum(start));
    all.putAll(Settings.of(phase));
    if (phase.teacher() != null) {
      all.put("teacher", StateFile.checksum(Path.of(phase.teacher())));
    }
    all.put("seed", common.seed());
    all.put("device", Devices.current().name());
    return all.toString();
  }

  private static double tested(TrainedModel trained, Dataset test) {
    try (ConsoleProgress progress = new ConsoleProgress("test")) {
      return Evaluate.accuracy(trained.whole(), test.examples(), progress);
    }
  }

  private void report(Phase phase, EpochLog log, double accuracy, int images, TrainedModel trained)
      throws IOException {
    long parameters = trained.model().parameterCount();
    PrintWriter console = spec.commandLine().getOut();
    int kept = phase.keep().of(log.history());
    if (kept >= 0) {
      console.printf(Locale.ROOT, "kept: epoch %d, %s%n", kept + 1, Settings.text(phase.keep()));
    }
    console.printf(
        Locale.ROOT,
        "test accuracy %.2f%% of %,d images; %,d parameters; %s%n",
        100 * accuracy,
        images,
        parameters,
        Devices.current().description());
    if (trained.hasDetector()) {
      console.printf(
          "a detector stands beside the model: what it takes for attacked counts as wrong%n");
    }
    console.printf("weights: %s%n", out);
    console.flush();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("defense", Settings.text(phase.defenses()));
    json.put("phase", Settings.of(phase));
    json.put("epochs", log.history().stream().map(EpochLog::row).toList());
    json.put("test_accuracy", accuracy);
    json.put("test_images", images);
    json.put("parameters", parameters);
    json.put("device", Devices.current().name());
    common.writeJson(json);
  }
}
