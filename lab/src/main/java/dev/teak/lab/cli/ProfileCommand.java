package dev.teak.lab.cli;

import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Profile;
import dev.teak.engine.backend.Profile.KernelTime;
import dev.teak.nn.Module;
import dev.teak.nn.optim.Sgd;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code teak profile}: which kernels a step's time goes to, by the device's own clock. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description = {
      "Run some steps on random images and list the kernels they took, the longest first.",
      "Of each: time, rate of arithmetic where it is counted, bytes of all operands a"
          + " second, share."
    })
final class ProfileCommand implements Callable<Integer> {
  /** Steps before the clock runs: kernels are compiled and memory is taken in the first. */
  private static final int WARM_UP = 3;

  private static final int ATTACK_STEPS = 10;
  private static final double EPSILON = 0.15;
  private static final int CLASSES = 10;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Option(
      names = "--work",
      paramLabel = "W",
      description = "train or attack (PGD of 10 steps); ${DEFAULT-VALUE} by default")
  private String work = "train";

  @Option(
      names = "--model",
      paramLabel = "M",
      description = "any that 'teak train' takes; ${DEFAULT-VALUE} by default")
  private String model = "cnn";

  @Option(names = "--batch", paramLabel = "N", description = "${DEFAULT-VALUE} by default")
  private int batch = 128;

  @Option(names = "--steps", paramLabel = "N", description = "${DEFAULT-VALUE} by default")
  private int steps = 20;

  @Override
  public Integer call() throws IOException {
    common.checkJson();
    Options.known("work", work, List.of("train", "attack"));
    Options.atLeast("--batch", batch, 1);
    Options.atLeast("--steps", steps, 1);
    try (Devices.Use use = common.useDevice("opencl");
        Scope scope = Scope.open()) {
      Runnable step = step(new RandomStream(common.seed(), "profile"));
      repeat(step, WARM_UP);
      try (Profile profile = Devices.current().profile()) {
        long start = System.nanoTime();
        repeat(step, steps);
        List<KernelTime> rows = profile.rows();
        double wall = (System.nanoTime() - start) * 1e-9;
        print(rows, wall);
        common.writeJson(json(rows, wall));
      }
    }
    return 0;
  }

  private static void repeat(Runnable step, int times) {
    for (int i = 0; i < times; i++) {
      try (Scope scope = Scope.open()) {
        step.run();
      }
    }
    Devices.current().synchronize();
  }

  private Runnable step(RandomStream random) {
    Shape image = model.startsWith("resnet") ? Shape.of(32, 32, 3) : Shape.of(28, 28, 1);
    Module net = Options.model(model).build(image, CLASSES, random);
    Shape images = Shape.of(batch, image.dim(0), image.dim(1), image.dim(2));
    Tensor x = random.uniform(images, 0, 1);
    int[] classes = new int[batch];
    Arrays.setAll(classes, i -> i % CLASSES);
    Tensor y = Tensor.ofInts(classes, batch);
    if (work.equals("attack")) {
      Pgd pgd = Pgd.linf(EPSILON).steps(ATTACK_STEPS);
      return () -> pgd.perturb(net, x, y);
    }
    Sgd sgd = new Sgd(net.namedParameters(), 0.01, 0.9, 0, false);
    return () -> {
      Tensor loss = Losses.crossEntropy(net.forward(x), y);
      sgd.zeroGrad();
      loss.backward();
      sgd.step();
    };
  }

  private void print(List<KernelTime> rows, double wall) {
    PrintWriter out = spec.commandLine().getOut();
    double all = seconds(rows);
    out.printf(
        Locale.ROOT, "%d x %s of %s, batch %d: %s%n", steps, work, model, batch, description());
    out.printf(
        "%-24s %8s %10s %10s %9s %7s%n", "kernel", "calls", "ms", "GFLOP/s", "GB/s", "share");
    for (KernelTime r : rows) {
      String rate = r.operations() > 0 ? String.format(Locale.ROOT, "%.1f", r.gflops()) : "-";
      out.printf(
          Locale.ROOT,
          "%-24s %8d %10.2f %10s %9.1f %6.1f%%%n",
          r.kernel(),
          r.calls(),
          r.seconds() * 1e3,
          rate,
          r.gigabytes(),
          100 * r.seconds() / all);
    }
    out.printf(
        Locale.ROOT,
        "%-24s %8d %10.2f of %.2f ms, as the host's clock had it%n",
        "all",
        rows.stream().mapToLong(KernelTime::calls).sum(),
        all * 1e3,
        wall * 1e3);
    out.flush();
  }

  private static String description() {
    return Devices.current().name() + ", " + Devices.current().description();
  }

  private static double seconds(List<KernelTime> rows) {
    return rows.stream().mapToDouble(KernelTime::seconds).sum();
  }

  private Map<String, Object> json(List<KernelTime> rows, double wall) {
    List<Map<String, Object>> kernels = new ArrayList<>();
    for (KernelTime r : rows) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("kernel", r.kernel());
      row.put("calls", r.calls());
      row.put("seconds", r.seconds());
      row.put("gflops", r.gflops());
      row.put("gigabytes_per_second", r.gigabytes());
      row.put("share", r.seconds() / seconds(rows));
      kernels.add(row);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("device", Devices.current().name());
    json.put("work", work);
    json.put("model", model);
    json.put("batch", batch);
    json.put("steps", steps);
    json.put("seconds", wall);
    json.put("kernels", kernels);
    return json;
  }
}
