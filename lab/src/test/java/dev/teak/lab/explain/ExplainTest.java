package dev.teak.lab.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Statistics;
import dev.teak.engine.Tensor;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.OpTable;
import dev.teak.engine.op.Unary;
import dev.teak.lab.explain.Trace.Gradient;
import dev.teak.lab.explain.Trace.Vertex;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code teak explain} writes down, draws and says. */
class ExplainTest {
  private static final int BATCH = 4;

  private static Module model(String name) {
    return Models.parse(name).build(Shape.of(8, 8, 1), 10, new RandomStream(1, "init"));
  }

  /** Models that take such small images, and of each way of building one some. */
  private static final List<String> SMALL =
      List.of(
          "mlp",
          "cnn",
          "resnet18",
          "control_cnn",
          "ensemble",
          "resnet20",
          "mobilenet_v2 width=0.25 stem=small",
          "densenet121 growth=4 stem=small");

  private static Tensor images() {
    return new RandomStream(2, "images").uniform(Shape.of(BATCH, 8, 8, 1));
  }

  private static Tensor labels() {
    return Tensor.ofInts(new int[] {3, 1, 4, 1}, BATCH);
  }

  private static Trace trace(String name) {
    return Trace.of(model(name), images(), labels());
  }

  @Test
  void theGraphOfTheCnnIsWrittenDownInTheOrderOfRunning() {
    Trace t = trace("cnn");
    assertEquals(
        List.of(
            "images",
            "conv2d_relu_max_pool2d",
            "conv2d_relu_max_pool2d",
            "reshape",
            "matmul",
            "add",
            "cross_entropy",
            "sum",
            "mul"),
        t.vertices().stream().map(Vertex::name).toList());
    assertEquals(
        List.of("", "0", "3", "", "7", "7", "", "", ""),
        t.vertices().stream().map(Vertex::layer).toList());
    for (Vertex v : t.vertices().subList(1, t.vertices().size())) {
      assertEquals(List.of(v.id() - 1), v.inputs(), v.name());
    }
    assertEquals(
        model("cnn").parameterCount(), t.vertices().stream().mapToLong(Vertex::parameters).sum());
  }

  /** A multiplication and an addition a tap; a relu and a comparison of the pooling a pixel. */
  @Test
  void operationsAreCounted() {
    Trace t = trace("cnn");
    long first = BATCH * 8 * 8 * 32L * (2 * 9 + 2);
    long second = BATCH * 4 * 4 * 64L * (2 * 9 * 32 + 2);
    assertEquals(first, t.vertices().get(1).flops());
    assertEquals(second, t.vertices().get(2).flops());
    assertEquals(0, t.vertices().get(3).flops(), "a reshape computes nothing");
    assertEquals(2L * BATCH * 256 * 10, t.vertices().get(4).flops());
  }

  @Test
  void stepsHoldTheGradientsThatAutogradGives() {
    try (Devices.Use use = Devices.use("reference")) {
      Module model = model("cnn");
      Trace t = Trace.of(model, images(), labels());
      Tensor x = images().requiresGrad(true);
      Tensor loss = Losses.crossEntropy(model.forward(x), labels());
      List<Tensor> wanted = new java.util.ArrayList<>(model.parameters());
      wanted.add(x);
      List<Tensor> g = Autograd.grad(loss, wanted, Autograd.Options.PLAIN);
      List<String> names = new java.util.ArrayList<>(model.namedParameters().keySet());
      names.add("images");
      for (int i = 0; i < names.size(); i++) {
        Gradient written = outgoing(t, names.get(i));
        assertEquals(Statistics.of(g.get(i)), written.statistics(), names.get(i));
        double[] sample = written.sample().stream().mapToDouble(v -> v).toArray();
        assertArrayEquals(
            java.util.Arrays.copyOf(g.get(i).toDoubles(), sample.length), sample, names.get(i));
      }
      assertEquals(loss.item(), t.loss());
      assertEquals(outgoing(t, "images"), t.gradientOf(t.vertices().get(0)));
    }
  }

  private static Gradient outgoing(Trace t, String of) {
    return t.steps().stream()
        .flatMap(s -> s.outgoing().stream())
        .filter(g -> g.of().equals(of))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theBackwardPassGoesFromTheLossUpThroughEveryOp() {
    for (String name : SMALL) {
      Trace t = trace(name);
      assertEquals(t.vertices().size() - 1, t.steps().size(), name);
      int last = t.vertices().size();
      for (Trace.Step s : t.steps()) {
        assertTrue(s.vertex() < last, name);
        last = s.vertex();
        assertFalse(s.outgoing().isEmpty(), name);
      }
    }
  }

  @Test
  void explainingLeavesTheModelAsItWas() {
    Module model = model("cnn");
    Trace.of(model, images(), labels());
    model.parameters().forEach(p -> assertNull(p.grad()));
  }

  @Test
  void thePageAsksNobodyForAnythingAndHasEveryStep() {
    for (String name : SMALL) {
      Trace t = trace(name);
      String page = ExplainPage.html("title <&>", Map.of("model", name), t);
      assertTrue(page.contains("title &lt;&amp;&gt;"), "text is escaped");
      assertFalse(
          Pattern.compile("(src|href)=\"(?!#|data:)|url\\(|@import|https?://").matcher(page).find(),
          "a self-contained page has no address in it");
      for (int i = 1; i <= t.steps().size(); i++) {
        assertTrue(page.contains("id=\"step-" + i + "\""), name + ", step " + i);
        assertTrue(page.contains("href=\"#step-" + i + "\""), name + ", link to step " + i);
      }
      for (Vertex v : t.vertices()) {
        assertTrue(page.contains("id=\"v" + v.id() + "\""), name + ", box " + v.id());
      }
    }
  }

  @Test
  void graphvizGetsEveryBoxAndEveryLine() {
    Trace t = trace("resnet18");
    String dot = ExplainPage.dot("a \"quoted\" title", t);
    assertTrue(dot.startsWith("digraph \"a \\\"quoted\\\" title\" {"), dot.substring(0, 50));
    int lines = t.vertices().stream().mapToInt(v -> v.inputs().size()).sum();
    assertEquals(lines, Pattern.compile("v\\d+ -> v\\d+").matcher(dot).results().count());
    assertEquals(
        t.vertices().size(),
        Pattern.compile("v\\d+ \\[label=").matcher(dot).results().count() - lines);
    assertTrue(lines > t.vertices().size(), "a residual network has lines that skip");
  }

  @Test
  void theOpTableInTheDocumentationIsCurrent() throws IOException {
    String written = Files.readString(Path.of("../docs/ops.md"));
    assertEquals(OpsPage.markdown(), written, "write it anew: ./teak explain --ops > docs/ops.md");
    OpTable.ALL.forEach(op -> assertTrue(written.contains("| `" + op.name() + "` |"), op.name()));
  }

  /** A row's name is the op's, and after it what its second argument is. */
  @Test
  void theTableOfSpecialValuesHasEveryElementwiseOp() throws IOException {
    String written = Files.readString(Path.of("../docs/ops.md"));
    String table = written.substring(written.indexOf("## Special values"));
    List<String> missing =
        Stream.concat(
                Unary.ALL.stream().map(Unary::name),
                Binary.ALL.stream().map(op -> op.info().name()))
            .filter(op -> !table.contains("| `" + op + "` |") && !table.contains("| `" + op + "("))
            .toList();
    assertEquals(List.of(), missing, "add these to dev.teak.engine.check.SpecialValues");
  }
}
