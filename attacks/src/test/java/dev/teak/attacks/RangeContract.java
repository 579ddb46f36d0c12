package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.evaluation.Attacks;
import dev.teak.attacks.evaluation.AutoAttack;
import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every attack owes on every backend in any pixel range and with any number of classes. A new
 * attack is added to {@code Attacks.ALL}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RangeContract {
  private static final int N = 3;

  /** Those in use, and two whose ends are no floats: the first rounds outwards at both. */
  private static final double[][] RANGES = {{0, 255}, {-1, 1}, {-2.1179, 2.64}, {-0.1, 0.9}};

  private static final int[] CLASSES = {2, 3, 10};

  private Devices.Use use;
  private Scope scope;

  /** The backend that attacks are tried on; aborts the test where it is not there. */
  abstract Backend backend();

  /** An attack in a range, on a model of so many classes. */
  record Case(Attack attack, int classes) {}

  /** Every attack in every norm meets every range and every number of classes, if not each pair. */
  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Attacks.Entry entry : Attacks.ALL) {
      for (Norm norm : entry.norms()) {
        for (double[] range : RANGES) {
          double epsilon = SmokeAttacks.epsilon(norm, 0.15);
          epsilon *= norm == Norm.L0 ? 1 : range[1] - range[0];
          ThreatModel threat = new ThreatModel(norm, epsilon, range[0], range[1]);
          Attack attack = SmokeAttacks.small(entry.defaults().apply(threat));
          cases.add(new Case(attack, CLASSES[cases.size() % CLASSES.length]));
        }
      }
    }
    return cases;
  }

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

  @ParameterizedTest
  @MethodSource("cases")
  void boundAndRangeHoldToTheLastBitAndWhatIsMadeIsTakenAgain(Case c) {
    ThreatModel threat = c.attack.threat();
    SmokeNet net = new SmokeNet(3, c.classes);
    double range = threat.high() - threat.low();
    Module scaled = Layers.of(in -> net.forward(in.sub(threat.low()).div(range)));
    float[] clean = SmokeNet.pixels(3, N); // many at 0 and 1, and so at both ends
    for (int i = 0; i < clean.length; i++) {
      clean[i] = (float) (threat.low() + range * clean[i]);
    }
    Tensor x = SmokeNet.images(clean);
    int[] truth = scaled.forward(x).argMax(1).toInts();
    if (lacksClasses(c)) {
      refuses(c.attack, scaled, x, truth);
      return;
    }
    AdversarialBatch made = c.attack.perturb(scaled, x, Tensor.ofInts(truth, N));
    verify(c.attack, clean, truth, made);
    AdversarialBatch again = c.attack.perturb(scaled, made.images(), Tensor.ofInts(truth, N));
    verify(c.attack, made.images().toFloats(), truth, again);
  }

  /** The difference of logits ratio needs three classes, and four where it has a target. */
  private static boolean lacksClasses(Case c) {
    String settings = c.attack.toString();
    return (settings.contains("loss=dlr") && c.classes < 3)
        || (settings.contains("loss=dlr, targets=9") && c.classes < 4);
  }

  /** Says what it lacks; in an ensemble, unless nothing was left for it to attack. */
  private static void refuses(Attack attack, Module model, Tensor x, int... truth) {
    try {
      AdversarialBatch made = attack.perturb(model, x, Tensor.ofInts(truth, N));
      assertTrue(attack instanceof AutoAttack, attack + " took a model of too few classes");
      assertEquals(1, made.successRate(attack.threat().epsilon()));
    } catch (IllegalArgumentException e) {
      assertTrue(e.getMessage().contains("; take the margin loss"), e.getMessage());
    }
  }

  private static void verify(Attack attack, float[] before, int[] truth, AdversarialBatch made) {
    ThreatModel threat = attack.threat();
    float[] after = made.images().toFloats();
    for (int i = 0; i < N; i++) {
      int from = i * SmokeNet.PIXELS;
      double size = threat.norm().of(before, after, from, from + SmokeNet.PIXELS);
      assertTrue(size <= threat.epsilon(), attack + " moved image " + i + " by " + size);
      assertTrue(made.predictions()[i] != Evaluate.NO_CLASS);
      if (made.success()[i]) {
        assertTrue(made.predictions()[i] != truth[i]);
        assertEquals(size, made.distances()[i]);
      }
    }
    for (int p = 0; p < after.length; p++) {
      boolean inside = after[p] >= threat.low() && after[p] <= threat.high();
      assertTrue(inside || after[p] == before[p], attack + " left the range: " + after[p]);
    }
  }
}
