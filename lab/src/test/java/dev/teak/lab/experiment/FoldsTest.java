package dev.teak.lab.experiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.defenses.Defended;
import dev.teak.defenses.Trainee;
import dev.teak.engine.Devices;
import dev.teak.engine.Philox;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.models.Ensemble;
import dev.teak.nn.models.Models;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Progress;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ensembles whose members are trained apart, each on all folds but its own. */
class FoldsTest {
  private static final String TEXT =
      """
      name: folds
      data: synthetic
      images: {train: 120, validation: 20, test: 30}
      seeds: [1]
      training: {epochs: 2, batch: 10}
      recipes:
      - {name: vote, model: ensemble model=mlp members=3 combine=vote, folds: true}
      - name: weighted
        model: ensemble model=mlp members=3 combine=weighted
        folds: true
        phases: [{}, {epochs: 0, defenses: denoise noise=0.2 epochs=1 batch=20}]
      - {name: whole, model: ensemble model=mlp members=3 combine=vote}
      measures: [clean]
      """;

  private static final Experiment THREE = ExperimentFile.parse("folds", TEXT);
  private static final Shape IMAGE = Shape.of(4, 4, 1);

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

  private static Cell cell(String name) {
    return THREE.cells().stream()
        .filter(c -> c.recipe().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Data data() throws IOException {
    return Data.of(THREE, folder);
  }

  private Artifacts artifacts(String run, TrainingListener listener) throws IOException {
    return new Artifacts(folder.resolve(run), data().learning(), THREE.allRecipes(), listener);
  }

  private static List<float[]> weights(Module of) {
    return of.stateDict().values().stream().map(Tensor::toFloats).toList();
  }

  private static void assertSame(List<float[]> expected, List<float[]> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i));
    }
  }

  @Test
  void aMemberIsWhatATrainingOnTheOtherFoldsLeaves() throws IOException {
    Data.Learning data = data().learning();
    Trained vote = artifacts("a", TrainingListener.SILENT).get(cell("vote"));
    List<Examples.Split> folds = data.train().folds(3, 1);
    double[] accuracies = new double[3];
    for (int i = 0; i < 3; i++) {
      Examples.Split fold = folds.get(i);
      Recipe alone = new Recipe("alone", Models.parse("mlp"), null, cell("vote").recipe().phases());
      Artifacts apart =
          new Artifacts(
              folder.resolve("apart" + i),
              new Data.Learning(fold.rest(), fold.held(), data.classes()),
              List.of(),
              TrainingListener.SILENT);
      Trained member = apart.get(new Cell(alone, Philox.key(1, "member/" + i)));
      assertSame(weights(member.model()), weights(((Ensemble) vote.bare()).members().get(i)));
      accuracies[i] = member.epochs().get(1).figure("validation_accuracy");
      assertEquals(Evaluate.accuracy(member.model(), fold.held()), accuracies[i]);
    }
    assertEquals(2, vote.epochs().size());
    assertEquals(
        Arrays.stream(accuracies).average().orElseThrow(),
        vote.epochs().get(1).figure("validation_accuracy"));
    Trained weighted = artifacts("a", TrainingListener.SILENT).get(cell("weighted"));
    double sum = Arrays.stream(accuracies).sum();
    double[] worth = ((Ensemble) weighted.bare()).weights();
    for (int i = 0; i < 3; i++) {
      assertEquals(accuracies[i] / sum, worth[i], 1e-7);
    }
  }

  private List<String> files(String run) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(run))) {
      return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".json")).toList();
    }
  }

  @Test
  void recipesShareMembersWhateverTheyMakeOfTheirAnswers() throws IOException {
    Trained vote = artifacts("a", TrainingListener.SILENT).get(cell("vote"));
    assertEquals(4, files("a").size(), "three members, and the ensemble");
    Trained weighted = artifacts("a", TrainingListener.SILENT).get(cell("weighted"));
    assertEquals(6, files("a").size(), "two phases more");
    for (int i = 0; i < 3; i++) {
      assertSame(
          weights(((Ensemble) vote.bare()).members().get(i)),
          weights(((Ensemble) weighted.bare()).members().get(i)));
    }
    // The denoiser stands in front of all, and the members stay as they are.
    assertEquals(1, weighted.defended().fronts().size());
    assertEquals(2, weighted.epochs().size());
    Artifacts any = artifacts("a", TrainingListener.SILENT);
    assertNotEquals(any.file(cell("vote")), any.file(cell("whole")), "folds are in the digest");
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Counts batches, and is killed after so many. */
  private static final class Count implements TrainingListener {
    private final int most;
    private int batches;

    Count(int most) {
      this.most = most;
    }

    @Override
    public void onBatch(int epoch, int batch, int of, double loss) {
      batches++;
      if (batches == most) {
        throw new Killed();
      }
    }
  }

  @Test
  void aKilledRunGoesOnWithTheMemberItWasAt() throws IOException {
    Count whole = new Count(0);
    Artifacts plain = artifacts("whole", whole);
    final Trained expected = plain.get(cell("vote"));
    assertEquals(3 * 2 * 8, whole.batches, "80 images in each of two epochs of three members");
    // In the second epoch of the second member.
    assertThrows(Killed.class, () -> artifacts("cut", new Count(16 + 8 + 3)).get(cell("vote")));
    Count left = new Count(0);
    Artifacts resumed = artifacts("cut", left);
    Trained found = resumed.get(cell("vote"));
    assertEquals(8 + 16, left.batches, "an epoch of the second, and the third");
    assertEquals(expected.epochs(), found.epochs());
    assertArrayEquals(
        Files.readAllBytes(plain.file(cell("vote"))),
        Files.readAllBytes(resumed.file(cell("vote"))));
  }

  @Test
  void theResultsOfARunDoNotDependOnHowManyCellsRunAtATime() throws IOException {
    List<String> texts = new ArrayList<>();
    for (int parallel : new int[] {1, 3}) {
      Path run = folder.resolve("run" + parallel);
      try (ResultsFolder results = ResultsFolder.open(run, THREE, List.of(), "a test", false)) {
        new ExperimentRun(THREE, data(), results, parallel, Progress.SILENT).run();
      }
      texts.add(Files.readString(run.resolve("results.jsonl")));
    }
    assertEquals(texts.get(0), texts.get(1));
    assertEquals(3, texts.get(0).lines().count());
  }

  /** Images that know their number, of two classes. */
  private static Data.Learning numbered(int... labels) {
    float[] pixels = new float[labels.length * IMAGE.size()];
    for (int i = 0; i < labels.length; i++) {
      pixels[i * IMAGE.size()] = i;
    }
    Examples all = new Examples(pixels, labels, IMAGE);
    return new Data.Learning(all, all.slice(0, 0), 2);
  }

  private static List<Integer> numbers(Examples some) {
    int[] rows = IntStream.range(0, some.size()).toArray();
    float[] pixels = some.batch(rows, 0, rows.length).images().toFloats();
    return IntStream.of(rows).mapToObj(i -> (int) pixels[i * IMAGE.size()]).toList();
  }

  private static Folds folds(String model, Data.Learning data) {
    Recipe recipe =
        new Recipe(
            "three", Models.parse(model), null, true, List.of(Phase.DEFAULTS.epochs(1)), null);
    return new Folds(recipe, 7, data);
  }

  private static Trained untrained(Cell member, CellResult.Epoch epoch) {
    Module bare = member.recipe().model().build(IMAGE, 2, new RandomStream(member.seed(), "init"));
    Defended defended = Defended.of(bare, List.of(), Trainee.of(bare, IMAGE, 2, member.seed()));
    return new Trained(bare, defended, List.of(epoch), 5);
  }

  @Test
  void everyImageIsHeldBackFromOneMember() throws IOException {
    Data.Learning data = numbered(0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0);
    Ensemble into =
        (Ensemble)
            Models.parse("ensemble model=mlp members=3")
                .build(IMAGE, 2, new RandomStream(1, "init"));
    List<Integer> held = new ArrayList<>();
    List<Long> seeds = new ArrayList<>();
    List<String> told = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onBatch(int epoch, int batch, int batches, double loss) {
            told.add(batch + " of " + batches);
          }
        };
    PhaseTraining.Done done =
        folds("ensemble model=mlp members=3", data)
            .train(
                into,
                (member, fold, to) -> {
                  List<Integer> judged = numbers(fold.validation());
                  List<Integer> learned = numbers(fold.train());
                  assertTrue(judged.stream().noneMatch(learned::contains));
                  assertEquals(11, judged.size() + learned.size());
                  long ones = IntStream.of(fold.validation().labels()).sum();
                  assertTrue(ones == 1 || ones == 2, "4 images of class 1 in 3 folds");
                  held.addAll(judged);
                  seeds.add(member.seed());
                  to.onBatch(1, 2, 4, 0.5);
                  Map<String, Double> figures = Map.of("loss", 1.0 + judged.size());
                  return untrained(member, new CellResult.Epoch(1, 1, figures));
                },
                listener);
    assertEquals(IntStream.range(0, 11).boxed().toList(), List.copyOf(new TreeSet<>(held)));
    assertEquals(11, held.size());
    assertEquals(3, new TreeSet<>(seeds).size());
    assertEquals(List.of("2 of 12", "6 of 12", "10 of 12"), told);
    assertEquals(15, done.seconds());
    assertEquals(1 + 11 / 3.0, done.epochs().get(0).figure("loss"), 1e-12);
    assertArrayEquals(new double[] {1 / 3f, 1 / 3f, 1 / 3f}, into.weights());
  }

  @Test
  void moreFoldsThanImagesOfAClassAreRefused() {
    Folds four = folds("ensemble model=mlp members=4", numbered(0, 1, 0, 1, 0, 1, 0, 0));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> four.train(null, null, TrainingListener.SILENT))
            .getMessage();
    assertEquals(
        "three: folds: 4 folds, and 3 training images of class 1; there must be as many of each"
            + " class as folds, or more",
        message);
  }

  /** What is replaced by what; the line of the complaint; a part of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ensemble model=mlp members=3 combine=vote, folds | cnn, folds | 7 | folds: the model is 'cnn'",
        "members=3 combine=vote, folds | members=1, folds | 7 | folds: the ensemble has 1 member",
        "vote, folds: true | vote, folds: yes | 7 | folds: expects true or false, is 'yes'",
        "vote, folds: true | vote, start: whole, folds: true | 7 | start: whole: members that are",
        "[{}, {epochs: 0, | [{epochs: 1, | 11 | phases: 'denoise noise=0.2 epochs=1 batch=20' stands",
      })
  void nonsenseIsRefusedWithItsLine(String from, String to, int line, String part) {
    String wrong = TEXT.replace(from, to);
    assertNotEquals(TEXT, wrong);
    String message =
        assertThrows(IllegalArgumentException.class, () -> ExperimentFile.parse("folds", wrong))
            .getMessage();
    assertTrue(message.contains("line " + line) && message.contains(part), message);
  }

  @Test
  void foldsAreWrittenAndReadWhereThereAreSome() {
    String text = ExperimentFile.write(THREE);
    assertEquals(THREE, ExperimentFile.parse("again", text));
    assertEquals(2, text.lines().filter(l -> l.contains("folds: true")).count(), text);
    Experiment none = ExperimentFile.parse("none", TEXT.replace("folds: true", "folds: false"));
    assertFalse(ExperimentFile.write(none).contains("folds: f"));
    Recipe unnamed = new Recipe(null, cell("vote").recipe().model(), null, true, List.of(), null);
    assertEquals("ensemble model=mlp members=3 combine=vote; in folds; none", unnamed.name());
  }

  @Test
  void anEstimateCountsThatEachMemberLearnsFromTheOtherFoldsAlone() throws IOException {
    Effort effort = new Effort(THREE, data(), Progress.SILENT);
    assertEquals(2 * 120 / 3.0, effort.passes(cell("whole")) - effort.passes(cell("vote")), 1e-9);
  }
}
