package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.gradient.Fgsm;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.models.Ensemble;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Progress;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured of an ensemble's members, each by itself. */
class MembersTest {
  private static final Experiment ALONE =
      ExperimentFile.parse(
          "alone",
          """
          name: alone
          data: synthetic
          images: {train: 120, validation: 20, test: 150}
          seeds: [1]
          training: {epochs: 3, batch: 10}
          recipes:
          - {name: classifier, model: mlp}
          - name: denoised
            model: ensemble model=mlp members=3 combine=vote
            folds: true
            phases: [{}, {epochs: 0, defenses: denoise noise=0.1 epochs=2 batch=10}]
          measures:
          - reconstruction classifier fgsm epsilons=[0.1] images=150 members=true
          """);

  @TempDir private Path folder;
  private Devices.Use use;
  private Scope scope;

  @BeforeEach
  void open() {
    use = Devices.use("java");
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
    use.close();
  }

  /** What a member says behind the denoiser, worked out without the measure. */
  private static Measured judged(Module by, Tensor images, Examples test) {
    Tensor logits = by.forward(images);
    int[] said = logits.argMax(1).toInts();
    int right = (int) IntStream.range(0, 150).filter(i -> said[i] == test.labels()[i]).count();
    Tensor labels = Tensor.ofInts(test.labels(), 150);
    return Measured.by("judged")
        .figure("accuracy", Figure.share(right, 150))
        .figure("loss", Figure.of(Losses.crossEntropy(logits, labels).item(), 150));
  }

  @Test
  void membersAreAskedByThemselvesBehindTheSameFront() throws IOException {
    Data data = Data.of(ALONE, folder);
    Path run = folder.resolve("alone");
    List<CellResult> results;
    try (ResultsFolder file = ResultsFolder.open(run, ALONE, List.of(), "a test", false)) {
      new ExperimentRun(ALONE, data, file, 1, Progress.SILENT).run();
      results = file.results();
    }
    Artifacts artifacts =
        new Artifacts(
            run.resolve("weights"), data.learning(), ALONE.allRecipes(), TrainingListener.SILENT);
    Measured found = results.get(1).measured("reconstruction fgsm@0.1").orElseThrow();
    double sum = 0;
    try (Trained classifier = artifacts.get(ALONE.cells().get(0));
        Trained ensemble = artifacts.get(ALONE.cells().get(1))) {
      Examples test = data.test();
      Batch b = test.batch(IntStream.range(0, 150).toArray(), 0, 150);
      Tensor attacked =
          Fgsm.linf(0.1).perturb(classifier.victim(), b.images(), b.labels()).images();
      Module front = ensemble.defended().front().orElseThrow();
      for (int i = 0; i < 3; i++) {
        Module member = ((Ensemble) ensemble.bare()).members().get(i);
        Measured expected = judged(member, front.forward(attacked), test);
        String name = "member_" + i + "_";
        assertEquals(expected.figures().get("accuracy"), found.figures().get(name + "accuracy"));
        assertEquals(expected.value("loss"), found.value(name + "loss"), 1e-5);
        Measured clean = judged(member, front.forward(b.images()), test);
        assertEquals(clean.value("accuracy"), found.value(name + "reconstructed_clean_accuracy"));
        sum += expected.value("accuracy");
      }
    }
    assertEquals(sum / 3, found.value("members_accuracy"), 1e-12);
    assertNotEquals(found.value("member_0_loss"), found.value("member_1_loss"));
    assertTrue(Files.readString(run.resolve("figures.csv")).contains(",member_2_loss,"));
    Measured single = results.get(0).measured("reconstruction fgsm@0.1").orElseThrow();
    assertTrue(single.figures().keySet().stream().noneMatch(f -> f.startsWith("member")));
  }
}
