package dev.teak.lab.cli;

import dev.teak.engine.Devices;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.check.GradCheck;
import dev.teak.engine.check.OpSample;
import dev.teak.engine.check.OpSamples;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code teak gradcheck}: on {@code reference} every gradient, and the gradient of every gradient,
 * against finite differences; on any other device every output and gradient against {@code
 * reference}.
 */
@Command(
    name = "gradcheck",
    mixinStandardHelpOptions = true,
    description = {
      "Check the gradients of every op: against finite differences on the reference device",
      "(the default), against the reference on any other."
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

  /** The worst of all samples of an op. */
  private record Row(String op, String backend, int order, double maxError, double tolerance) {
    boolean passed() {
      return maxError <= tolerance;
    }

    Row worse(Row other) {
      return other.maxError > maxError ? other : this;
    }

    Map<String, Object> json() {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("op", op);
      row.put("backend", backend);
      row.put("order", order);
      row.put("max_error", maxError);
      row.put("passed", passed());
      return row;
    }
  }

  @Override
  public Integer call() throws IOException {
    common.checkJson();
    Map<String, Row> rows = new LinkedHashMap<>();
    try (Devices.Use use = common.useDevice("reference")) {
      for (int draw = 0; draw < DRAWS; draw++) {
        for (OpSample sample : chosen(common.seed() + draw)) {
          check(sample, rows);
        }
      }
    }
    print(rows.values());
    common.writeJson(Map.of("rows", rows.values().stream().map(Row::json).toList()));
    return rows.values().stream().allMatch(Row::passed) ? 0 : 1;
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

  private static void check(OpSample s, Map<String, Row> rows) {
    Backend device = Devices.current();
    if (!device.name().equals("reference")) {
      double error = distance(s.run(Devices.open("reference")), s.run(device));
      add(
          rows,
          new Row(s.op(), device.name(), s.differentiable() ? 1 : 0, error, FLOAT32_TOLERANCE));
    } else if (s.differentiable()) {
      double first = GradCheck.check(s.function(), s.inputs()).maxError();
      double second = GradCheck.checkSecondOrder(s.function(), s.inputs()).maxError();
      add(rows, new Row(s.op(), device.name(), 1, first, GradCheck.TOLERANCE));
      add(rows, new Row(s.op(), device.name(), 2, second, GradCheck.TOLERANCE));
    }
  }

  private static void add(Map<String, Row> rows, Row row) {
    rows.merge(row.op + "/" + row.order, row, Row::worse);
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

  private void print(Iterable<Row> rows) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%-18s %-10s %5s %10s %s%n", "op", "backend", "order", "max error", "verdict");
    for (Row r : rows) {
      out.printf(
          "%-18s %-10s %5d %10.1e %s%n",
          r.op, r.backend, r.order, r.maxError, r.passed() ? "passed" : "FAILED");
    }
    out.flush();
  }
}
