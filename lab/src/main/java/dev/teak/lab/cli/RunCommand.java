package dev.teak.lab.cli;

import dev.teak.lab.experiment.Experiment;
import dev.teak.lab.experiment.ExperimentFile;
import dev.teak.lab.paper.Paper;
import dev.teak.lab.paper.Papers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teak run}: any experiment from a file. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Run an experiment from a YAML file, as 'teak paper' runs its own.",
      "--print gives one to start from."
    })
final class RunCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private ExperimentOptions options;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "FILE.yaml", description = "what is run")
  private Path file;

  @Option(
      names = "--print",
      paramLabel = "NAME",
      description = "print the experiment of this paper, as feature-masking, and run nothing")
  private String print;

  @Option(
      names = "--size",
      paramLabel = "S",
      description = "of the one to print: smoke, short or paper; ${DEFAULT-VALUE} by default")
  private String size = "short";

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (print != null) {
      Options.known("experiment", print, Papers.names());
      Options.known("size", size, Paper.SIZES);
      out.print(Papers.named(print).text(size));
      out.flush();
      return 0;
    }
    if (file == null) {
      throw new UsageException("run: needs FILE.yaml, or --print NAME");
    }
    if (!Files.isRegularFile(file)) {
      throw new UsageException(file + ": there is no such file; 'teak run --print' gives one");
    }
    options.run(
        read(), null, file.getFileName().toString().replaceFirst("\\.ya?ml$", ""), common, out);
    return 0;
  }

  private Experiment read() throws IOException {
    try {
      return ExperimentFile.read(file);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }
}
