package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.evaluation.Settings;
import dev.teak.engine.CustomOp;
import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.train.Evaluate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every attack owes on every backend where gradients or logits are no numbers, and where the
 * model says the same of every image.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EdgeContract {
  private static final int N = 3;

  private Devices.Use use;
  private Scope scope;
  private SmokeNet net;
  private float[] clean;
  private Tensor x;
  private int[] truth;
  private Tensor labels;

  /** The backend that attacks are tried on; aborts the test where it is not there. */
  abstract Backend backend();

  static Stream<Attack> attacks() {
    return SmokeAttacks.all(0.15).stream();
  }

  @BeforeEach
  void open() {
    use = Devices.use(backend());
    scope = Scope.open();
    net = new SmokeNet(3);
    clean = SmokeNet.pixels(3, N);
    x = SmokeNet.images(clean);
    truth = net.predictions(x);
    labels = Tensor.ofInts(truth, N);
  }

  @AfterEach
  void close() {
    if (scope != null) {
      scope.close();
      use.close();
    }
  }

  /** The net behind a stage that changes nothing but the gradient of every image's first pixel. */
  private Module withFirstSlope(double factor) {
    double[] factors = new double[SmokeNet.PIXELS];
    Arrays.fill(factors, 1);
    factors[0] = factor;
    Tensor slopes = Tensor.of(factors, 1, 5, 4, 2);
    CustomOp stage = CustomOp.of("slope", in -> in.add(0), (g, in, out) -> g.mul(slopes));
    return new Sequential(Layers.of(stage::apply), net);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void aNaNInOnePixelsGradientCountsAsZeroAndIsSaid(Attack attack) {
    AdversarialBatch zero = attack.perturb(withFirstSlope(0), x, labels);
    AdversarialBatch nan = attack.perturb(withFirstSlope(Double.NaN), x, labels);
    assertArrayEquals(zero.images().toFloats(), nan.images().toFloats());
    assertArrayEquals(zero.success(), nan.success());
    assertArrayEquals(zero.distances(), nan.distances());
    assertEquals(0, zero.nanGradients());
    assertEquals(nan.gradients() == 0 ? 0 : N, nan.nanGradients());
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void anInfiniteSlopeIsALargeOne(Attack attack) {
    inBounds(attack, attack.perturb(withFirstSlope(Double.POSITIVE_INFINITY), x, labels));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void aModelThatSaysTheSameOfEveryImageIsNeverFooled(Attack attack) {
    Module constant = Layers.of(in -> net.forward(in.mul(0)));
    truth = constant.forward(x).argMax(1).toInts();
    AdversarialBatch made = attack.perturb(constant, x, Tensor.ofInts(truth, N));
    inBounds(attack, made);
    for (boolean success : made.success()) {
      assertFalse(success);
    }
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void logitsThatAreNaNAreNoClassAndNoSuccess(Attack attack) {
    AdversarialBatch made =
        attack.perturb(Layers.of(in -> net.forward(in).mul(Double.NaN)), x, labels);
    inBounds(attack, made);
    for (int i = 0; i < N; i++) {
      assertFalse(made.success()[i]);
      assertEquals(Evaluate.NO_CLASS, made.predictions()[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void anImageThatAnAttackMakesNaNDoesNotStand(Attack attack) {
    // The logits of the images themselves are numbers; those of every other image are not.
    Module brittle =
        Layers.of(
            in -> {
              Tensor moved = in.sub(x.rows(0, 1)).abs().max(1, 2, 3).reshape(-1, 1);
              return net.forward(in).add(moved.gt(0).where(Tensor.scalar(Double.NaN), moved));
            });
    Tensor one = Tensor.ofInts(new int[] {truth[0]}, 1);
    AdversarialBatch made = attack.perturb(brittle, x.rows(0, 1), one);
    boolean moved = !Arrays.equals(x.rows(0, 1).toFloats(), made.images().toFloats());
    assertFalse(made.success()[0]);
    assertEquals(moved ? Evaluate.NO_CLASS : truth[0], made.predictions()[0]);
    boolean seeks = attack instanceof MinimumNormAttack;
    assertTrue(moved || seeks || made.gradients() == 0, attack + " came upon no NaN");
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void infiniteLogitsAreAPredictionOfTheirClass(Attack attack) {
    Module hot = Layers.of(in -> net.forward(in).mul(1e38).mul(1e3));
    int[] said = new int[N];
    float[] logits = hot.forward(x).toFloats();
    for (int i = 0; i < N; i++) {
      int from = i * SmokeNet.CLASSES;
      said[i] = Evaluate.prediction(Arrays.copyOfRange(logits, from, from + SmokeNet.CLASSES));
    }
    AdversarialBatch made = attack.perturb(hot, x, Tensor.ofInts(said, N));
    inBounds(attack, made);
    for (int i = 0; i < N; i++) {
      assertTrue(made.predictions()[i] != Evaluate.NO_CLASS);
      assertTrue(!made.success()[i] || made.predictions()[i] != said[i], "image " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void aMarginThatAnotherRoundingWouldUndoIsNoSuccess(Attack attack) {
    // At 10, floats lie 1e-6 apart: which logit is larger, the order of a sum decides.
    Module close = Layers.of(in -> net.forward(in).mul(1e-7).add(10));
    int[] said = close.forward(x).argMax(1).toInts();
    AdversarialBatch made = attack.perturb(close, x, Tensor.ofInts(said, N));
    inBounds(attack, made);
    for (boolean success : made.success()) {
      assertFalse(success);
    }
  }

  static Stream<Attack> seekers() {
    return attacks()
        .filter(a -> a instanceof MinimumNormAttack)
        .map(a -> Settings.with(a, ThreatModel.unbounded(a.threat().norm())));
  }

  @ParameterizedTest
  @MethodSource("seekers")
  void anImageExactlyOnTheBoundaryIsMovedAcrossIt(Attack attack) {
    // A sum that is exactly 0 for the grey image, which is of the first class then.
    Module net =
        Layers.of(
            in -> {
              Tensor sum = in.sub(0.5).sum(1, 2, 3).reshape(-1, 1);
              return Tensor.concat(1, List.of(sum.neg(), sum));
            });
    Tensor grey = Tensor.full(x.device(), Shape.of(1, 4, 4, 1), 0.5);
    boolean searches = Settings.keys(attack).contains("searches"); // some need a larger constant
    Attack whole = searches ? Settings.with(attack, "searches", "9") : attack;
    AdversarialBatch made = whole.perturb(net, grey, Tensor.ofInts(new int[1], 1));
    assertTrue(made.success()[0]);
    double sum = 0;
    for (double p : made.images().toDoubles()) {
      sum += p - 0.5;
    }
    assertTrue(sum > 0, "in double precision the image is at " + sum);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void oneLogitIsAnErrorThatSaysHowToHaveTwo(Attack attack) {
    SmokeNet one = new SmokeNet(3, 1);
    Tensor zeros = Tensor.ofInts(new int[N], N);
    String message =
        assertThrows(IllegalArgumentException.class, () -> attack.perturb(one, x, zeros).success())
            .getMessage();
    assertTrue(message.contains("2 classes or more, as (z, 0)"), message);
  }

  /** Within range and bound, by definition and not by the code under test; NaN is not. */
  private void inBounds(Attack attack, AdversarialBatch made) {
    float[] after = made.images().toFloats();
    for (int i = 0; i < N; i++) {
      int from = i * SmokeNet.PIXELS;
      double size = attack.threat().norm().of(clean, after, from, from + SmokeNet.PIXELS);
      assertTrue(size <= attack.threat().epsilon(), attack + " moved image " + i + " by " + size);
    }
    for (float p : after) {
      assertTrue(p >= 0 && p <= 1, attack + " left the range: " + p);
    }
  }
}
