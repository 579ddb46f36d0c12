package dev.teak.nn.optim;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.StateDict;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Steps along the gradient that the loss has nearby, where the weights were moved to make it large:
 * so that training looks for flat minima. Either way the loss is computed twice a step, and what
 * else that does is done twice: a batch norm in training mode moves its running statistics twice.
 *
 * <pre>{@code
 * PerturbedWeights sam = PerturbedWeights.sharpnessAware(optimizer, 0.05);
 * sam.step(() -> Losses.crossEntropy(model.forward(images), labels));
 * }</pre>
 */
public final class PerturbedWeights {
  /** Where the weights go, from those that have a gradient. */
  private interface Direction {
    Map<Tensor, Tensor> of(List<Tensor> weights);
  }

  private final Optimizer optimizer;
  private final Direction direction;

  private PerturbedWeights(Optimizer optimizer, Direction direction) {
    this.optimizer = optimizer;
    this.direction = direction;
  }

  /**
   * Sharpness-aware minimization (Foret et al., ICLR 2021, algorithm 1): all weights together go
   * {@code rho} along their gradient, e = rho g / ||g||.
   *
   * @param rho length of the way; 0.05 in the paper
   */
  public static PerturbedWeights sharpnessAware(Optimizer optimizer, double rho) {
    Optimizer.requireAtLeastZero("rho", rho);
    return new PerturbedWeights(
        optimizer,
        weights -> {
          Map<Tensor, Tensor> moves = new LinkedHashMap<>();
          List<Tensor> gradients = weights.stream().map(Tensor::grad).toList();
          if (!gradients.isEmpty()) {
            Tensor scale = GradientClipping.norm(gradients, 2).add(1e-12).reciprocal().mul(rho);
            weights.forEach(w -> moves.put(w, w.grad().mul(scale)));
          }
          return moves;
        });
  }

  /**
   * Adversarial weight perturbation (Wu, Xia and Wang, NeurIPS 2020, with one step as in their
   * experiments): each weight goes {@code gamma} times its own length along its gradient, v = gamma
   * ||w|| g / ||g||. Biases, and the scales and shifts of norms, stay, as in the authors' code.
   *
   * @param gamma length of the way over that of the weight; 0.005 in the paper
   */
  public static PerturbedWeights adversarial(Optimizer optimizer, double gamma) {
    return new PerturbedWeights(optimizer, shareOfEach(gamma));
  }

  /**
   * The move of {@link #adversarial} by itself, for whoever takes the gradients and the step.
   *
   * @param parameters with their gradients; what has none stays
   */
  public static Moved adversarially(Collection<Tensor> parameters, double gamma) {
    return new Moved(parameters, shareOfEach(gamma));
  }

  private static Direction shareOfEach(double gamma) {
    Optimizer.requireAtLeastZero("gamma", gamma);
    return weights -> {
      Map<Tensor, Tensor> moves = new LinkedHashMap<>();
      weights.stream()
          .filter(w -> w.shape().rank() > 1)
          .forEach(
              w -> {
                Tensor length = GradientClipping.norm(List.of(w.detach()), 2);
                Tensor steep = GradientClipping.norm(List.of(w.grad()), 2).add(1e-20);
                moves.put(w, w.grad().mul(length.div(steep).mul(gamma)));
              });
      return moves;
    };
  }

  /**
   * One step: the gradient, the move, the gradient there, the weights back to the bit, and the
   * optimizer's step from where they were. If the loss throws, the weights are where they were too.
   *
   * @param loss computes the loss, a scalar with its graph, at the weights as they are
   * @return the loss before the move
   */
  public double step(Supplier<Tensor> loss) {
    double before = gradients(loss);
    try (Moved moved = new Moved(optimizer.parameters().values(), direction)) {
      gradients(loss);
    }
    optimizer.step();
    return before;
  }

  private double gradients(Supplier<Tensor> loss) {
    try (Scope scope = Scope.open()) {
      optimizer.zeroGrad();
      Tensor value = loss.get();
      value.backward();
      return value.item();
    }
  }

  /** Weights that are elsewhere until this is closed: then they are back to the bit. */
  public static final class Moved implements AutoCloseable {
    private final Map<Tensor, Tensor> kept = new LinkedHashMap<>();

    private Moved(Collection<Tensor> parameters, Direction direction) {
      try (Scope scope = Scope.open();
          Autograd.Mode plain = Autograd.noGrad()) {
        List<Tensor> weights =
            parameters.stream().filter(p -> p.requiresGrad() && p.grad() != null).toList();
        direction
            .of(weights)
            .forEach(
                (w, move) -> {
                  kept.put(w, StateDict.copyOf(w));
                  Update.assign(w, w.add(move));
                });
      }
    }

    @Override
    public void close() {
      kept.forEach(
          (weight, value) -> {
            Update.assign(weight, value);
            value.release();
          });
      kept.clear();
    }
  }
}
