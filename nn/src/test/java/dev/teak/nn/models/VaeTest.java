package dev.teak.nn.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.GradCheck;
import dev.teak.nn.models.Vae.Posterior;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The variational autoencoder against closed forms and finite differences, in double precision. */
class VaeTest {
  private static final Shape IMAGE = Shape.of(4, 5, 1);
  private Devices.Use use;
  private Scope scope;

  @BeforeEach
  void open() {
    use = Devices.use("reference");
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
    use.close();
  }

  private static Vae.Network network(Vae vae) {
    return (Vae.Network) vae.build(IMAGE, new RandomStream(1, "init"));
  }

  private static Tensor images() {
    return new RandomStream(2, "x").uniform(Shape.of(2, 4, 5, 1));
  }

  /**
   * Of N(1, 4) and N(0, 1): (1 + 4 - log 4 - 1) / 2; of N(-2, 1) and N(0, 1/e): 4 / 2 and (1/e + 1
   * - 1) / 2.
   */
  @Test
  void theDivergenceIsThatOfNormalDistributions() {
    Tensor mean = Tensor.of(new double[] {1, 0, -2, 0}, 2, 2);
    Tensor logVariance = Tensor.of(new double[] {Math.log(4), 0, 0, -1}, 2, 2);
    double first = (4 - Math.log(4)) / 2;
    double second = 2 + Math.exp(-1) / 2;
    double kl = new Posterior(mean, logVariance).kl().item();
    assertEquals((first + second) / 2, kl, 1e-12); // a few roundings of numbers below 10
  }

  @Test
  void aCodeIsMeanPlusDeviationTimesNoise() {
    Tensor mean = Tensor.of(new double[] {1, -1}, 1, 2);
    Tensor logVariance = Tensor.of(new double[] {2 * Math.log(3), 0}, 1, 2);
    Tensor code = new Posterior(mean, logVariance).sample(Tensor.of(new double[] {2, 0.5}, 1, 2));
    assertArrayEquals(new double[] {1 + 3 * 2, -0.5}, code.toDoubles(), 1e-12);
  }

  @Test
  void theGradientLeadsThroughTheDraw() {
    Vae.Network network = network(new Vae(3, 1, false));
    RandomStream noise = network.namedStreams().get("noise");
    GradCheck.Report report =
        GradCheck.check(
            x -> {
              noise.seek(0); // the same draw each time
              Posterior codes = new Posterior(x.get(0), x.get(1));
              return network.decode(codes).square().sum().add(codes.kl());
            },
            new RandomStream(3, "mean").normal(Shape.of(2, 3)),
            new RandomStream(3, "log variance").uniform(Shape.of(2, 3), -1, 1));
    assertTrue(report.passed(), report::toString);
  }

  @Test
  void theLossIsReconstructionAndDivergenceOverTheNumbersOfAnImage() {
    Vae vae = new Vae(3, 0.5, false);
    Vae.Network network = network(vae);
    Batch batch = Batch.of(images(), Tensor.ofInts(new int[2], 2));
    Step step = new Step(0, 1, 0, 1);
    Tensor plain = Objective.RECONSTRUCTION.of(network, batch, step).loss();
    double kl = network.encode(images()).kl().item();
    network.namedStreams().get("noise").seek(0);
    try (TrainingHooks hooks = vae.hooks(network, 1)) {
      Objective whole = hooks.objective(Objective.RECONSTRUCTION);
      assertEquals(
          plain.item() + 0.5 * kl / 20, whole.of(network, batch, step).loss().item(), 1e-12);
      assertEquals(Map.of("reconstruction", plain.item(), "kl", kl), hooks.figures());
    }
  }

  @Test
  void figuresAreMeansOverTheBatchesOfTheLastEpoch() {
    Vae vae = new Vae(3, 1, false);
    Vae.Network network = network(vae);
    try (TrainingHooks hooks = vae.hooks(network, 1)) {
      Objective whole = hooks.objective(Objective.RECONSTRUCTION);
      double[] kl = new double[4];
      for (int i = 0; i < 4; i++) { // two epochs of two batches
        Tensor x = images().mul(1 - 0.2 * i);
        kl[i] = network.encode(x).kl().item();
        whole.of(network, Batch.of(x, Tensor.ofInts(new int[2], 2)), new Step(i, 4, i / 2, 2));
      }
      assertEquals((kl[2] + kl[3]) / 2, hooks.figures().get("kl"), 1e-12);
    }
  }

  @Test
  void inEvalModeTheMeanIsTakenUnlessCodesAreToBeDrawn() {
    for (boolean sample : new boolean[] {false, true}) {
      Vae vae = new Vae(3, 1, sample);
      Vae.Network network = network(vae);
      network.eval();
      double[] first = network.forward(images()).toDoubles();
      assertEquals(sample, !Arrays.equals(first, network.forward(images()).toDoubles()));
      assertEquals(sample, vae.isRandom());
    }
    Vae.Network network = network(new Vae(3, 1, false));
    double[] first = network.forward(images()).toDoubles();
    assertFalse(Arrays.equals(first, network.forward(images()).toDoubles()), "in training");
  }
}
