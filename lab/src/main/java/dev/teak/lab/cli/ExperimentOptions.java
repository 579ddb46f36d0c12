package dev.teak.lab.cli;

import dev.teak.engine.Devices;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.CellResult.Attacked;
import dev.teak.lab.experiment.Data;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentRun;
import dev.teak.lab.experiment.ResultsFolder;
import dev.teak.lab.report.FeatureMaskingReport;
import dev.teak.nn.io.WholeFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How an experiment is run, for the commands that run one. */
final class ExperimentOptions {
  @Option(
      names = "--seeds",
      paramLabel = "N",
      description =
          "run every cell from so many seeds, from --seed on; by default the experiment's")
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
      description = {
        "cells at a time, each on one thread if there are several; by default as many as there are",
        "cores on the java device, which is more than twice as fast as one on all of two, else 1"
      })
  private Integer parallel;

  /** Runs, writes all files and prints what was found. */
  void run(Experiment asked, String folderName, CommonOptions common, PrintWriter console)
      throws IOException {
    common.checkJson();
    Options.atLeast("--seeds", seeds == null ? 1 : seeds, 1);
    Options.atLeast("--parallel", parallel == null ? 1 : parallel, 1);
    Experiment experiment = seeds == null ? asked : asked.withSeeds(common.seed(), seeds);
    Path folder = out == null ? Path.of(folderName) : out;
    try (Devices.Use use = common.useDevice()) {
      Data data = Data.of(experiment, Datasets.folder(common.dataDir()));
      try (ResultsFolder results = open(folder, experiment, data)) {
        if (resume) {
          int done = results.results().size();
          System.err.println("teak: " + folder + ": going on after " + done + " cells");
        }
        try (Reporter reporter = new Reporter()) {
          new ExperimentRun(experiment, data, results, parallel(), reporter).run();
        }
        String html =
            FeatureMaskingReport.html(
                experiment, results.results(), results.times(), results.settings());
        WholeFile.write(folder.resolve("report.html"), html.getBytes(StandardCharsets.UTF_8));
        print(console, experiment, results.results());
        common.writeJson(results.results());
      }
    }
    console.printf("report: %s%n", folder.resolve("report.html"));
    console.flush();
  }

  private int parallel() {
    boolean java = Devices.current().name().equals("java");
    return parallel != null ? parallel : java ? Runtime.getRuntime().availableProcessors() : 1;
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
    private Progress progress;

    @Override
    public synchronized void at(String name, int done, int total, String last) {
      if (progress == null) {
        progress = new Progress(name, total);
      }
      progress.at(done, last);
      if (done == total) {
        close();
      }
    }

    @Override
    public synchronized void close() {
      if (progress != null) {
        progress.close();
        progress = null;
      }
    }
  }

  /** Means over the seeds, a line for each model and training. */
  private static void print(PrintWriter console, Experiment experiment, List<CellResult> results) {
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
          console.printf(Locale.ROOT, "%-" + width + "s %7.1f%%", name, 100 * clean);
          for (String attack : CellResult.ATTACKS) {
            OptionalDouble left =
                cells.stream()
                    .flatMap(r -> r.attacked().stream())
                    .filter(a -> a.attack().equals(attack) && a.epsilon() == epsilon)
                    .mapToDouble(Attacked::accuracy)
                    .average();
            console.printf(
                " %10s",
                left.isPresent()
                    ? String.format(Locale.ROOT, "%.1f%%", 100 * left.getAsDouble())
                    : "-");
          }
          console.println();
        });
  }
}
