package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.jvm.JavaBackend;
import dev.teak.nn.models.Combine;
import dev.teak.nn.models.Ensemble;
import dev.teak.nn.models.Models;
import dev.teak.nn.settings.Settings;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ensembles as attacks meet them: the reference's numbers everywhere, and a way into votes. */
class EnsembleVictimTest {
  private static final int N = 16;

  static Stream<Arguments> onEveryBackend() {
    return Stream.of("java-vector", "java-scalar", "opencl")
        .flatMap(d -> Stream.of(Combine.values()).map(c -> Arguments.of(d, c)));
  }

  private static Backend open(String device) {
    return switch (device) {
      case "java-vector" -> JavaVectorAttackTest.device();
      case "java-scalar" -> JavaBackend.scalar();
      default -> OpenClAttackTest.device();
    };
  }

  private static Victim victim(Combine combine) {
    String text = "ensemble members=3 recompute=true combine=" + Settings.text(combine);
    Ensemble made =
        (Ensemble) Models.parse(text).build(Shape.of(12, 12, 1), 4, new RandomStream(1, "init"));
    made.eval();
    made.weights(1, 2, 3);
    return Victim.of(made);
  }

  private static Tensor images() {
    return new RandomStream(2, "x").uniform(Shape.of(N, 12, 12, 1));
  }

  /** Logits, and gradients of the loss. */
  private static double[][] answers(Combine combine) {
    try (Scope scope = Scope.open()) {
      Tensor labels = Tensor.ofInts(new int[N], N);
      Victim.Gradients found =
          victim(combine)
              .gradients(images(), z -> Losses.crossEntropy(z, labels, Losses.Reduction.NONE));
      return new double[][] {found.logits().toDoubles(), found.gradient().toDoubles()};
    }
  }

  @ParameterizedTest
  @MethodSource("onEveryBackend")
  void answersAndGradientsAreThoseOfTheReference(String device, Combine combine) {
    double[][] expected;
    try (Devices.Use use = Devices.use("reference")) {
      expected = answers(combine);
    }
    try (Devices.Use use = Devices.use(open(device))) {
      double[][] found = answers(combine);
      // Sums of at most 576 products below 1, in float32.
      assertArrayEquals(expected[0], found[0], 1e-5, "logits");
      assertArrayEquals(expected[1], found[1], 1e-5, "gradients");
    }
  }

  @Test
  void anAttackFindsAWayIntoVotes() {
    try (Devices.Use use = Devices.use("java");
        Scope scope = Scope.open()) {
      Victim votes = victim(Combine.VOTE);
      Tensor x = images();
      Tensor labels = votes.logits(x).argMax(1);
      int[] before = labels.toInts();
      int[] after = Pgd.linf(0.3).perturb(votes, x, labels).predictions();
      int moved = 0;
      for (int i = 0; i < N; i++) {
        moved += before[i] == after[i] ? 0 : 1;
      }
      assertTrue(moved > N / 2, moved + " of " + N);
    }
  }
}
