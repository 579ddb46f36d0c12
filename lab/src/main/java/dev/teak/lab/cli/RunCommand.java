package dev.teak.lab.cli;

import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentFile;
import dev.teak.lab.experiment.NamedExperiments;
import dev.teak.lab.paper.Paper;
import dev.teak.lab.paper.Papers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teak run}: any experiment, from a file or by its name. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Run an experiment from a YAML file, as 'teak paper' runs its own, or one that Teak brings:"
          + " cifar10-robust-hour, cifar10-robust-parts or mnist-robust-minutes.",
      "--print gives one to start from."
    })
final class RunCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private ExperimentOptions options;
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE.yaml",
      description = "what is run: a file, or a name")
  private Path file;

  @Option(
      names = "--print",
      paramLabel = "NAME",
      description =
          "print the experiment of this name, or of this paper, as feature-masking, and run nothing")
  private String print;

  @Option(
      names = "--size",
      paramLabel = "S",
      description = "of a paper's to print: smoke, short or paper; ${DEFAULT-VALUE} by default")
  private String size = "short";

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (print != null) {
      out.print(text());
      out.flush();
      return 0;
    }
    if (file == null) {
      throw new UsageException("run: needs FILE.yaml, or --print NAME");
    }
    options.run(
        read(), null, file.getFileName().toString().replaceFirst("\\.ya?ml$", ""), common, out);
    return 0;
  }

  private String text() {
    if (NamedExperiments.NAMES.contains(print)) {
      return NamedExperiments.text(print);
    }
    List<String> names = new ArrayList<>(Papers.names());
    names.addAll(NamedExperiments.NAMES);
    Options.known("experiment", print, names);
    Options.known("size", size, Paper.SIZES);
    return Papers.named(print).text(size);
  }

  private Experiment read() throws IOException {
    String name = file.toString();
    try {
      if (Files.isRegularFile(file)) {
        return ExperimentFile.read(file);
      }
      if (NamedExperiments.NAMES.contains(name)) {
        return ExperimentFile.parse(name, NamedExperiments.text(name));
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
    throw new UsageException(
        name
            + ": there is no such file, nor an experiment of that name ("
            + String.join(", ", NamedExperiments.NAMES)
            + "); 'teak run --print' gives one to start from");
  }
}
