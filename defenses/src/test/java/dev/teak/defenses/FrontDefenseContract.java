package dev.teak.defenses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.defenses.detect.FeatureSqueezing;
import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.engine.backend.Backend;
import dev.teak.nn.Module;
import dev.teak.nn.attribution.Attributions;
import dev.teak.nn.models.Cnn;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Evaluate;
import dev.teak.nn.train.Examples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every registered defense owes that stands in front of a model, around it, or beside it, on
 * every backend: the numbers of {@code reference}, the same of one seed, and an answer to whoever
 * knows of it.
 */
abstract class FrontDefenseContract {
  private static final Shape IMAGE = Shape.of(8, 9, 1);
  private static final int N = 4;
  private static final int CLASSES = 3;

  /** Sums of at most 81 products near 1 in float32, and a few functions of them. */
  static final float ROUNDING = 1e-5f;

  private Devices.Use use;
  private Scope scope;

  /** The backend under test; aborts the test where it is not there. */
  abstract Backend backend();

  @BeforeEach
  void open() {
    use = Devices.use(backend());
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    if (scope != null) {
      scope.close();
      use.close();
    }
  }

  static <T> T onReference(Supplier<T> what) {
    try (Devices.Use reference = Devices.use("reference");
        Scope inner = Scope.open()) {
      return what.get();
    }
  }

  static Stream<Defense> standing() {
    return ContractDefenses.of(Defense.class)
        .filter(d -> d instanceof FrontDefense || d instanceof WrapperDefense);
  }

  private static Module bare() {
    return new Cnn().build(IMAGE, CLASSES, new RandomStream(1, "init"));
  }

  private static Tensor pixels(int n) {
    float[] values = new RandomStream(1, "pixels").uniform(Shape.of(n * IMAGE.size())).toFloats();
    return Tensor.of(values, n, IMAGE.dim(0), IMAGE.dim(1), IMAGE.dim(2));
  }

  private static Examples examples() {
    int n = 40;
    return new Examples(pixels(n).toFloats(), new int[n], IMAGE);
  }

  private static Defended defended(Defense defense) {
    Module model = bare();
    Defended d =
        Defended.of(model, List.of(defense), Trainee.of(model, IMAGE, CLASSES, 5)).fit(examples());
    d.model().eval();
    return d;
  }

  private static float[] answers(Defense defense) {
    try (Defended d = defended(defense)) {
      return d.model().forward(pixels(N)).toFloats();
    }
  }

  @ParameterizedTest
  @MethodSource("standing")
  void aDefendedModelAnswersAsOnTheReferenceAndASeedDecides(Defense defense) {
    float[] expected = onReference(() -> answers(defense));
    float[] found = answers(defense);
    assertArrayEquals(expected, found, 10 * ROUNDING); // two convolutions, a sum of 256
    assertArrayEquals(found, answers(defense), "of one seed");
    assertEquals(N * CLASSES, found.length);
  }

  @ParameterizedTest
  @MethodSource("standing")
  void onlyARandomDefenseAsksForSeveralAnswers(Defense defense) {
    try (Defended d = defended(defense)) {
      float[] first = d.model().forward(pixels(N)).toFloats();
      float[] second = d.model().forward(pixels(N)).toFloats();
      assertEquals(Arrays.equals(first, second), defense.answers() == 1);
      assertEquals(defense.answers(), d.victim().passes());
    }
  }

