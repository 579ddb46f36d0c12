package dev.teak.lab.cli;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Victim;
import dev.teak.defenses.Defended;
import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.data.ScaledImage;
import dev.teak.lab.experiment.Weights;
import dev.teak.lab.explain.Look;
import dev.teak.lab.explain.LookPage;
import dev.teak.lab.report.Formats;
import dev.teak.nn.attribution.Attribution;
import dev.teak.nn.attribution.GradCam;
import dev.teak.nn.io.WholeFile;
import dev.teak.nn.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What {@code teak explain --image} does: has a trained model say what it looks at. */
final class ExplainImages {
  /** Classes that are printed of an image. */
  private static final int PRINTED = 3;

  private final CommonOptions common;
  private final LookOptions options;
  private final Path weights;
  private final PrintWriter console;
  private final Weights.Takes takes;
  private final Dataset data;

  /** An image that is asked about. */
  private record Asked(String name, String about, float[] pixels, Integer label) {}

  /**
   * Reads what names the classes.
   *
   * @param set names a data set of the model's classes; null for none, and numbers for names
   */
  ExplainImages(
      CommonOptions common, LookOptions options, Path weights, String set, PrintWriter console)
      throws IOException {
    this.common = common;
    this.options = options;
    this.weights = weights;
    this.console = console;
    takes = Weights.takes(weights);
    int most = options.indices().stream().mapToInt(i -> i + 1).max().orElse(1);
    Path folder = Datasets.folder(common.dataDir());
    data = set == null ? null : Options.data(set).load(false, folder, common.seed(), most);
    if (options.target() != null && options.target() >= takes.classes()) {
      throw new UsageException(
          "--target " + options.target() + ": the classes are 0.." + (takes.classes() - 1));
    }
  }

  /** Looks at all images and leaves the page. */
  void run(Path out) throws IOException {
    List<Asked> asked = asked();
    Attack attack = options.attack(common.seed());
    List<LookPage.Entry> entries = new ArrayList<>();
    List<Object> json = new ArrayList<>();
    List<Attribution> methods;
    try (Defended defended = Weights.load(weights, shape(), classes())) {
      methods = fitting(defended);
      Victim victim = defended.victim();
      for (Asked each : asked) {
        Look look = look(each, defended, victim, attack, methods);
        entries.add(new LookPage.Entry(each.name, each.about, look));
        json.add(report(each, look, methods));
      }
      write(out, facts(attack, victim.passes()), methods, entries);
    }
    common.writeJson(Map.of("images", json));
  }

  private Shape shape() {
    return data == null ? takes.image() : data.image();
  }

  private int classes() {
    return data == null ? takes.classes() : data.classes();
  }

  private List<String> classNames() {
    return data == null
        ? IntStream.range(0, classes()).mapToObj(Integer::toString).toList()
        : data.classNames();
  }

  private List<Asked> asked() {
    List<Asked> asked = new ArrayList<>();
    Shape s = takes.image();
    for (Path file : options.images()) {
      ScaledImage read = ScaledImage.of(file, s);
      String was = read.height() + " x " + read.width();
      boolean fits = read.height() == s.dim(0) && read.width() == s.dim(1);
      String cut = "scaled and cut to the " + s.dim(0) + " x " + s.dim(1) + " of the model";
      String about = fits ? was + " pixels, as the model takes it" : was + " pixels, " + cut;
      asked.add(new Asked(file.getFileName().toString(), about, read.pixels(), null));
    }
    for (int index : options.indices()) {
      Dataset one = data.slice(index, index + 1);
      String name = data.name() + ", test image " + index;
      int label = one.labels()[0];
      asked.add(new Asked(name, "its class is " + classNames().get(label), one.images(), label));
    }
    return asked;
  }

  /** The methods asked for; of all those that find what they need in the model. */
  private List<Attribution> fitting(Defended defended) {
    List<Attribution> fitting = new ArrayList<>();
    for (Attribution method : options.methods()) {
      if (options.isAll() && method instanceof GradCam) {
        try (Scope scope = Scope.open()) {
          Tensor nothing = Tensor.zeros(1, shape().dim(0), shape().dim(1), shape().dim(2));
          method.attribute(defended.model(), nothing, Tensor.ofInts(new int[1], 1));
        } catch (IllegalArgumentException e) {
          console.printf("left out: %s%n", e.getMessage());
          continue;
        }
      }
      fitting.add(method);
    }
    return fitting;
  }

  private Look look(
      Asked each, Defended defended, Victim victim, Attack attack, List<Attribution> methods) {
    try {
      return Look.at(
          defended.model(),
          victim,
          attack,
          each.pixels,
          shape(),
          each.label,
          options.target(),
          methods);
    } catch (IllegalArgumentException e) {
      throw new UsageException(each.name + ": " + e.getMessage());
    }
  }

  private Map<String, String> facts(Attack attack, int answers) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", weights.toString());
    facts.put("attack", attack == null ? "none" : Settings.text(attack));
    if (answers > 1) {
      facts.put("answers", "at random: each map and each probability is of draws of its own");
    }
    facts.put("device", Devices.current().description());
    return facts;
  }

  private void write(
      Path out, Map<String, String> facts, List<Attribution> methods, List<LookPage.Entry> entries)
      throws IOException {
    String name = weights.getFileName().toString().replaceAll("\\.safetensors$", "");
    Path page = out.resolve(name + ".images.html");
    Files.createDirectories(out);
    String html =
        LookPage.html("What " + name + " looks at", facts, methods, classNames(), entries);
    WholeFile.write(page, html.getBytes(StandardCharsets.UTF_8));
    console.printf("page: %s%n", page);
    console.flush();
  }

  /** Prints what was found of an image; gives the same for JSON. */
  private Map<String, Object> report(Asked each, Look look, List<Attribution> methods) {
    List<String> names = classNames();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("image", each.name);
    json.put("target", look.views().get(0).target());
    json.put("prediction", look.before().prediction());
    json.put("probabilities", look.before().probabilities());
    console.printf("%s: %s%n", each.name, each.about);
    console.printf("  as it is      %s%n", likely(look, look.before(), names));
    if (look.after() == null) {
      return json;
    }
    json.put("attacked_prediction", look.after().prediction());
    json.put("attacked_probabilities", look.after().probabilities());
    console.printf("  attacked      %s%n", likely(look, look.after(), names));
    Map<String, Object> moved = new LinkedHashMap<>();
    for (int m = 0; m < methods.size(); m++) {
      double rank = look.rankCorrelation(m, 1);
      String method = Settings.text(methods.get(m));
      moved.put(method, Double.isFinite(rank) ? rank : null);
      console.printf("  %s: rank correlation %s%n", method, Formats.decimals(rank, 2));
    }
    json.put("rank_correlations", moved);
    return json;
  }

  private static String likely(Look look, Look.Said said, List<String> names) {
    return look.likely(PRINTED).stream()
        .map(c -> names.get(c) + " " + Formats.percent(said.probabilities()[c]))
        .collect(Collectors.joining(", "));
  }
}
