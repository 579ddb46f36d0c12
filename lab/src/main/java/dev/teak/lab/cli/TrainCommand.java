package dev.teak.lab.cli;

import dev.teak.defenses.Parts;
import dev.teak.defenses.Training;
import dev.teak.engine.Devices;
import dev.teak.lab.cli.Study.Recipe;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.nn.Models;
import dev.teak.nn.Module;
import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.TrainingListener.EpochResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code teak train}: trains a model, plainly or adversarially, and keeps its weights. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train a model and write its weights. Killed, it goes on with --resume to the same bytes:",
      "its state is kept beside the weights, in FILE.resume, until it is done. Without --resume such a",
      "state is not overwritten. With --resume, what was not yet begun is begun, and what is done",
      "already is left as it is, so one line can be repeated until it ends well."
    })
final class TrainCommand implements Callable<Integer> {
  /** Batches between two saves: a kill costs a few seconds of work at most. */
  private static final int SAVE_EVERY = 100;

  @Mixin private CommonOptions common;
  private CommandSpec spec;

  @Spec
  void spec(CommandSpec own) {
    spec = own;
    spec.usageMessage()
        .footer(Stream.concat(Stream.of("%nParts of a defense:"), parts()).toArray(String[]::new));
  }

  private static Stream<String> parts() {
    return Parts.ALL.stream()
        .map(p -> "  " + p.name() + " " + p.usage() + "%n      " + p.summary());
  }

  @Option(
      names = "--data",
      required = true,
      paramLabel = "D",
      description = "mnist, fashion, cifar10 or synthetic")
  private String data;

  @Option(names = "--model", required = true, paramLabel = "M", description = "mlp or cnn")
  private String model;

  @Option(names = "--epochs", paramLabel = "N", description = "${DEFAULT-VALUE} by default")
  private int epochs = 5;

  @Option(names = "--batch", paramLabel = "N", description = "${DEFAULT-VALUE} by default")
  private int batch = 128;

  @Option(
      names = "--lr",
      paramLabel = "X",
      description = "Adam's first learning rate; ${DEFAULT-VALUE} by default")
  private double lr = 2e-3;

  @Option(names = "--limit", paramLabel = "N", description = "use only the first N images")
  private Integer limit;

  @Option(
      names = "--defense",
      paramLabel = "PARTS",
      description = {
        "what is changed of the training, as 'adv-pgd 0.3' or 'random 0.3; noise 0.01': parts",
        "with ; between, or the option again for each; they are listed below"
      })
  private List<String> defense = List.of();

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

  @Override
  public Integer call() throws IOException {
    check();
    Training training = training();
    Path state = out.resolveSibling(out.getFileName() + ".resume");
    if (!hasWork(state)) {
      return 0;
    }
    try (Devices.Use use = common.useDevice()) {
      Path folder = Datasets.folder(common.dataDir());
      Dataset train = limited(Datasets.load(data, true, folder, common.seed()));
      Dataset test = Datasets.load(data, false, folder, common.seed());
      Module net = Study.model(model, train, common.seed());
      Recipe recipe = new Recipe(epochs, batch, lr, common.seed(), training);
      Study.Trained trained =
          Study.train(
              net,
              train,
              recipe,
              new Checkpoint(state, settings(training), SAVE_EVERY),
              "train " + model);
      Study.save(out, model, net, train);
      report(training, trained, Evaluate.accuracy(net, test.examples()), net.parameterCount());
      Files.deleteIfExists(state);
    }
    return 0;
  }

  private void check() {
    common.checkJson();
    CommonOptions.requireWritable(out);
    Options.known("data set", data, Datasets.NAMES);
    Options.known("model", model, Models.NAMES);
    Options.atLeast("--epochs", epochs, 1);
    Options.atLeast("--batch", batch, 1);
    Options.nonNegative("--lr", lr);
    if (limit != null) {
      Options.atLeast("--limit", limit, 1);
    }
  }

  /** Whether there is something to train: what took hours is neither deleted nor repeated. */
  private boolean hasWork(Path state) {
    boolean killed = Files.exists(state);
    if (killed && !resume) {
      throw new UsageException(
          state
              + ": holds the state of a training that was killed; --resume goes on with it, or remove"
              + " it to begin anew");
    }
    if (killed || !resume) {
      return true; // the trainer says from where it goes on
    }
    boolean done = Files.exists(out);
    String found =
        done
            ? out
                + ": is there, and no state of a killed training beside it: nothing is left to do;"
                + " without --resume it is trained anew"
            : state + ": there is no such state; beginning with the first epoch";
    spec.commandLine().getErr().println("teak: " + found);
    return !done;
  }

  private Training training() {
    try {
      return Training.parse(String.join("; ", defense));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private Dataset limited(Dataset d) {
    return limit == null ? d : d.take(limit);
  }

  /** What a resumed run must have in common with the one that was killed. */
  private String settings(Training training) {
    return String.format(
        Locale.ROOT,
        "data %s, model %s, epochs %d, batch %d, lr %s, limit %s, defense %s, seed %d, device"
            + " %s",
        data,
        model,
        epochs,
        batch,
        lr,
        limit,
        training,
        common.seed(),
        Devices.current().name());
  }

  private void report(Training training, Study.Trained trained, double accuracy, long parameters)
      throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    List<Map<String, Object>> epochRows = new ArrayList<>();
    for (EpochResult e : trained.epochs()) {
      console.printf(
          Locale.ROOT,
          "epoch %d: loss %.4f, train accuracy %.2f%%, validation accuracy %.2f%%, %.1f s%n",
          e.epoch(),
          e.loss(),
          100 * e.trainAccuracy(),
          100 * e.validationAccuracy(),
          e.seconds());
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("loss", e.loss());
      row.put("train_accuracy", e.trainAccuracy());
      row.put("validation_accuracy", e.validationAccuracy());
      row.put("seconds", e.seconds());
      epochRows.add(row);
    }
    console.printf(
        Locale.ROOT,
        "test accuracy %.2f%%; %,d parameters; %s%n",
        100 * accuracy,
        parameters,
        Devices.current().description());
    trained
        .effectiveDimension()
        .ifPresent(d -> console.printf(Locale.ROOT, "the learned mask keeps %.1f pixels%n", d));
    console.printf("weights: %s%n", out);
    console.flush();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("defense", training.toString());
    json.put("epochs", epochRows);
    json.put("test_accuracy", accuracy);
    json.put("parameters", parameters);
    trained.effectiveDimension().ifPresent(d -> json.put("effective_dimension", d));
    json.put("device", Devices.current().name());
    common.writeJson(json);
  }
}
