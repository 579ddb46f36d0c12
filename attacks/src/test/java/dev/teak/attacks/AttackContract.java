package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.adaptive.Bpda;
import dev.teak.attacks.adaptive.Eot;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every attack owes on every backend. A new attack is added to {@code Attacks.ALL}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AttackContract {
  private static final double EPSILON = 0.15;
  private static final int N = 5;

  private Devices.Use use;
  private Scope scope;
  private SmokeNet net;
  private float[] clean;
  private Tensor x;
  private int[] truth;
  private Tensor labels;

  /** What each attack made of the batch the first time. */
  private final Map<Attack, Made> first = new HashMap<>();

  /** A result, and its pixels, which outlive the scope. */
  private record Made(AdversarialBatch batch, float... pixels) {}

  private Made first(Attack attack) {
    return first.computeIfAbsent(attack, this::again);
  }

  private Made again(Attack attack) {
    AdversarialBatch made = attack.perturb(net, x, labels);
    return new Made(made, made.images().toFloats());
  }

  /** The backend that attacks are tried on; aborts the test where it is not there. */
  abstract Backend backend();

  static Stream<Attack> attacks() {
    return SmokeAttacks.withGoals(EPSILON);
  }

  static Stream<Attack> untargeted() {
    return SmokeAttacks.all(EPSILON).stream();
  }

  @BeforeEach
  void open() {
    use = Devices.use(backend());
    scope = Scope.open();
    net = new SmokeNet(3);
    clean = SmokeNet.pixels(3, N);
    x = SmokeNet.images(clean);
    truth = net.predictions(x);
    truth[N - 1] = (truth[N - 1] + 1) % SmokeNet.CLASSES; // one is wrong without an attack
    labels = Tensor.ofInts(truth, N);
  }

  @AfterEach
  void close() {
    if (scope != null) {
      scope.close();
      use.close();
    }
  }

  /** The size of a change by its definition, not by the code under test. */
  private static double size(Norm norm, float[] before, float[] after, int from) {
    double[] d = new double[SmokeNet.PIXELS];
    Arrays.setAll(d, p -> Math.abs((double) after[from + p] - before[from + p]));
    DoubleStream all = Arrays.stream(d);
    return switch (norm) {
      case L0 -> all.filter(v -> v != 0).count();
      case L1 -> all.sum();
      case L2 -> Math.sqrt(all.map(v -> v * v).sum());
      case LINF -> all.max().orElseThrow();
    };
  }

  private static void verify(Attack attack, float[] before, AdversarialBatch made) {
    verify(attack, before, made, made.images().toFloats());
  }

  private static void verify(Attack attack, float[] before, AdversarialBatch made, float[] after) {
    assertEquals(before.length, after.length);
    int n = before.length / SmokeNet.PIXELS;
    for (int i = 0; i < n; i++) {
      int from = i * SmokeNet.PIXELS;
      double size = size(attack.threat().norm(), before, after, from);
      assertTrue(size <= attack.threat().epsilon(), attack + " moved image " + i + " by " + size);
      if (made.success()[i]) {
        assertEquals(size, made.distances()[i], 1e-6, "distance of image " + i);
      } else {
        assertEquals(Double.POSITIVE_INFINITY, made.distances()[i], "distance of image " + i);
      }
    }
    for (float p : after) {
      assertTrue(p >= 0 && p <= 1, attack + " left the range: " + p);
    }
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void boundAndRangeHoldForTheStoredImages(Attack attack) {
    Made made = first(attack);
    verify(attack, clean, made.batch, made.pixels);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void theOutcomeIsWhatTheModelSaysOfTheStoredImages(Attack attack) {
    AdversarialBatch made = first(attack).batch;
    int[] judged = net.predictions(SmokeNet.images(first(attack).pixels));
    assertArrayEquals(judged, made.predictions());
    for (int i = 0; i < N; i++) {
      boolean targeted = attack.goal().isTargeted();
      boolean reached = targeted ? judged[i] == attack.goal().number() : judged[i] != truth[i];
      assertEquals(reached, made.success()[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("untargeted")
  void nothingThatIsGivenChanges(Attack attack) {
    float[] weights = net.first.toFloats();
    for (boolean training : new boolean[] {true, false}) {
      net.train(training);
      net.sawTraining = false;
      attack.perturb(net, x, labels);
      assertEquals(training, net.isTraining());
      assertFalse(net.sawTraining, "the attack ran the model in training mode");
    }
    assertArrayEquals(clean, x.toFloats());
    assertArrayEquals(truth, labels.toInts());
    assertArrayEquals(weights, net.first.toFloats());
    assertNull(net.first.grad(), "the attack left a gradient on a weight");
  }

  @ParameterizedTest
  @MethodSource("untargeted")
  void noMemoryIsLeftBehind(Attack attack) {
    attack.perturb(net, x, labels).images().release();
    long before = Devices.current().bytesInUse();
    attack.perturb(net, x, labels).images().release();
    long after = Devices.current().bytesInUse(); // less, where an earlier test's garbage went
    assertTrue(after <= before, () -> "grew by " + (after - before) + " bytes");
  }

  static Stream<Attack> ofNothing() {
    // The spatial attack has no norm to be bounded in.
    return SmokeAttacks.all(0).stream().filter(a -> a.threat().isBounded());
  }

  @ParameterizedTest
  @MethodSource("ofNothing")
  void epsilonZeroReturnsTheImages(Attack attack) {
    assertArrayEquals(clean, attack.perturb(net, x, labels).images().toFloats());
  }

  @ParameterizedTest
  @MethodSource("untargeted")
  void theExpectationOverOneAndTheSameAnswerChangesNothing(Attack attack) {
    float[] plain = first(attack).pixels;
    for (Eot.Of of : Eot.Of.values()) {
      Eot mean = new Eot(attack, 3, of);
      assertArrayEquals(plain, mean.perturb(net, x, labels).images().toFloats());
    }
  }

  @ParameterizedTest
  @MethodSource("untargeted")
  void aStandInThatIsTheStageItselfChangesNothing(Attack attack) {
    Module stage = Layers.tanh();
    float[] plain =
        attack.perturb(new Sequential(Layers.tanh(), net), x, labels).images().toFloats();
    Module around = new Sequential(new Bpda(stage, Tensor::tanh), net);
    assertArrayEquals(plain, attack.perturb(around, x, labels).images().toFloats());
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void anImageFaresTheSameInAnyBatchAndPlace(Attack attack) {
    float[] together = first(attack).pixels;
    int[] order = {3, 0, 4};
    float[] some = new float[order.length * SmokeNet.PIXELS];
    int[] theirs = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(
          clean, order[i] * SmokeNet.PIXELS, some, i * SmokeNet.PIXELS, SmokeNet.PIXELS);
      theirs[i] = truth[order[i]];
    }
    AdversarialBatch apart =
        attack.perturb(net, SmokeNet.images(some), Tensor.ofInts(theirs, theirs.length));
    float[] found = apart.images().toFloats();
    for (int i = 0; i < order.length; i++) {
      assertArrayEquals(image(together, order[i]), image(found, i), "image " + order[i]);
    }
  }

  private static float[] image(float[] all, int i) {
    return Arrays.copyOfRange(all, i * SmokeNet.PIXELS, (i + 1) * SmokeNet.PIXELS);
  }

  @ParameterizedTest
  @MethodSource("untargeted")
  void aSeedFixesTheResult(Attack attack) {
    assertArrayEquals(first(attack).pixels, again(attack).pixels);
  }

  static Stream<Attack> withRestarts() {
    return untargeted().filter(a -> Settings.keys(a).contains("restarts"));
  }

  @ParameterizedTest
  @MethodSource("withRestarts")
  void moreRestartsNeverHelpTheModel(Attack attack) {
    AdversarialBatch once = first(attack).batch;
    AdversarialBatch more = Settings.with(attack, "restarts", "3").perturb(net, x, labels);
    for (int i = 0; i < N; i++) {
      assertTrue(more.success()[i] || !once.success()[i], "image " + i);
      // The nearest is kept where the norm is minimised, else the first that is far enough.
      if (attack instanceof MinimumNormAttack) {
        assertTrue(more.distances()[i] <= once.distances()[i], "image " + i);
      }
    }
  }

  static Stream<Attack> minimumNorm() {
    return untargeted().filter(a -> a instanceof MinimumNormAttack);
  }

  @ParameterizedTest
  @MethodSource("minimumNorm")
  void anImageThatIsWrongAlreadyNeedsNoChange(Attack attack) {
    Made made = first(attack);
    assertTrue(made.batch.success()[N - 1]);
    assertEquals(0, made.batch.distances()[N - 1]);
    assertArrayEquals(image(clean, N - 1), image(made.pixels, N - 1));
  }

  static Stream<Attack> seekers() {
    return minimumNorm().map(a -> Settings.with(a, ThreatModel.unbounded(a.threat().norm())));
  }

  @ParameterizedTest
  @MethodSource("seekers")
  void aSeekerNeverEndsFartherThanItBegan(Attack attack) {
    FirstReached began = new FirstReached(Victim.of(net), attack.threat().norm(), truth[0]);
    Tensor label = Tensor.ofInts(new int[] {truth[0]}, 1);
    AdversarialBatch made = attack.perturb(began, SmokeNet.images(image(clean, 0)), label);
    double end = made.distances()[0];
    // Both are infinite where the boundary is never crossed.
    assertTrue(end <= began.distance + 1e-5, "from " + began.distance + " to " + end);
  }

  static Stream<Attack> overTheWholeRange() {
    return SmokeAttacks.all(1).stream().filter(a -> Settings.keys(a).contains("restarts"));
  }

  @ParameterizedTest
  @MethodSource("overTheWholeRange")
  void imagesThatFellAreNotAttackedAgain(Attack attack) {
    AdversarialBatch once = attack.perturb(net, x, labels);
    AdversarialBatch more = Settings.with(attack, "restarts", "3").perturb(net, x, labels);
    if (IntStream.range(0, N).allMatch(i -> once.success()[i])) {
      assertEquals(once.gradients(), more.gradients());
      assertTrue(more.forwards() <= once.forwards() + N); // the images are judged once
    }
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void anEmptyBatchGivesAnEmptyResult(Attack attack) {
    AdversarialBatch none =
        attack.perturb(net, Tensor.zeros(0, 5, 4, 2), Tensor.ofInts(new int[0], 0));
    assertEquals(0, none.success().length);
    assertEquals(Shape.of(0, 5, 4, 2), none.images().shape());
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void aBatchOfOneIsABatch(Attack attack) {
    float[] one = image(clean, 0);
    AdversarialBatch made =
        attack.perturb(net, SmokeNet.images(one), Tensor.ofInts(new int[] {truth[0]}, 1));
    verify(attack, one, made);
  }

  @ParameterizedTest
  @MethodSource("untargeted")
  void aBatchThatIsAllWrongStaysSo(Attack attack) {
    int[] wrong = IntStream.of(truth).map(c -> (c + 2) % SmokeNet.CLASSES).toArray();
    int[] predicted = net.predictions(x);
    for (int i = 0; i < N; i++) {
      wrong[i] = wrong[i] == predicted[i] ? (wrong[i] + 1) % SmokeNet.CLASSES : wrong[i];
    }
    AdversarialBatch made = attack.perturb(net, x, Tensor.ofInts(wrong, N));
    verify(attack, clean, made);
    for (boolean success : made.success()) {
      assertTrue(success);
    }
  }

  @ParameterizedTest
  @MethodSource("untargeted")
  void twoClassesAreEnoughOrTheErrorSaysWhyNot(Attack attack) {
    SmokeNet two = new SmokeNet(3, 2);
    Tensor binary = Tensor.ofInts(two.predictions(x), N);
    if (attack.toString().contains("loss=dlr")) {
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> attack.perturb(two, x, binary).success())
              .getMessage();
      assertTrue(message.contains("z1 - "), message);
    } else {
      verify(attack, clean, attack.perturb(two, x, binary));
    }
  }

  @ParameterizedTest
  @MethodSource("untargeted")
  void wrongInputIsAnErrorThatSaysWhatIsWrong(Attack attack) {
    Tensor bright = x.add(1.5);
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> attack.perturb(net, bright, labels).success())
            .getMessage();
    assertTrue(message.contains("outside the threat model's range 0.0..1.0"), message);
    Tensor one = Tensor.ofInts(new int[1], 1);
    message =
        assertThrows(IllegalArgumentException.class, () -> attack.perturb(net, x, one).success())
            .getMessage();
    assertTrue(message.contains("one INT32 for each"), message);
  }
}