  @ParameterizedTest
  @MethodSource("standing")
  void whoeverKnowsOfItFindsAGradientAtTheSameAnswers(Defense defense) {
    try (Defended d = defended(defense)) {
      Tensor x = pixels(N);
      Tensor slope =
          d.victim().gradients(x, logits -> logits.slice(1, 0, 1, 1).sum(1)).gradients().get(0);
      assertEquals(x.shape(), slope.shape());
      boolean some = false;
      for (float g : slope.toFloats()) {
        assertTrue(Float.isFinite(g));
        some |= g != 0;
      }
      assertTrue(some, "the gradient is zero");
      if (defense.answers() == 1) {
        float[] seen = d.victim().logits(x).toFloats();
        assertArrayEquals(d.model().forward(x).toFloats(), seen, ROUNDING);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("standing")
  void whatADefendedModelLooksAtCanBeAsked(Defense defense) {
    try (Defended d = defended(defense)) {
      Tensor targets = Tensor.ofInts(new int[N], N);
      for (String name : Attributions.REGISTRY.names()) {
        Tensor found = Attributions.parse(name).attribute(d.model(), pixels(N), targets);
        assertEquals(IMAGE.dim(1), found.shape().dim(2));
        for (float a : found.toFloats()) {
          assertTrue(Float.isFinite(a), name);
        }
      }
    }
  }

  static Stream<FrontDefense> fronts() {
    return ContractDefenses.of(FrontDefense.class);
  }

  @ParameterizedTest
  @MethodSource("fronts")
  void aFrontGivesImagesOfTheShapeAndRangeThatItIsGiven(FrontDefense defense) {
    Module front = defense.front(Trainee.of(bare(), IMAGE, CLASSES, 5));
    front.eval();
    Tensor y = front.forward(pixels(N));
    assertEquals(pixels(N).shape(), y.shape());
    for (float v : y.toFloats()) {
      assertTrue(v >= 0 && v <= 1, () -> "pixel " + v);
    }
  }

  @ParameterizedTest
  @MethodSource("fronts")
  void straightThroughItTheGradientIsThatBehindIt(FrontDefense defense) {
    Victim.LogitFunction first = logits -> logits.slice(1, 0, 1, 1).sum(1);
    try (Defended d = defended(defense)) {
      Victim.Gradients found = d.straightThrough().gradients(pixels(N), first);
      assertEquals(defense.answers(), d.straightThrough().passes());
      assertEquals(pixels(N).shape(), found.gradient().shape());
      if (defense.answers() == 1) {
        Tensor given = d.front().orElseThrow().forward(pixels(N));
        Victim.Gradients behind = Victim.of(d.behindFronts()).gradients(given, first);
        assertArrayEquals(behind.gradient().toFloats(), found.gradient().toFloats(), ROUNDING);
        float[] answers = d.model().forward(pixels(N)).toFloats();
        assertArrayEquals(answers, found.logits().toFloats(), ROUNDING);
      }
    }
  }

  static Stream<WrapperDefense> wrappers() {
    return ContractDefenses.of(WrapperDefense.class);
  }

  @ParameterizedTest
  @MethodSource("wrappers")
  void whereNothingStandsInFrontThereIsNoWayStraightThrough(WrapperDefense defense) {
    try (Defended d = defended(defense)) {
      String message = assertThrows(IllegalStateException.class, d::straightThrough).getMessage();
      assertTrue(message.contains("nothing stands in front of the model"), message);
    }
  }

  static Stream<DetectorDefense> detectors() {
    return ContractDefenses.of(DetectorDefense.class);
  }

  private static double[] scores(DetectorDefense defense) {
    Detector detector = new Detector(defense, Trainee.of(bare(), IMAGE, CLASSES, 5));
    fit(detector);
    detector.eval();
    return detector.forward(pixels(N)).toDoubles();
  }

  private static void fit(Detector detector) {
    try {
      detector.fit(examples());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void scoresAreThoseOfTheReference(DetectorDefense defense) {
    double[] expected = onReference(() -> scores(defense));
    assertArrayEquals(expected, scores(defense), 10 * ROUNDING);
    assertEquals(N, expected.length);
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void soManyOfTheTrainingExamplesAreTakenForAttackedAsWasAllowed(DetectorDefense defense) {
    try (Defended d = detecting(defense)) {
      Subject subject = Subject.of(d.victim(), examples(), 16);
      long found = Arrays.stream(subject.predictions()).filter(p -> p == Evaluate.REJECTED).count();
      assertEquals((int) (40 * defense.falsePositiveRate()), found);
      assertTrue(found > 0, "nothing is detected here");
    }
  }

  private static Defended detecting(Defense... defenses) {
    Module model = bare();
    Trainee trainee = Trainee.of(model, IMAGE, CLASSES, 5);
    Defended d = Defended.of(model, List.of(defenses), trainee).fit(examples());
    d.fitDetectors(examples());
    d.whole().eval();
    return d;
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void modelAndDetectorAsOneHaveALogitMoreForWhatIsDetected(DetectorDefense defense) {
    try (Defended d = detecting(defense)) {
      Tensor x = pixels(N).requiresGrad(true);
      Tensor logits = d.whole().forward(x);
      assertEquals(Shape.of(N, CLASSES + 1), logits.shape());
      float[] alone = d.model().forward(pixels(N)).toFloats();
      assertArrayEquals(alone, logits.slice(1, 0, CLASSES, 1).toFloats());
      float[] slope = Autograd.grad(logits.slice(1, CLASSES, CLASSES + 1, 1).sum(), x).toFloats();
      assertFalse(Arrays.equals(new float[slope.length], slope), "the score has a gradient");
    }
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void whoeverKnowsOfADetectorFindsAGradientAtTheSameAnswers(DetectorDefense defense) {
    try (Defended d = detecting(defense)) {
      Tensor x = pixels(N);
      assertArrayEquals(d.whole().forward(x).toFloats(), d.victim().logits(x).toFloats(), ROUNDING);
      Victim.LogitFunction above =
          z -> z.slice(1, CLASSES, CLASSES + 1, 1).sub(z.slice(1, 0, CLASSES, 1).maxKeepDims(1));
      float[] slope = d.victim().gradients(x, z -> above.of(z).sum(1)).gradient().toFloats();
      for (float g : slope) {
        assertTrue(Float.isFinite(g));
      }
      assertFalse(Arrays.equals(new float[slope.length], slope), "the gradient is zero");
    }
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void whatADetectorHasLearnedIsReadAgainWithTheModel(DetectorDefense defense) {
    try (Defended d = detecting(defense);
        Defended again = detecting(defense)) {
      again.whole().stateDict().values().forEach(t -> Update.assign(t, t.mul(0)));
      again.whole().loadStateDict(d.whole().stateDict());
      float[] logits = d.victim().logits(pixels(N)).toFloats();
      assertArrayEquals(logits, again.victim().logits(pixels(N)).toFloats());
    }
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void aDetectorLooksAtTheModelBehindWhateverStandsInFront(DetectorDefense defense) {
    Defense mask = Settings.parse(Defense.class, "consistent_mask mask=mask(region=random(0.3))");
    try (Defended d = detecting(mask, defense)) {
      assertTrue(d.victim().rejects());
      assertEquals(mask.answers(), d.victim().passes());
      Tensor slope =
          d.victim()
              .gradients(pixels(N), z -> z.slice(1, CLASSES, CLASSES + 1, 1).sum(1))
              .gradient();
      assertFalse(Arrays.equals(new float[N * 72], slope.toFloats()));
      assertTrue(d.straightThrough().rejects());
      Tensor answers = d.naive().logits(pixels(N));
      assertEquals(Shape.of(N, CLASSES + 1), answers.shape());
    }
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void ofTwoDetectorsEachRejects(DetectorDefense defense) {
    try (Defended both = detecting(defense, new FeatureSqueezing(3, 1, 0.5));
        Defended one = detecting(new FeatureSqueezing(3, 1, 0.5))) {
      int[] byBoth = Subject.of(both.victim(), examples(), 16).predictions();
      int[] byOne = Subject.of(one.victim(), examples(), 16).predictions();
      for (int i = 0; i < byOne.length; i++) {
        assertTrue(byOne[i] != Evaluate.REJECTED || byBoth[i] == Evaluate.REJECTED, "image " + i);
      }
    }
  }
}
