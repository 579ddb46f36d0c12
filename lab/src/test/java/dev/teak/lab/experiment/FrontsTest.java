package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.lab.measure.StraightThrough;
import dev.teak.nn.train.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in front of a trained model, and what it makes of images attacked without it. */
class FrontsTest {
  private static final Experiment DENOISED =
      ExperimentFile.parse(
          "denoised",
          """
          name: denoised
          data: synthetic
          images: {train: 300, validation: 40, test: 40}
          seeds: [1]
          training: {epochs: 2, batch: 20}
          recipes:
          - {name: classifier, model: cnn}
          - name: denoised
            model: cnn
            start: classifier
            phases: [{epochs: 0, defenses: denoise noise=0.2 epochs=2 batch=20}]
          - name: denoised, then trained
            model: cnn
            start: classifier
            phases: [{epochs: 0, defenses: denoise noise=0.2 epochs=2 batch=20}, {epochs: 1}]
          measures:
          - reconstruction classifier fgsm epsilons=[0.1, 0.3] images=30 examples=2
          - straight_through fgsm epsilons=[0.1, 0.3] images=30
          """);

  @TempDir private Path folder;
  private Devices.Use use;

  @BeforeEach
  void open() {
    use = Devices.use("java");
  }

  @AfterEach
  void close() {
    use.close();
  }

  private ResultsFolder run(String name, boolean resume) throws IOException {
    Data data = Data.of(DENOISED, folder);
    ResultsFolder results =
        ResultsFolder.open(
            folder.resolve(name), DENOISED, List.of("device java"), "a test", resume);
    new ExperimentRun(DENOISED, data, results, 1, Progress.SILENT).run();
    return results;
  }

  private static Measured at(CellResult result, String epsilon) {
    return result.measured("reconstruction fgsm@" + epsilon).orElseThrow();
  }

  private Map<String, Path> fronts(String run) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(run).resolve("weights"))) {
      Map<String, Path> found = new TreeMap<>();
      files
          .filter(f -> f.toString().endsWith(".front.safetensors"))
          .forEach(f -> found.put(f.getFileName().toString(), f));
      return found;
    }
  }

  @Test
  void imagesAreAttackedWithoutWhatStandsInFrontAndShownToAll() throws IOException {
    List<CellResult> results;
    try (ResultsFolder run = run("a", false)) {
      results = run.results();
    }
    Measured bare = at(results.get(0), "0.3");
    Measured denoised = at(results.get(1), "0.3");
    assertEquals(30, bare.figures().get("accuracy").images());
    assertEquals(bare.value("adversarial_accuracy"), bare.value("accuracy"));
    assertEquals(bare.value("clean_loss"), bare.value("reconstructed_clean_loss"));
    assertFalse(bare.figures().containsKey("reconstructed_mse"), "nothing stands in front");
    for (String of : List.of("clean_", "adversarial_")) {
      assertEquals(bare.value(of + "accuracy"), denoised.value(of + "accuracy"));
      assertEquals(bare.value(of + "loss"), denoised.value(of + "loss"));
    }
    assertEquals(bare.value("adversarial_mse"), denoised.value("adversarial_mse"));
    // Every pixel moves by epsilon, but for those that the range of pixels stops.
    assertTrue(bare.value("adversarial_mse") <= 0.09 + 1e-6);
    assertTrue(bare.value("adversarial_mse") > 0.09 / 3);
    assertTrue(at(results.get(0), "0.1").value("adversarial_mse") <= 0.01 + 1e-6);
    assertTrue(denoised.value("reconstructed_mse") > 0);
    assertTrue(denoised.value("reconstructed_ssim") < 1);
    assertTrue(Double.isFinite(denoised.value("reconstructed_clean_psnr")));
    Measured.Example example = denoised.examples().get(0);
    assertEquals(2, denoised.examples().size());
    assertEquals(28 * 28, Base64.getDecoder().decode(example.reconstructed()).length);
    assertEquals(denoised.predictions().get(0), example.attackedPrediction());
  }

  @Test
  void anAttackGoesStraightThroughWhatStandsInFront() throws IOException {
    List<CellResult> results;
    try (ResultsFolder run = run("a", false)) {
      results = run.results();
    }
    assertEquals(0, results.get(0).all(StraightThrough.NAME).count(), "nothing stands in front");
    List<Measured> found = results.get(1).all(StraightThrough.NAME).toList();
    assertEquals(2, found.size());
    assertEquals(found.get(1), results.get(1).measures().get("fgsm straight through@0.3"));
    // Of the same images as they are, and judged behind the autoencoder as they are judged there.
    double clean = at(results.get(1), "0.1").value("reconstructed_clean_accuracy");
    assertEquals(clean, found.get(0).value("clean_accuracy"));
    assertTrue(found.get(1).value("accuracy") <= clean);
    assertEquals(30, found.get(1).figures().get("accuracy").images());
  }

  @Test
  void recipesShareWhatStandsInFrontAndAnotherRunFindsIt() throws IOException {
    byte[] results;
    try (ResultsFolder run = run("a", false)) {
      results = Files.readAllBytes(folder.resolve("a/results.jsonl"));
    }
    Map<String, Path> fronts = fronts("a");
    assertEquals(1, fronts.size(), "one for both recipes");
    Path front = fronts.values().iterator().next();
    final byte[] learned = Files.readAllBytes(front);
    try (ResultsFolder again = run("b", false)) {
      assertArrayEquals(results, Files.readAllBytes(folder.resolve("b/results.jsonl")));
    }
    // Its seconds stand in the file, so that one learned again would not have the same bytes.
    Files.delete(folder.resolve("a/results.jsonl"));
    try (ResultsFolder resumed = run("a", true)) {
      assertArrayEquals(results, Files.readAllBytes(folder.resolve("a/results.jsonl")));
    }
    assertArrayEquals(learned, Files.readAllBytes(front));
  }
}
