package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every attack owes, on every backend in plain Java: a new attack is added to {@link
 * #attacks}.
 */
class AttackContractTest {
  private static final List<String> DEVICES = List.of("java", "reference");

  /** Every attack, in every norm and with every goal, under a bound. */
  private static List<Attack> attacks(double epsilon) {
    List<Attack> all = new ArrayList<>();
    for (ThreatModel t : List.of(ThreatModel.linf(epsilon), ThreatModel.l2(4 * epsilon))) {
      for (Goal goal : List.of(Goal.UNTARGETED, Goal.targeted(1))) {
        all.add(new Fgsm(t, goal));
        all.add(new Bim(t, goal, 5, t.epsilon() / 4));
        all.add(Pgd.of(t).goal(goal).steps(5).stepSize(t.epsilon() / 3).restarts(2).seed(9));
      }
    }
    return all;
  }

  private static Stream<Attack> someAttacks() {
    return attacks(0.1).stream();
  }

  /** A small smooth network with weights drawn by a seed; counts its forward passes by mode. */
  private static final class Net extends Module {
    private final Tensor first;
    private final Tensor second;
    private boolean sawTraining;

    Net(long seed, int pixels, int classes) {
      RandomStream random = new RandomStream(seed, "net");
      this.first = parameter("first", random.uniform(Shape.of(8, pixels), -1, 1));
      this.second = parameter("second", random.uniform(Shape.of(classes, 8), -2, 2));
    }

    @Override
    protected Tensor compute(Tensor x) {
      sawTraining |= isTraining();
      Tensor flat = x.reshape(x.shape().dim(0), 40);
      return Functional.linear(Functional.linear(flat, first, null).tanh(), second, null);
    }
  }

  /** Images with many pixels at exactly 0 and 1. */
  private static float[] pixels(long seed, int n) {
    float[] u = new RandomStream(seed, "pixels").uniform(Shape.of(n)).toFloats();
    for (int i = 0; i < n; i++) {
      u[i] = Math.min(1, Math.max(0, u[i] * 1.6f - 0.3f));
    }
    return u;
  }

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void everyAttackStaysInsideTheBallAndTheRangeOnEveryBackend(
      @ForAll long seed,
      @ForAll @DoubleRange(min = 0, max = 0.6) double epsilon,
      @ForAll @IntRange(min = 1, max = 5) int n) {
    for (String device : DEVICES) {
      try (Devices.Use use = Devices.use(device);
          Scope scope = Scope.open()) {
        Net net = new Net(seed, 5 * 4 * 2, 3);
        float[] clean = pixels(seed, n * 40);
        for (Attack attack : attacks(epsilon)) {
          Tensor x = Tensor.of(clean, n, 5, 4, 2);
          AdversarialBatch result = attack.perturb(net, x, Tensor.ofInts(new int[n], n));
          verify(attack, clean, result, n);
          assertArrayEquals(clean, x.toFloats(), "the images given were changed");
        }
      }
    }
  }

  private static void verify(Attack attack, float[] clean, AdversarialBatch result, int n) {
    assertEquals(Shape.of(n, 5, 4, 2), result.images().shape());
    float[] after = result.images().toFloats();
    for (int i = 0; i < n; i++) {
      double size = attack.threat().norm().of(clean, after, i * 40, (i + 1) * 40);
      assertTrue(size <= attack.threat().epsilon(), attack + " moved by " + size);
    }
    for (float p : after) {
      assertTrue(p >= 0 && p <= 1, attack + " left the range: " + p);
    }
  }

  @ParameterizedTest
  @MethodSource("someAttacks")
  void successIsWhatTheModelSaysOfTheStoredImages(Attack attack) {
    Net net = new Net(3, 40, 3);
    Tensor x = Tensor.of(pixels(3, 240), 6, 5, 4, 2);
    int[] labels = net.forward(x).argMax(1).toInts();
    AdversarialBatch result = attack.perturb(net, x, Tensor.ofInts(labels, 6));
    int[] judged = net.forward(result.images()).argMax(1).toInts();
    assertArrayEquals(judged, result.predictions());
    for (int i = 0; i < 6; i++) {
      boolean reached =
          attack.goal().isTargeted() ? judged[i] == attack.goal().target() : judged[i] != labels[i];
      assertEquals(reached, result.success()[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("someAttacks")
  void theModelComesBackInItsModeAndWithItsWeights(Attack attack) {
    Net net = new Net(3, 40, 3);
    for (boolean training : new boolean[] {true, false}) {
      net.train(training);
      net.sawTraining = false;
      float[] before = net.first.toFloats();
      Tensor x = Tensor.of(pixels(3, 80), 2, 5, 4, 2);
      attack.perturb(net, x, Tensor.ofInts(new int[2], 2));
      assertEquals(training, net.isTraining());
      assertFalse(net.sawTraining, "the attack ran the model in training mode");
      assertArrayEquals(before, net.first.toFloats());
      assertEquals(null, net.first.grad(), "the attack left a gradient on a weight");
    }
  }

  @ParameterizedTest
  @MethodSource("someAttacks")
  void aSeedRepeatsToTheBitAndNoBatchIsTooSmall(Attack attack) {
    Net net = new Net(3, 40, 3);
    Tensor x = Tensor.of(pixels(3, 80), 2, 5, 4, 2);
    Tensor labels = Tensor.ofInts(new int[2], 2);
    assertArrayEquals(
        attack.perturb(net, x, labels).images().toFloats(),
        attack.perturb(net, x, labels).images().toFloats());
    Tensor none = Tensor.zeros(0, 5, 4, 2);
    AdversarialBatch empty = attack.perturb(net, none, Tensor.ofInts(new int[0], 0));
    assertEquals(0, empty.success().length);
  }

  @ParameterizedTest
  @MethodSource("someAttacks")
  void anAttackLeavesNoMemoryBehind(Attack attack) {
    Net net = new Net(3, 40, 3);
    Tensor x = Tensor.of(pixels(3, 80), 2, 5, 4, 2);
    Tensor labels = Tensor.ofInts(new int[2], 2);
    long before = Devices.current().bytesInUse();
    AdversarialBatch result = attack.perturb(net, x, labels);
    result.images().release();
    assertEquals(before, Devices.current().bytesInUse());
  }

  @ParameterizedTest
  @MethodSource("someAttacks")
  void pixelsOutsideTheRangeAndMissingLabelsAreErrors(Attack attack) {
    Net net = new Net(3, 40, 3);
    Tensor bright = Tensor.of(new float[] {2}, 1, 1, 1, 1).broadcastTo(Shape.of(1, 5, 4, 2));
    Tensor label = Tensor.ofInts(new int[1], 1);
    String message =
        assertThrows(IllegalArgumentException.class, () -> attack.perturb(net, bright, label))
            .getMessage();
    assertTrue(message.contains("outside the threat model's range 0.0..1.0"), message);
    Tensor two = Tensor.zeros(2, 5, 4, 2);
    assertThrows(IllegalArgumentException.class, () -> attack.perturb(net, two, label));
  }
}
