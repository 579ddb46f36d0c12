package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.evaluation.Robustness;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.MomentumFgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.attacks.minimum.DeepFool;
import dev.teak.attacks.minimum.Fmn;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Progress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A square root has no slope at a black pixel, and the chain rule makes NaN of it. */
class NanPixelTest {
  private static final float[] IMAGE = {0, 0.5f};
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** Logits: so much of the first pixel, and the second less 0.6. */
  private static Module net(double ofFirst) {
    return Layers.of(
        x -> {
          Tensor root = x.square().sqrt();
          return Tensor.concat(1, List.of(pixel(root, 0).mul(ofFirst), pixel(root, 1).sub(0.6)));
        });
  }

  private static Tensor pixel(Tensor x, int i) {
    return x.slice(new int[] {0, 0, 0, i}, Shape.of(1, 1, 1, 1)).reshape(1, 1);
  }

  private static AdversarialBatch attacked(Attack attack, Module net) {
    return attack.perturb(net, Tensor.of(IMAGE, 1, 1, 1, 2), Tensor.ofInts(new int[1], 1));
  }

  static Stream<Attack> attacks() {
    ThreatModel linf = ThreatModel.linf(0.2);
    return Stream.of(
        Fgsm.of(linf),
        Pgd.of(linf),
        Pgd.of(linf).fromTheImage(),
        MomentumFgsm.mi(linf),
        Pgd.l2(0.3),
        DeepFool.of(ThreatModel.l2(0.3)),
        Fmn.of(ThreatModel.l2(0.3)));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void aBlackPixelSpoilsNeitherTheImageNorTheVerdict(Attack attack) {
    for (double ofFirst : new double[] {0, 0.01}) {
      AdversarialBatch made = attacked(attack, net(ofFirst));
      assertTrue(made.success()[0], attack + " with " + ofFirst);
      assertTrue(made.distances()[0] <= attack.threat().epsilon(), attack.toString());
      for (float p : made.images().toFloats()) {
        assertTrue(p >= 0 && p <= 1, attack + " made a pixel " + p);
      }
    }
  }

  @Test
  void imagesThatGaveNaNAreToldFromThoseThatGaveZero() {
    Robustness r =
        Robustness.of(
            net(0.01),
            Fgsm.linf(0.2),
            new Examples(IMAGE, new int[1], Shape.of(1, 1, 2)),
            1,
            Progress.SILENT);
    assertEquals(1, r.nanGradients());
    assertEquals(0, r.zeroGradients());
  }

  /** An attack of somebody's own, which makes a pixel NaN that the model does not look at. */
  private record Careless(ThreatModel threat) implements FixedEpsilonAttack {
    @Override
    public String name() {
      return "careless";
    }

    @Override
    public Goal goal() {
      return Goal.UNTARGETED;
    }

    @Override
    public void run(Run run) {
      run.offer(Tensor.of(new double[] {Double.NaN, 0.7}, 1, 1, 1, 2));
    }
  }

  @ParameterizedTest
  @MethodSource("norms")
  void anImageThatHoldsNaNIsGivenBackUnchanged(Norm norm) {
    Module blind =
        Layers.of(x -> Tensor.concat(1, List.of(pixel(x, 1).mul(0), pixel(x, 1).sub(0.6))));
    AdversarialBatch made = attacked(new Careless(new ThreatModel(norm, 10, 0, 1)), blind);
    assertArrayEquals(IMAGE, made.images().toFloats());
    assertEquals(false, made.success()[0]);
    assertEquals(0, made.predictions()[0]);
  }

  static Norm[] norms() {
    return Norm.values();
  }
}
