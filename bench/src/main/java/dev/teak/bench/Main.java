package dev.teak.bench;

import dev.teak.bench.libtorch.Libtorch;
import dev.teak.engine.DeviceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code teak bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures the hot paths with JMH; with --peers, times the same work on libtorch"
            + " beside Teak's. Wants a quiet machine: both sides use every core, and wait for the"
            + " slowest.")
public final class Main implements Callable<Integer> {
  private static final double BUSY = 0.5;

  @Spec private CommandSpec spec;

  @Option(names = "--peers", description = "Teak and libtorch turn by turn, in one process.")
  private boolean peers;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Only the works whose name contains TEXT.")
  private String filter;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      split = ",",
      description =
          "Teak's sides: java, opencl[:N], with a comma between (default: java; with --peers and"
              + " without --quick also opencl where there is one).")
  private List<String> devices = List.of();

  @Option(
      names = "--alone",
      paramLabel = "SIDE",
      description =
          "As --peers, but this side only (java, opencl[:N] or libtorch): its peak memory is then"
              + " the process's.")
  private String alone;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results to FILE, too.")
  private Path json;

  @Option(
      names = "--guard",
      description =
          "As --peers; names the works whose ratio fell by more than 15%% against the recorded one.")
  private boolean guard;

  @Option(names = "--large", description = "With --peers: the works that are enough for a GPU.")
  private boolean large;

  @Option(names = "--quick", description = "Fewer and shorter rounds: a first impression.")
  private boolean quick;

  /** The launcher may leave its own word {@code bench} in front of the options. */
  public static void main(String[] args) {
    boolean named = args.length > 0 && args[0].equals("bench");
    String[] options = named ? Arrays.copyOfRange(args, 1, args.length) : args;
    System.exit(new CommandLine(new Main()).execute(options));
  }

  @Override
  public Integer call() throws IOException {
    warnIfBusy();
    List<PeerPair> pairs = large ? PeerSuite.largePairs(filter) : PeerSuite.pairs(filter);
    if (pairs.isEmpty()) {
      err().println(noSuchWork());
      return CommandLine.ExitCode.USAGE;
    }
    return peers || guard || alone != null ? comparePeers(pairs) : runJmh(pairs);
  }

  private int runJmh(List<PeerPair> pairs) {
    try {
      JmhRun.run(pairs, devices.isEmpty() ? List.of("java") : devices, quick, json);
      return CommandLine.ExitCode.OK;
    } catch (RunnerException failed) {
      err().println("bench: " + failed.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private int comparePeers(List<PeerPair> pairs) throws IOException {
    PeerTimer timer = quick ? PeerTimer.quick() : PeerTimer.full();
    List<Works> sides = new ArrayList<>();
    Works peer = null;
    try {
      boolean libtorchAlone = "libtorch".equals(alone);
      if (!libtorchAlone) {
        openTeak(sides);
      }
      if (alone == null || libtorchAlone) {
        peer = openLibtorch();
      }
      if (libtorchAlone && peer == null) {
        return CommandLine.ExitCode.SOFTWARE;
      }
      List<Works> measured = libtorchAlone ? List.of(peer) : sides;
      Works beside = libtorchAlone ? null : peer;
      PeerTable table =
          PeerTable.measure(
              pairs, measured, beside, timer, work -> err().println("bench: " + work));
      out().print(table.text());
      printMemory();
      out().flush();
      if (json != null) {
        table.write(json);
      }
      return guard ? check(table) : CommandLine.ExitCode.OK;
    } finally {
      sides.forEach(Works::close);
      if (peer != null) {
        peer.close();
      }
    }
  }

  private void openTeak(List<Works> sides) {
    if (alone != null) {
      sides.add(TeakWorks.open(alone));
      return;
    }
    List<String> names = devices.isEmpty() ? List.of("java") : devices;
    names.forEach(name -> sides.add(TeakWorks.open(name)));
    if (devices.isEmpty() && !quick) {
      try {
        sides.add(TeakWorks.open("opencl"));
      } catch (DeviceException none) {
        err().println("bench: no opencl rows: " + none.getMessage());
      }
    }
  }

  private int check(PeerTable table) throws IOException {
    Guard recorded = Guard.recorded();
    if (!recorded.knows(table.rows())) {
      err().println("guard: nothing is recorded for these works, or libtorch is not there");
      return CommandLine.ExitCode.USAGE;
    }
    List<String> fallen = recorded.fallen(table.rows());
    fallen.forEach(line -> out().println("guard: " + line));
    out().println(fallen.isEmpty() ? "guard: no ratio fell by more than 15%" : "guard: failed");
    out().flush();
    return fallen.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private String noSuchWork() {
    StringBuilder text = new StringBuilder("bench: no work's name contains \"" + filter + "\"; ");
    text.append("the works are:");
    PeerSuite.pairs("").forEach(pair -> text.append("\n  ").append(pair.work()));
    return text.toString();
  }

  /** Null, after one line that says why, where libtorch is not to be had. */
  private Works openLibtorch() {
    try {
      return Libtorch.open();
    } catch (Libtorch.Absent absent) {
      err().println("bench: " + absent.getMessage() + "; Teak's column stands alone");
      return null;
    }
  }

  private void printMemory() {
    ResidentMemory.peakBytes()
        .ifPresent(
            bytes ->
                out()
                    .printf(
                        Locale.ROOT,
                        "peak resident memory, %s: %.0f MiB%n",
                        alone == null ? "all sides together" : alone + " alone",
                        bytes / 1048576.0));
  }

  /** Another busy process costs libtorch up to tenfold, for its threads wait by spinning. */
  private void warnIfBusy() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    if (load > BUSY) {
      err()
          .printf(
              Locale.ROOT,
              "bench: this machine was busy in the last minute (load %.1f): figures may be off%n",
              load);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
