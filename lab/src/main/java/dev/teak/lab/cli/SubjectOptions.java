package dev.teak.lab.cli;

import dev.teak.attacks.Victim;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.nn.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of the commands that attack a trained model. */
final class SubjectOptions {
  @Option(names = "--data", paramLabel = "D", description = "mnist, fashion, cifar10 or synthetic")
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
      description = "answers that each question to a random model is the mean of")
  private int eot = 1;

  /** A model and the images it is attacked on. */
  record Loaded(Module model, Dataset data) {}

  /** The data set, as {@link Datasets} knows it. */
  String data() {
    return data;
  }

  int batch() {
    return batch;
  }

  int eot() {
    return eot;
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
    Options.known("data set", data, Datasets.NAMES);
    Options.atLeast("--limit", limit == null ? 1 : limit, 1);
    Options.atLeast("--batch", batch, 1);
    Options.atLeast("--eot", eot, 1);
  }

  Loaded load(CommonOptions common) throws IOException {
    if (!Files.isRegularFile(weights)) {
      throw new UsageException(weights + ": there is no such file; 'teak train' writes one");
    }
    Dataset test = Datasets.load(data, false, Datasets.folder(common.dataDir()), common.seed());
    Dataset images = limit == null ? test : test.take(limit);
    return new Loaded(Study.load(weights, images), images);
  }

  /** Other models of the same classes. */
  static List<Victim> victims(List<Path> files, Dataset images) throws IOException {
    List<Victim> victims = new ArrayList<>();
    for (Path file : files) {
      victims.add(Victim.of(Study.load(file, images)));
    }
    return victims;
  }
}
