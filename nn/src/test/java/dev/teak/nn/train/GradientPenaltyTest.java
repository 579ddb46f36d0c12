package dev.teak.nn.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import dev.teak.nn.optim.Adam;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Double backprop: a loss that holds a gradient (Drucker and LeCun 1992). */
class GradientPenaltyTest {
  private static final int N = 48;

  private final Tensor images = new RandomStream(1, "images").uniform(Shape.of(N, 8, 8, 1));
  private final Tensor labels = Tensor.ofInts(classes(), N);

  private int[] classes() {
    int[] classes = new int[N];
    float[] pixels = images.toFloats();
    for (int i = 0; i < N; i++) {
      double half = 0;
      for (int j = 0; j < 64; j++) {
        half += j % 8 < 4 ? pixels[i * 64 + j] : -pixels[i * 64 + j];
      }
      classes[i] = half > 0 ? 1 : 0;
    }
    return classes;
  }

  /** The loss after training, and the mean squared norm of the margin's gradient in the image. */
  private double[] trained(double penalty) {
    Module model = Models.parse("cnn").build(Shape.of(8, 8, 1), 2, new RandomStream(1, "init"));
    Adam adam = Adam.adam(model.namedParameters(), 2e-3);
    for (int step = 0; step < 60; step++) {
      try (Scope scope = Scope.open()) {
        Tensor x = images.detach().requiresGrad(true);
        Tensor losses = Losses.crossEntropy(model.forward(x), labels, Losses.Reduction.NONE);
        Tensor g =
            Autograd.grad(losses.sum(), List.of(x), Autograd.Options.PLAIN.withGraph()).get(0);
        model.zeroGrad();
        losses.mean().add(g.square().sum().mul(penalty / N)).backward();
        adam.step();
      }
    }
    Tensor x = images.detach().requiresGrad(true);
    Tensor logits = model.forward(x);
    Tensor margin = logits.mul(Tensor.of(new double[] {1, -1}, 1, 2)).sum();
    Tensor g = Autograd.grad(margin, List.of(x), Autograd.Options.PLAIN.retaining()).get(0);
    double loss = Losses.crossEntropy(logits, labels).item();
    return new double[] {loss, g.square().sum().item() / N};
  }

  /**
   * The loss's own gradient vanishes where a network is sure of itself, that of the margin between
   * its logits does not: 230 without the penalty, 9 with it.
   */
  @Test
  void aGradientPenaltyTrainsAndMakesTheNetworkFlatter() {
    double[] plain = trained(0);
    double[] flat = trained(1);
    String found = "loss " + plain[0] + ", with penalty " + flat[0];
    assertTrue(plain[0] < 0.3 && flat[0] < 0.3, found); // log 2 = 0.69 is chance
    assertTrue(flat[1] < 0.25 * plain[1], "squared norms " + plain[1] + " and " + flat[1]);
  }
}
