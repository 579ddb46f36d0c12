package dev.teak.lab.cli;

import dev.teak.engine.Home;
import dev.teak.engine.Numbers;
import dev.teak.nn.settings.Nearest;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code teak}: the root of all commands. */
@Command(
    name = "teak",
    version = Main.VERSION,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "A tensor and autodiff engine, and on it attacks and defenses.",
    subcommands = {
      QuickstartCommand.class,
      TrainCommand.class,
      AttackCommand.class,
      EvaluateCommand.class,
      PaperCommand.class,
      RunCommand.class,
      ListCommand.class,
      DataCommand.class,
      DevicesCommand.class,
      ProfileCommand.class,
      TuneCommand.class,
      GradcheckCommand.class,
      ExplainCommand.class
    },
    footer = {
      "",
      "And two that the launcher runs: 'shell', JShell with Teak imported, and 'bench'.",
      "",
      "Variables of the environment:",
      "  TEAK_JAVA_HOME    the JDK",
      "  TEAK_JAVA_OPTS    more options for its JVM, separated by spaces",
      "  TEAK_CLASSPATH    jars with defenses, attacks, models, measures and data sets of your own",
      "  TEAK_THREADS      threads of the java device; by default one a processor",
      "  TEAK_DATA         where data sets are; by default ~/.cache/teak",
      "  TEAK_MIRROR       where 'data get' looks first, for URL/NAME/FILE",
      "  TEAK_CACHE        where compiled kernels are kept; by default teak/opencl in",
      "                    XDG_CACHE_HOME, in ~/.cache, or among temporary files",
      "  TEAK_STACKTRACE   where it is set, errors come with their stack",
      "  http_proxy, https_proxy, all_proxy, no_proxy",
      "                    as curl has them, for 'data get'; without passwords"
    })
public final class Main implements Runnable {
  static final String VERSION = "teak 0.1.0";

  @Spec private CommandSpec spec;

  /** Runs a command line and exits with its status. */
  public static void main(String... args) {
    CheckedOutput output = new CheckedOutput(new FileOutputStream(FileDescriptor.out));
    PrintWriter out = new PrintWriter(output, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int status = execute(out, err, args);
    out.flush();
    if (output.failure() != null) {
      err.println("teak: the output cannot be written: " + output.failure());
      status = Math.max(status, CommandLine.ExitCode.SOFTWARE);
    }
    System.exit(status);
  }

  /** Runs a command line; the exit status is 0, 1 or 2. */
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try {
      OwnClasses.load(args);
      return HelpText.of(new CommandLine(new Main()))
          .registerConverter(double.class, reads(Numbers::parse))
          .registerConverter(Double.class, reads(Numbers::parse))
          .registerConverter(Path.class, reads(Home::resolve))
          .setOut(out)
          .setErr(err)
          .setCaseInsensitiveEnumValuesAllowed(true)
          .setParameterExceptionHandler(Main::wrongCall)
          .setExecutionExceptionHandler((e, command, parsed) -> failed(e, err))
          .execute(args);
    } catch (UsageException | Error e) { // before picocli, and what it lets through
      return failed(e, err);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  /** An option's value as {@code reader} makes it of its text, or says why it does not. */
  private static <T> ITypeConverter<T> reads(Function<String, T> reader) {
    return text -> {
      try {
        return reader.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  private static int wrongCall(ParameterException e, String... args) {
    CommandLine command = e.getCommandLine();
    command
        .getErr()
        .println(
            "teak: "
                + oneLine(said(e, args))
                + "; see '"
                + command.getCommandSpec().qualifiedName()
                + " --help'");
    return CommandLine.ExitCode.USAGE;
  }

  /** What is wrong, with the name that may have been meant where one is not known. */
  private static String said(ParameterException e, String... args) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    if (e instanceof UnmatchedArgumentException u && !command.subcommands().isEmpty()) {
      String name = u.getUnmatched().get(0);
      if (!name.startsWith("-")) {
        String nearest = Nearest.of(name, command.subcommands().keySet());
        return "there is no command '" + name + "'" + nearest;
      }
    }
    if (e instanceof UnmatchedArgumentException || e instanceof MissingParameterException) {
      for (String arg : args) {
        String option = arg.replaceFirst("=.*", "");
        if (option.startsWith("--") && !command.optionsMap().containsKey(option)) {
          String nearest = Nearest.of(option, command.optionsMap().keySet());
          return "Unknown option: '" + option + "'" + nearest;
        }
      }
    }
    return e.getMessage();
  }

  /** One line that says what and where; the stack only for whoever asks by TEAK_STACKTRACE. */
  private static int failed(Throwable thrown, PrintWriter err) {
    Throwable e = thrown;
    boolean wrongCall = e instanceof UsageException;
    while (e.getCause() != null
        && (e instanceof ExecutionException
            || e instanceof ExceptionInInitializerError
            || e instanceof UncheckedIOException)) {
      // A class that rejects a setting when it is loaded, as TEAK_THREADS.
      wrongCall |= e.getCause() instanceof IllegalArgumentException;
      e = e.getCause();
    }
    err.println("teak: " + oneLine(explain(e)));
    if (System.getenv("TEAK_STACKTRACE") != null) {
      thrown.printStackTrace(err);
    }
    return wrongCall ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  private static String explain(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return "out of memory in a heap of "
          + (Runtime.getRuntime().maxMemory() >> 20)
          + " MiB; give it more with TEAK_JAVA_OPTS=-Xmx4g, or less to do with --limit or --batch";
    }
    if (e instanceof StackOverflowError) {
      return "something is nested too deep for the stack; TEAK_STACKTRACE=1 shows what, and"
          + " TEAK_JAVA_OPTS=-Xss64m gives a larger one";
    }
    if (e instanceof NoSuchFileException) {
      return e.getMessage() + ": there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return e.getMessage() + ": this user may not read or write it";
    }
    // An error's message alone can be as little as the name of a class.
    return e instanceof Error || e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static String oneLine(String message) {
    return message == null ? "" : message.replaceAll("\\s*\\R\\s*", " ");
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }
}
