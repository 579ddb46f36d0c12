package dev.teak.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the JMH benchmarks of this module, in forks that inherit this JVM's options. */
final class JmhRun {
  /** C2 may settle in a slow or a fast form by chance, so one fork tells little. */
  private static final int FORKS = 5;

  private JmhRun() {}

  /**
   * Runs some works on some devices.
   *
   * @param json where JMH's own JSON goes, or null
   */
  static void run(List<PeerPair> works, List<String> devices, boolean quick, Path json)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(Pattern.quote(HotPaths.class.getName()))
            .param("device", devices.toArray(String[]::new))
            .param("work", works.stream().map(PeerPair::work).toArray(String[]::new))
            .forks(quick ? 1 : FORKS)
            .warmupIterations(quick ? 2 : 5)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(quick ? 3 : 5)
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true);
    if (json != null) {
      options.resultFormat(ResultFormatType.JSON).result(json.toString());
    }
    new Runner(options.build()).run();
  }
}
