package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.teak.attacks.blackbox.Spsa;
import dev.teak.attacks.evaluation.Attacks;
import dev.teak.attacks.evaluation.AutoAttack;
import dev.teak.attacks.evaluation.Settings;
import dev.teak.attacks.minimum.Ddn;
import dev.teak.attacks.minimum.Fmn;
import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A problem posed in another pixel range is the same problem. */
class UnitsTest {
  private static final double[][] RANGES = {{0, 255}, {-1, 1}, {-2.1179, 2.64}};

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** An attack in a norm, at its defaults but for the counts. */
  record Case(Attacks.Entry entry, Norm norm) {
    Attack in(double low, double high) {
      double unit = norm == Norm.L0 ? 1 : high - low;
      double epsilon = SmokeAttacks.epsilon(norm, 0.2) * unit;
      ThreatModel threat = new ThreatModel(norm, epsilon, low, high);
      Attack attack = sized(SmokeAttacks.small(entry.defaults().apply(threat)));
      return attack instanceof MinimumNormAttack
          ? Settings.with(attack, threat.withEpsilon(Double.POSITIVE_INFINITY))
          : attack;
    }

    /** Enough that what they find is worth comparing. */
    private static Attack sized(Attack attack) {
      Attack sized = attack;
      for (String key : List.of("steps", "searches", "evaluations", "draws", "tries")) {
        if (Settings.keys(sized).contains(key)) {
          sized = Settings.with(sized, key, key.equals("searches") ? "8" : "40");
        }
      }
      return sized;
    }

    @Override
    public String toString() {
      return entry.name() + " in " + norm;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    Attacks.ALL.forEach(e -> e.norms().forEach(norm -> cases.add(new Case(e, norm))));
    return cases;
  }

  /** A model of images in 0..1 on the same images in another range. */
  private static AdversarialBatch attacked(
      Attack attack, UnaryOperator<Tensor> net, Tensor unit, int... labels) {
    double low = attack.threat().low();
    double range = attack.threat().high() - low;
    Module scaled = Layers.of(in -> net.apply(in.sub(low).div(range)));
    Tensor x = attack.threat().clip(unit.mul(range).add(low));
    return attack.perturb(scaled, x, Tensor.ofInts(labels, labels.length));
  }

  private static double scale(Attack attack) {
    ThreatModel threat = attack.threat();
    return threat.norm() == Norm.L0 ? 1 : threat.high() - threat.low();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatDrawsNothingComesToTheSameImagesInEveryRange(Case c) {
    SmokeNet net = new SmokeNet(3, 10);
    Tensor x = SmokeNet.images(SmokeNet.pixels(3, 4));
    int[] truth = net.predictions(x);
    AdversarialBatch expected = attacked(c.in(0, 1), net::forward, x, truth);
    assumeFalse(draws(c.in(0, 1), expected, net, x, truth), "its draws depend on the pixels' bits");
    for (double[] range : RANGES) {
      Attack attack = c.in(range[0], range[1]);
      AdversarialBatch made = attacked(attack, net::forward, x, truth);
      assertArrayEquals(expected.success(), made.success(), attack.toString());
      for (int i = 0; i < truth.length; i++) {
        double distance = made.distances()[i] / scale(attack);
        double tolerance = 1e-3 * expected.distances()[i]; // forty steps in float32
        boolean both = expected.distances()[i] == distance; // infinite
        assertTrue(
            both || Math.abs(expected.distances()[i] - distance) <= tolerance,
            attack + ": " + distance + " where 0..1 has " + expected.distances()[i]);
      }
    }
  }

  /** Whether another seed comes to another image. */
  private static boolean draws(
      Attack attack, AdversarialBatch made, SmokeNet net, Tensor x, int... truth) {
    if (!Settings.keys(attack).contains("seed")) {
      return attack instanceof AutoAttack;
    }
    Attack other = Settings.with(attack, "seed", "5");
    return !Arrays.equals(
        made.images().toFloats(), attacked(other, net::forward, x, truth).images().toFloats());
  }

  /** Four logits of images, of which the second leads where the mean pixel is above 0.51. */
  private static Tensor brightness(Tensor x) {
    Tensor mean = x.mean(1, 2, 3).reshape(-1, 1);
    Tensor none = mean.mul(0);
    return Tensor.concat(1, List.of(none, mean.sub(0.51), none.sub(2), none.sub(3)));
  }

  private static AdversarialBatch brightened(Attack attack, int side, double pixel) {
    Tensor x = Tensor.full(Devices.current(), Shape.of(1, side, side, 1), pixel);
    return attacked(attack, UnitsTest::brightness, x, 0);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsEasyIsFoundInEveryRange(Case c) {
    assumeFalse(List.of("jsma", "spatial").contains(c.entry.name()), "needs another image");
    for (double[] range : RANGES) {
      Attack attack = c.in(range[0], range[1]);
      assertTrue(brightened(attack, 3, 0.5).success()[0], attack.toString());
    }
  }

  @Test
  void settingsThatAreGivenAreInUnitsOfTheRange() {
    ThreatModel bytes = new ThreatModel(Norm.LINF, 76.5, 0, 255);
    Spsa spsa = new Spsa(bytes, Goal.UNTARGETED, Loss.MARGIN, 100, 2, 0.01, 0.01, 0);
    assertEquals(76.5, brightened(spsa, 1, 0.5).distances()[0], 1e-4);
    ThreatModel free = new ThreatModel(Norm.L2, Double.POSITIVE_INFINITY, 0, 255);
    for (int pixel : new int[] {20, 1}) {
      for (Attack attack : new Attack[] {Fmn.of(free), Ddn.of(free)}) {
        double distance = brightened(attack, 1, pixel / 255.0).distances()[0];
        // The norm changes by a twentieth at a time.
        assertEquals(0.51 * 255 - pixel, distance, 0.05 * 0.51 * 255, attack.toString());
      }
    }
  }
}
