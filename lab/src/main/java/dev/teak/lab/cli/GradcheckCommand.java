package dev.teak.lab.cli;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BackendProvider.DeviceInfo;
import dev.teak.engine.check.GradCheck;
import dev.teak.engine.check.OpSample;
import dev.teak.engine.check.OpSamples;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code teak gradcheck}: every op on every device. On {@code reference} every gradient, and the
 * gradient of every gradient, against finite differences; on any other device outputs and gradients
 * of both orders against {@code reference}.
 */
@Command(
    name = "gradcheck",
    mixinStandardHelpOptions = true,
    description = {
      "Check the gradients of every op, and the gradients of those, on every device.",
      "Those of the reference are checked against finite differences, those of any other"
          + " device against the reference. --device checks one device alone."
    })
final class GradcheckCommand implements Callable<Integer> {
  /** Float32 against double: chains of a few hundred roundings of 2^-24 on sizes of about 4. */
  private static final double FLOAT32_TOLERANCE = 1e-4;

  /** Sets of shapes and values that each op is tried with. */
  private static final int DRAWS = 5;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Option(names = "--op", paramLabel = "NAME", description = "check only this op")
  private String only;

  /**
   * The worst of all samples of an op.
   *
   * @param exempt why there is no gradient to check, or null; the zero that stands for it is
   *     checked
   */
  private record Row(
      String op, String backend, int order, double maxError, double tolerance, String exempt) {
    boolean passed() {
      return maxError <= tolerance;
    }

    Row worse(Row other) {
      return other.maxError > maxError ? other : this;
    }

    String verdict() {
      String verdict = passed() ? "passed" : "FAILED";
      return exempt == null ? verdict : verdict + ", exempt from gradients: " + exempt;
    }

    Map<String, Object> json() {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("op", op);
      row.put("backend", backend);
      row.put("order", order);
      row.put("max_error", maxError);
      row.put("passed", passed());
      row.put("exempt", exempt);
      return row;
    }
  }

  @Override
  public Integer call() throws IOException {
    common.checkJson();
    chosen(common.seed()); // says so before any work where there is no such op
    List<Row> rows = new ArrayList<>();
    for (Backend device : devices()) {
      rows.addAll(check(device));
    }
    print(rows);
    common.writeJson(Map.of("rows", rows.stream().map(Row::json).toList()));
    return rows.stream().allMatch(Row::passed) ? 0 : 1;
  }

  /** The device asked for, or all of them, the reference first. */
  private List<Backend> devices() {
    if (common.hasDevice()) {
      try (Devices.Use use = common.useDevice()) {
        return List.of(Devices.current());
      }
    }
    return Stream.concat(
            Stream.of("reference"),
            Devices.list().stream().map(DeviceInfo::name).filter(name -> !isReference(name)))
        .map(Devices::open)
        .toList();
  }

  private static boolean isReference(String device) {
    return device.equals("reference");
  }

  private Collection<Row> check(Backend device) {
    Map<String, Row> rows = new LinkedHashMap<>();
    try (Devices.Use use = Devices.use(device);
        ConsoleProgress progress = new ConsoleProgress("check " + device.name())) {
      for (int draw = 0; draw < DRAWS; draw++) {
        for (OpSample sample : chosen(common.seed() + draw)) {
          for (Row row : check(sample, device)) {
            rows.merge(row.op + "/" + row.order, row, Row::worse);
          }
        }
        progress.at("", draw + 1, DRAWS, "draws");
      }
    }
    return rows.values();
  }

  private List<OpSample> chosen(long seed) {
    List<OpSample> all = OpSamples.draw(seed);
    if (only == null) {
      return all;
    }
    List<OpSample> some = all.stream().filter(s -> s.op().equals(only)).toList();
    if (some.isEmpty()) {
      String names =
          all.stream().map(OpSample::op).distinct().sorted().collect(Collectors.joining(", "));
      throw new UsageException("there is no op '" + only + "'; the ops are " + names);
    }
    return some;
  }

  private static List<Row> check(OpSample s, Backend device) {
    if (isReference(device.name())) {
      return List.of(
          new Row(s.op(), device.name(), 1, s.check().maxError(), GradCheck.TOLERANCE, s.exempt()),
          new Row(
              s.op(),
              device.name(),
              2,
              s.checkSecondOrder().maxError(),
              GradCheck.TOLERANCE,
              s.exempt()));
    }
    Backend oracle = Devices.open("reference");
    double first = distance(s.run(oracle), s.run(device));
    double second = distance(s.runSecondOrder(oracle), s.runSecondOrder(device));
    return List.of(
        new Row(s.op(), device.name(), 1, first, FLOAT32_TOLERANCE, s.exempt()),
        new Row(s.op(), device.name(), 2, second, FLOAT32_TOLERANCE, s.exempt()));
  }

  private static double distance(List<double[]> expected, List<double[]> actual) {
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      for (int j = 0; j < expected.get(i).length; j++) {
        double e = expected.get(i)[j];
        double error = Math.abs(e - actual.get(i)[j]) / Math.max(1, Math.abs(e));
        worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
      }
    }
    return worst;
  }

  private void print(List<Row> rows) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%-22s %-10s %5s %10s %s%n", "op", "backend", "order", "max error", "verdict");
    for (Row r : rows) {
      out.printf(
          Locale.ROOT,
          "%-22s %-10s %5d %10.1e %s%n",
          r.op,
          r.backend,
          r.order,
          r.maxError,
          r.verdict());
    }
    long failed = rows.stream().filter(r -> !r.passed()).count();
    out.printf(Locale.ROOT, "%d rows, %d failed%n", rows.size(), failed);
    out.flush();
  }
}
