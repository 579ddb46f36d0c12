package dev.teak.lab.cli;

import dev.teak.lab.data.DataSources;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.paper.Paper;
import dev.teak.lab.paper.Papers;
import dev.teak.nn.settings.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teak paper}: a paper's experiment, whole. */
@Command(
    name = "paper",
    mixinStandardHelpOptions = true,
    description = {
      "Run a paper's experiment, with a page that stands beside the paper's own figures.",
      "Every model is trained, attacked and checked. DIR gets report.html, results.jsonl,"
          + " results.csv, timings.jsonl and settings.yaml, which 'teak run' takes back. Killed,"
          + " it goes on with --resume to the same results."
    })
final class PaperCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private ExperimentOptions options;
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "PAPER",
      completionCandidates = Names.class,
      description = "one of: ${COMPLETION-CANDIDATES}")
  private String paper;

  /** For the help: the papers there are. */
  private static final class Names extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Names() {
      super(Papers.names());
    }
  }

  @Option(
      names = "--size",
      required = true,
      paramLabel = "S",
      description =
          "smoke (a minute, says nothing), short (20 to 60 minutes on two cores) or paper"
              + " (days, or weeks: all images)")
  private String size;

  @Override
  public Integer call() throws IOException {
    Options.known("paper", paper, Papers.names());
    Options.known("size", size, Paper.SIZES);
    Paper named = Papers.named(paper);
    Experiment experiment = named.experiment(size);
    if (size.equals("smoke") && !experiment.data().isPresent(Datasets.folder(common.dataDir()))) {
      spec.commandLine()
          .getOut()
          .printf(
              "%s is not there: using the synthetic digits%n", Settings.text(experiment.data()));
      experiment = experiment.withData(DataSources.read("synthetic"));
    }
    options.run(experiment, named, paper + "-" + size, common, spec.commandLine().getOut());
    return 0;
  }
}
