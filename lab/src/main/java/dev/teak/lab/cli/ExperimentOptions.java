package dev.teak.lab.cli;

import dev.teak.engine.Devices;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Attacked;
import dev.teak.lab.experiment.Data;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentRun;
import dev.teak.lab.experiment.ResultsFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How an experiment is run, for the commands that run one. */
final class ExperimentOptions {
  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "run every cell from so many seeds, from --seed on; by default the experiment's")
  private Integer seeds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for the results; by default the experiment's name")
  private Path out;

  @Option(names = "--resume", description = "go on where a killed run stood")
  private boolean resume;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "cells at a time; ${DEFAULT-VALUE} by default")
  private int parallel = 1;

  /** Runs, writes all files and prints what was found. */
  void run(Experiment asked, String folderName, CommonOptions common, PrintWriter console)
      throws IOException {
    common.checkJson();
    Options.atLeast("--seeds", seeds == null ? 1 : seeds, 1);
    Options.atLeast("--parallel", parallel, 1);
    Experiment experiment = seeds == null ? asked : asked.withSeeds(common.seed(), seeds);
    Path folder = out == null ? Path.of(folderName) : out;
    try (Devices.Use use = common.useDevice()) {
      Data data = Data.of(experiment, Datasets.folder(common.dataDir()));
      try (ResultsFolder results = open(folder, experiment, data)) {
        try (Reporter reporter = new Reporter()) {
          new ExperimentRun(experiment, data, results, parallel, reporter).run();
        }
        print(console, experiment, results.results());
        common.writeJson(results.results());
      }
    }
    console.printf("results: %s%n", folder.resolve("results.csv"));
    console.flush();
  }

  private ResultsFolder open(Path folder, Experiment experiment, Data data) throws IOException {
    List<String> provenance =
        List.of(
            "device " + Devices.current().name(),
            "training images " + data.learning().train().fingerprint(),
            "test images " + data.test().fingerprint());
    String origin = Main.VERSION + " on " + Devices.current().description();
    try {
      return ResultsFolder.open(folder, experiment, provenance, origin, resume);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** A bar, or lines, for the search and then for the cells. */
  private static final class Reporter implements ExperimentRun.Listener, AutoCloseable {
    private String task = "";
    private Progress progress;

    @Override
    public synchronized void at(String name, int done, int total, String last) {
      if (!name.equals(task)) {
        close();
        task = name;
        progress = new Progress(name, total);
      }
      progress.at(done, last);
    }

    @Override
    public synchronized void close() {
      if (progress != null) {
        progress.close();
      }
    }
  }

  /** Means over the seeds, a line for each model and training. */
  private static void print(
      PrintWriter console, Experiment experiment, List<CellResult> results) {
    double epsilon = experiment.attacks().middleEpsilon();
    Map<String, List<CellResult>> groups =
        results.stream()
            .collect(
                Collectors.groupingBy(
                    r -> r.cell().group(), LinkedHashMap::new, Collectors.toList()));
    int width = groups.keySet().stream().mapToInt(String::length).max().orElse(0);
    console.printf("%n%-" + width + "s %8s", "eps " + epsilon, "clean");
    CellResult.ATTACKS.forEach(attack -> console.printf(" %10s", attack));
    console.println();
    groups.forEach(
        (name, cells) -> {
          double clean = cells.stream().mapToDouble(r -> r.clean().accuracy()).average().orElse(0);
          console.printf("%-" + width + "s %7.1f%%", name, 100 * clean);
          for (String attack : CellResult.ATTACKS) {
            console.printf(
                " %10s",
                cells.stream()
                    .flatMap(r -> r.attacked().stream())
                    .filter(a -> a.attack().equals(attack) && a.epsilon() == epsilon)
                    .collect(Collectors.averagingDouble(Attacked::accuracy)));
          }
          console.println();
        });
  }
}
