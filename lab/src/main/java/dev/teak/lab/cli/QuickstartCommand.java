package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.evaluation.Robustness;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.defenses.AdversarialTraining;
import dev.teak.defenses.Defense;
import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.experiment.CellResult;
import dev.teak.lab.experiment.Phase;
import dev.teak.lab.report.QuickstartReport;
import dev.teak.lab.report.QuickstartReport.Example;
import dev.teak.lab.report.QuickstartReport.Point;
import dev.teak.lab.report.QuickstartReport.Row;
import dev.teak.nn.Module;
import dev.teak.nn.io.WholeFile;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/**
 * {@code teak quickstart}: a CNN and its adversarially trained twin, both attacked, in under two
 * minutes; a table, a report, the results as JSON, and both models' weights.
 */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    description =
        "Train a CNN and an adversarially trained twin, attack both, and write"
            + " report.html, results.json and both models' weights.")
final class QuickstartCommand implements Callable<Integer> {
  private static final double EPSILON = 0.15;
  private static final int TRAIN_IMAGES = 12_000;
  private static final int TEST_IMAGES = 512;
  private static final int CURVE_IMAGES = 128;
  private static final int PLAIN_EPOCHS = 2;
  private static final int ROBUST_EPOCHS = 3;
  private static final int WARMUP = 200;
  private static final int BATCH = 64;
  private static final double LR = 2e-3;
  private static final double[] CURVE = {0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3};
  private static final int EXAMPLES = 6;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "D",
      description = "as of 'teak train'; mnist where it is there, else synthetic")
  private String data;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for report and weights; ${DEFAULT-VALUE} by default")
  private Path out = Path.of("quickstart");

  private PrintWriter console;

  /** A trained model and what was measured of it. */
  private record Trained(
      String name,
      String file,
      Module model,
      List<CellResult.Epoch> epochs,
      Robustness fgsm,
      Robustness pgd,
      List<Point> curve) {}

  @Override
  public Integer call() throws IOException {
    common.checkJson();
    long start = System.nanoTime();
    console = spec.commandLine().getOut();
    try (Devices.Use use = common.useDevice()) {
      Path folder = Datasets.folder(common.dataDir());
      String name = chooseData(folder);
      Dataset train = Options.data(name).load(true, folder, common.seed(), TRAIN_IMAGES);
      Dataset test = Options.data(name).load(false, folder, common.seed(), TEST_IMAGES);
      Files.createDirectories(out);
      console.printf("device: %s%n", Devices.current().description());
      console.flush();
      Phase plain = phase(PLAIN_EPOCHS, List.of());
      Phase robust = phase(ROBUST_EPOCHS, List.of(AdversarialTraining.pgd(EPSILON).warmup(WARMUP)));
      List<Trained> models =
          List.of(
              study("CNN", "cnn.safetensors", plain, train, test),
              study("CNN, adversarially trained", "cnn-adv.safetensors", robust, train, test));
      finish(name, train, test, models, (System.nanoTime() - start) * 1e-9);
    }
    return 0;
  }

  private static Phase phase(int epochs, List<Defense> defenses) {
    return Phase.DEFAULTS.epochs(epochs).steps(BATCH, Adam.adam(LR)).defenses(defenses);
  }

  private String chooseData(Path folder) {
    if (data != null) {
      return data;
    }
    if (Options.data("mnist").isPresent(folder)) {
      return "mnist";
    }
    console.printf(
        "MNIST is not in %s: using the built-in synthetic digits. './teak data get mnist' fetches the"
            + " real ones.%n",
        folder);
    return "synthetic";
  }

  private Trained study(String name, String file, Phase phase, Dataset train, Dataset test)
      throws IOException {
    Module model;
    List<CellResult.Epoch> epochs;
    try (TrainedModel trained =
            new TrainedModel(Options.model("cnn"), phase, train, common.seed());
        ConsoleProgress progress = new ConsoleProgress("train " + name)) {
      TrainingProgress told = new TrainingProgress(progress, phase.epochs());
      epochs = trained.train(null, "", TrainingListener.SILENT, told).epochs();
      trained.save(out.resolve(file));
      model = trained.model();
    }
    Robustness fgsm = attack("FGSM on " + name, model, Fgsm.linf(EPSILON), test);
    Robustness pgd = attack("PGD on " + name, model, pgd(EPSILON), test);
    List<Point> curve = new ArrayList<>();
    Dataset few = test.take(CURVE_IMAGES);
    for (double eps : CURVE) {
      Robustness r = attack("PGD at " + eps + " on " + name, model, pgd(eps), few);
      curve.add(new Point(eps, r.robustAccuracy()));
    }
    return new Trained(name, file, model, epochs, fgsm, pgd, curve);
  }

  private Pgd pgd(double epsilon) {
    return Pgd.linf(epsilon).seed(common.seed());
  }

  private static Robustness attack(String task, Module model, Attack attack, Dataset d) {
    try (ConsoleProgress progress = new ConsoleProgress(task)) {
      return Robustness.of(model, attack, d.examples(), 128, progress);
    }
  }

  private void finish(
      String dataName, Dataset train, Dataset test, List<Trained> models, double seconds)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Trained t : models) {
      rows.add(
          new Row(
              t.name,
              t.fgsm.cleanAccuracy(),
              t.fgsm.robustAccuracy(),
              t.pgd.robustAccuracy(),
              t.curve));
    }
    String caption =
        String.format(
            Locale.ROOT,
            "%s: trained on %,d images, attacked on %d; L-infinity, eps %s; PGD with 40 steps of eps /"
                + " 30; seed %d; %s; %.0f s in all",
            test.name(),
            train.size(),
            test.size(),
            EPSILON,
            common.seed(),
            Devices.current().description(),
            seconds);
    print(rows, caption);
    String html = QuickstartReport.html(caption, dataName, rows, examples(models, test), EPSILON);
    WholeFile.write(out.resolve("report.html"), html.getBytes(StandardCharsets.UTF_8));
    Map<String, Object> json = json(dataName, models, seconds);
    CommonOptions.writeJson(out.resolve("results.json"), json);
    common.writeJson(json);
    console.printf("report: %s%n", out.resolve("report.html"));
    console.flush();
  }

  private void print(List<Row> rows, String caption) {
    console.printf("%n%-28s %8s %8s %8s%n", "model", "clean", "FGSM", "PGD-40");
    for (Row r : rows) {
      console.printf(
          Locale.ROOT,
          "%-28s %7.1f%% %7.1f%% %7.1f%%%n",
          r.model(),
          100 * r.clean(),
          100 * r.fgsm(),
          100 * r.pgd());
    }
    console.printf("%s%n", caption);
  }

  /** The first images, attacked by PGD on each model. */
  private List<Example> examples(List<Trained> models, Dataset test) {
    Dataset few = test.take(EXAMPLES);
    Shape image = few.image();
    List<Example> examples = new ArrayList<>();
    int pixels = few.image().size();
    float[] before = few.images();
    for (Trained t : models) {
      try (Scope scope = Scope.open()) {
        Tensor x = Tensor.of(before, few.size(), image.dim(0), image.dim(1), image.dim(2));
        var result = pgd(EPSILON).perturb(t.model, x, Tensor.ofInts(few.labels(), few.size()));
        float[] after = result.images().toFloats();
        for (int i = 0; i < few.size(); i++) {
          examples.add(
              new Example(
                  t.name,
                  few.labels()[i],
                  result.predictions()[i],
                  Arrays.copyOfRange(before, i * pixels, (i + 1) * pixels),
                  Arrays.copyOfRange(after, i * pixels, (i + 1) * pixels),
                  image.dim(0),
                  image.dim(1),
                  image.dim(2)));
        }
      }
    }
    return examples;
  }

  private Map<String, Object> json(String dataName, List<Trained> models, double seconds) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Trained t : models) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("model", t.name);
      row.put("weights", t.file);
      row.put("epochs", t.epochs);
      row.put("clean_accuracy", t.fgsm.cleanAccuracy());
      row.put("fgsm", t.fgsm);
      row.put("pgd", t.pgd);
      row.put("curve", t.curve);
      rows.add(row);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("data", dataName);
    json.put("eps", EPSILON);
    json.put("seed", common.seed());
    json.put("device", Devices.current().name());
    json.put("seconds", seconds);
    json.put("models", rows);
    return json;
  }
}
