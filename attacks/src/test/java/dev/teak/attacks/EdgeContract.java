package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.CustomOp;
import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import java.util.Arrays;
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
