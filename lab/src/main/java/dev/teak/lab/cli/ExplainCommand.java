package dev.teak.lab.cli;

import dev.teak.engine.Devices;
import dev.teak.engine.Numbers;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.lab.experiment.Weights;
import dev.teak.lab.explain.ExplainPage;
import dev.teak.lab.explain.OpsPage;
import dev.teak.lab.explain.Trace;
import dev.teak.nn.Module;
import dev.teak.nn.io.WholeFile;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.train.Batch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code teak explain}: one training step of a model as a page and as a graph for Graphviz, or what
 * a trained model looks at in images.
 */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Run one training step on a real batch and write it down, or show what a model looks at.",
      "MODEL.html has the graph with shapes, parameters and operations, statistics of"
          + " activations and gradients, and the backward pass step by step; MODEL.dot has the"
          + " graph for Graphviz. With --image or --index, MODEL.images.html has what a trained"
          + " model looks at in images, before and after an attack."
    })
final class ExplainCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private LookOptions look;
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "M",
      description = "mlp, cnn or resnet18; ${DEFAULT-VALUE} by default")
  private String model = "cnn";

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "weights that 'teak train' wrote, and with them the model; else fresh ones")
  private Path weights;

  @Option(
      names = "--data",
      paramLabel = "D",
      description = "a data set (see 'teak data list'); mnist where it is there, else synthetic")
  private String data;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "how many images; ${DEFAULT-VALUE} by default")
  private int batch = 32;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for what is written; ${DEFAULT-VALUE} by default")
  private Path out = Path.of("explain");

  @Option(names = "--ops", description = "print the op table as Markdown instead")
  private boolean ops;

  @Override
  public Integer call() throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    if (ops) {
      console.print(OpsPage.markdown());
      console.flush();
      return 0;
    }
    common.checkJson();
    look.check(weights, data);
    if (look.isAsked()) {
      try (Devices.Use use = common.useDevice()) {
        new ExplainImages(common, look, weights, data, console).run(out);
      }
      return 0;
    }
    Architecture architecture = Options.model(model);
    Options.atLeast("--batch", batch, 2);
    try (Devices.Use use = common.useDevice()) {
      explain(architecture, console);
    }
    return 0;
  }

  private void explain(Architecture architecture, PrintWriter console) throws IOException {
    Path folder = Datasets.folder(common.dataDir());
    String name =
        data != null ? data : Options.data("mnist").isPresent(folder) ? "mnist" : "synthetic";
    Dataset set = Options.data(name).load(true, folder, common.seed(), batch);
    Module module =
        weights == null
            ? architecture.build(
                set.image(), set.classes(), new RandomStream(common.seed(), "init"))
            : Weights.load(weights, set.image(), set.classes()).model();
    Batch b = set.examples().batch(IntStream.range(0, set.size()).toArray(), 0, set.size());
    Trace trace = Trace.of(module, b.images(), b.labels());
    write(console, set, module, b.images(), trace);
  }

  private void write(PrintWriter console, Dataset set, Module module, Tensor images, Trace trace)
      throws IOException {
    String title = weights == null ? model : weights.getFileName().toString();
    Map<String, String> facts = facts(set, module, images, trace);
    String stem = title.replaceAll("\\.safetensors$", "");
    Path page = out.resolve(stem + ".html");
    Path dot = out.resolve(stem + ".dot");
    Files.createDirectories(out);
    String html = ExplainPage.html("A training step of " + title, facts, trace);
    WholeFile.write(page, html.getBytes(StandardCharsets.UTF_8));
    WholeFile.write(dot, ExplainPage.dot(title, trace).getBytes(StandardCharsets.UTF_8));
    facts.forEach((what, value) -> console.printf("%-22s %s%n", what, value));
    console.printf("page: %s%ngraph: %s%n", page, dot);
    console.flush();
    Map<String, Object> json = new LinkedHashMap<>(facts);
    json.put("trace", trace);
    common.writeJson(json);
  }

  private Map<String, String> facts(Dataset set, Module module, Tensor images, Trace trace) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("images", images.shape() + " of " + set.name());
    facts.put("weights", weights == null ? "fresh, seed " + common.seed() : weights.toString());
    facts.put("parameters", String.format(Locale.ROOT, "%,d", module.parameterCount()));
    facts.put(
        "forward",
        "%s, %s an image"
            .formatted(
                Numbers.scaled(trace.flops(), "FLOP"),
                Numbers.scaled((double) trace.flops() / set.size(), "FLOP")));
    facts.put(
        "ops",
        (trace.vertices().size() - 1) + " forward, " + trace.steps().size() + " steps backward");
    facts.put("loss", Numbers.shortest(trace.loss()));
    facts.put(
        "peak memory", Numbers.scaled(trace.memory().peakBytes(), "B") + " beside the weights");
    facts.put("device", Devices.current().description());
    return facts;
  }
}
