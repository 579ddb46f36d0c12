package dev.teak.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A researcher's own defense, attack, model and measure, in a jar of theirs. */
class OwnJarTest extends Calls {
  private static final Map<String, String> SOURCES = new LinkedHashMap<>();
  private static final Map<String, String> SERVICES = new LinkedHashMap<>();

  static {
    SERVICES.put("dev.teak.defenses.Defense", "own.HalfContrast");
    SERVICES.put("dev.teak.attacks.Attack", "own.GrayStep");
    SERVICES.put("dev.teak.nn.models.Architecture", "own.OneLayer");
    SERVICES.put("dev.teak.lab.measure.Measure", "own.MeanLogit");
    SOURCES.put(
        "HalfContrast",
        """
        package own;
        import dev.teak.defenses.*;
        import dev.teak.nn.Module;
        import dev.teak.nn.settings.Description;
        import dev.teak.nn.train.*;
        @Description("images drawn halfway to gray")
        public record HalfContrast(double share) implements TrainingDefense {
          public HalfContrast() { this(0.5); }
          @Override public TrainingHooks on(Trainee trainee) {
            return new TrainingHooks() {
              @Override public Batch batch(Module model, Batch b, Step step) {
                return b.images(b.images().mul(share).add((1 - share) / 2));
              }
            };
          }
        }
        """);
    SOURCES.put(
        "GrayStep",
        """
        package own;
        import dev.teak.attacks.*;
        public record GrayStep(ThreatModel threat) implements FixedEpsilonAttack {
          public GrayStep() { this(ThreatModel.linf(0.1)); }
          public static GrayStep of(ThreatModel threat) { return new GrayStep(threat); }
          @Override public String name() { return "gray_step"; }
          @Override public Goal goal() { return Goal.UNTARGETED; }
          @Override public void run(Run run) {
            run.offer(threat.project(run.images(), run.images().mul(0).add(0.5)));
          }
        }
        """);
    SOURCES.put(
        "OneLayer",
        """
        package own;
        import dev.teak.engine.*;
        import dev.teak.nn.*;
        import dev.teak.nn.models.Architecture;
        import dev.teak.nn.Module;
        public record OneLayer(int times) implements Architecture {
          public OneLayer() { this(1); }
          @Override public Module build(Shape image, int classes, RandomStream init) {
            return new Sequential(Layers.flatten(), new Linear(image.size(), classes, init));
          }
        }
        """);
    SOURCES.put(
        "MeanLogit",
        """
        package own;
        import dev.teak.lab.experiment.*;
        import dev.teak.lab.measure.*;
        import dev.teak.nn.train.Evaluate;
        import java.util.Map;
        public record MeanLogit(int images) implements Measure {
          public MeanLogit() { this(10); }
          @Override public Map<String, Measured> of(Trial trial) {
            float[][] logits = Evaluate.logits(trial.trained().model(), trial.first(images), 10);
            double sum = 0;
            for (float[] row : logits) for (float z : row) sum += z;
            Figure mean = Figure.of(sum / logits.length / logits[0].length, logits.length);
            return Map.of("mean_logit", Measured.by("mean_logit").figure("mean", mean));
          }
        }
        """);
  }

  private static final String EXPERIMENT =
      """
      name: own
      data: synthetic
      images: {train: 200, validation: 40, test: 60}
      seeds: [1]
      training: {epochs: 1, batch: 20}
      grid:
      - models: [one_layer times=2, mlp]
        defenses: [none, half_contrast 0.75]
      measures:
      - clean
      - attacked gray_step epsilons=[0.1,0.3] images=20
      - mean_logit images=7
      """;

  private Path jar;

  @BeforeEach
  void build() throws IOException {
    jar = folder.resolve("own.jar");
    Path sources = Files.createDirectories(folder.resolve("src/own"));
    List<String> call = new ArrayList<>(List.of("-d", folder.resolve("classes").toString()));
    call.addAll(List.of("-cp", System.getProperty("java.class.path"), "-proc:none"));
    for (Map.Entry<String, String> e : SOURCES.entrySet()) {
      Path file = sources.resolve(e.getKey() + ".java");
      call.add(Files.writeString(file, e.getValue()).toString());
    }
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    assertEquals(
        0, javac.run(null, OutputStream.nullOutputStream(), null, call.toArray(String[]::new)));
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> classes = Files.list(folder.resolve("classes/own"))) {
      for (Path each : classes.toList()) {
        put(out, "own/" + each.getFileName(), Files.readAllBytes(each));
      }
      for (Map.Entry<String, String> e : SERVICES.entrySet()) {
        byte[] line = (e.getValue() + "\n").getBytes(StandardCharsets.UTF_8);
        put(out, "META-INF/services/" + e.getKey(), line);
      }
    }
    Files.writeString(folder.resolve("own.yaml"), EXPERIMENT);
  }

  private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(bytes);
    out.closeEntry();
  }

  @Test
  void whatStandsInAJarOfOnesOwnRunsIsPrintedAndResumes() throws IOException {
    String call = "run DIR/own.yaml --classpath DIR/own.jar --device java --out DIR/";
    assertEquals(0, teak(call + "a"), err.toString());
    String results = Files.readString(folder.resolve("a/results.jsonl"));
    assertEquals(4, results.lines().count());
    assertTrue(results.contains("one_layer times=2; half_contrast share=0.75; seed 1"), results);
    assertTrue(results.contains("\"gray_step@0.3\""), results);
    assertTrue(results.contains("\"mean_logit\""), results);
    String page = Files.readString(folder.resolve("a/report.html"));
    assertTrue(page.contains("half_contrast share=0.75"), "not on the page");
    assertTrue(page.contains("mean_logit"), "not on the page");

    Path cut = Files.createDirectories(folder.resolve("b"));
    Files.copy(folder.resolve("a/settings.yaml"), cut.resolve("settings.yaml"));
    String first = results.substring(0, results.indexOf('\n') + 1);
    Files.writeString(cut.resolve("results.jsonl"), first);
    assertEquals(0, teak(call + "b --resume"), err.toString());
    assertEquals(results, Files.readString(cut.resolve("results.jsonl")));
  }

  @Test
  void withoutTheJarTheNamesAreUnknown() throws IOException {
    assertOneLine(teak("run DIR/own.yaml --out DIR/a"), 2, "there is no model 'one_layer'");
    err.getBuffer().setLength(0);
    assertOneLine(
        teak("run DIR/own.yaml --classpath DIR/no.jar"), 2, "no.jar: there is no such jar");
  }

  @Test
  void theyCanStandOnTheCommandLine() throws IOException {
    String own = " --classpath DIR/own.jar --device java";
    String train =
        "train --data synthetic --limit 200 --model one_layer --epochs 1 --defense half_contrast";
    assertEquals(0, teak(train + " --out DIR/w.safetensors" + own), err.toString());
    assertEquals(
        0,
        teak(
            "attack --data synthetic --limit 20 --weights DIR/w.safetensors --attack gray_step"
                + " --eps 0.2"
                + own),
        err.toString());
    assertTrue(out.toString().contains("robust accuracy"), out.toString());
  }
}
