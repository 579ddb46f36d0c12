package dev.teak.lab.cli;

import dev.teak.engine.Devices;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Data;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentRun;
import dev.teak.lab.experiment.ResultsFolder;
import dev.teak.lab.report.Claims;
import dev.teak.lab.report.ExperimentReport;
import dev.teak.lab.report.Formats;
import dev.teak.lab.report.Summary;
import dev.teak.nn.io.WholeFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
      description =
          "cells at a time, each on one thread if there are several; by default as many as"
              + " there are cores on the java device, which is more than twice as fast as one on"
              + " all of two, else 1")
  private Integer parallel;

  /**
   * Runs, writes all files and prints what was found.
   *
   * @param claims what a paper says of it; null where it is no paper's
   */
  void run(
      Experiment asked, Claims claims, String folderName, CommonOptions common, PrintWriter console)
      throws IOException {
    common.checkJson();
    Options.atLeast("--seeds", seeds == null ? 1 : seeds, 1);
    Options.atLeast("--parallel", parallel == null ? 1 : parallel, 1);
    Experiment experiment = seeds == null ? asked : asked.withSeeds(common.seed(), seeds);
    Path folder = out == null ? Path.of(folderName) : out;
    try (Devices.Use use = common.useDevice()) {
      Data data = Data.of(experiment, Datasets.folder(common.dataDir()));
      try (ResultsFolder results = open(folder, experiment, data)) {
        try (ConsoleProgress progress = new ConsoleProgress(experiment.name())) {
          ExperimentRun run = new ExperimentRun(experiment, data, results, parallel(), progress);
          announce(console, experiment, run);
          run.run();
        }
        String html =
            ExperimentReport.html(
                experiment, results.results(), results.times(), results.settings(), claims);
        WholeFile.write(folder.resolve("report.html"), html.getBytes(StandardCharsets.UTF_8));
        print(console, results.results());
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

  /** How much there is to do, before it begins. */
  private void announce(PrintWriter console, Experiment experiment, ExperimentRun run) {
    int all = experiment.cells().size();
    int missing = run.missing().size();
    console.printf(
        Locale.ROOT,
        "%s: %d of %d cells done; the rest takes about %s on %s%n",
        experiment.name(),
        all - missing,
        all,
        ConsoleProgress.time(run.estimate()),
        Devices.current().description());
    console.flush();
  }

  /** Means over the seeds, a line for each recipe and a column for each measure. */
  private static void print(PrintWriter console, List<CellResult> results) {
    Map<String, List<CellResult>> recipes =
        results.stream()
            .collect(
                Collectors.groupingBy(
                    r -> r.cell().recipe(), LinkedHashMap::new, Collectors.toList()));
    List<String> columns =
        results.stream()
            .flatMap(r -> r.measures().entrySet().stream())
            .filter(e -> e.getValue().figures().containsKey("accuracy"))
            .map(Map.Entry::getKey)
            .distinct()
            .toList();
    int width = recipes.keySet().stream().mapToInt(String::length).max().orElse(0);
    console.printf("%n%-" + width + "s", "accuracy");
    columns.forEach(c -> console.printf("  %s", c));
    console.println();
    recipes.forEach(
        (name, cells) -> {
          console.printf("%-" + width + "s", name);
          for (String column : columns) {
            double[] values =
                cells.stream()
                    .flatMap(r -> r.measured(column).stream())
                    .mapToDouble(m -> m.value("accuracy"))
                    .toArray();
            String shown = values.length == 0 ? "-" : Formats.percent(Summary.of(values).mean());
            console.printf("  %" + column.length() + "s", shown);
          }
          console.println();
        });
  }
}
