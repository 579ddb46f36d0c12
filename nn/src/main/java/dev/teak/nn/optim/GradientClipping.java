package dev.teak.nn.optim;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Keeps gradients from becoming large, between the backward pass and the optimizer's step. */
public final class GradientClipping {
  /** As PyTorch's: keeps a gradient of zero from being divided by. */
  private static final double EPS = 1e-6;

  private GradientClipping() {}

  /** {@link #clipGradNorm(Collection, double, double, boolean)} of the Euclidean norm. */
  public static double clipGradNorm(Collection<Tensor> parameters, double maxNorm) {
    return clipGradNorm(parameters, maxNorm, 2, false);
  }

  /**
   * Scales all gradients together down to a length of {@code maxNorm} where they are longer;
   * PyTorch's {@code clip_grad_norm_} (Pascanu et al., ICML 2013, algorithm 1). Parameters without
   * a gradient do not count.
   *
   * @param maxNorm largest norm of all elements together; 0 or more
   * @param normType p of the norm; above 0, or infinity for the largest magnitude
   * @param errorIfNonfinite whether a norm that is NaN or infinite is an error; else it spoils all
   *     gradients
   * @return the norm before
   * @throws ArithmeticException if the norm is not finite and must be
   */
  public static double clipGradNorm(
      Collection<Tensor> parameters, double maxNorm, double normType, boolean errorIfNonfinite) {
    Optimizer.requireNotNegative("largest norm", maxNorm);
    List<Tensor> gradients = gradients(parameters);
    if (gradients.isEmpty()) {
      return 0;
    }
    try (Scope scope = Scope.open();
        Autograd.Mode plain = Autograd.noGrad()) {
      Tensor norm = norm(gradients, normType);
      double length = norm.item();
      if (errorIfNonfinite && !Double.isFinite(length)) {
        throw new ArithmeticException(
            "clipGradNorm: the norm of order "
                + normType
                + " of "
                + gradients.size()
                + " gradients is "
                + length
                + "; it must be finite");
      }
      Tensor factor = factor(norm, maxNorm);
      gradients.forEach(g -> Update.assign(g, g.mul(factor)));
      return length;
    }
  }

  /** Brings each element of the gradients into [-limit, limit]; PyTorch's clip_grad_value_. */
  public static void clipGradValue(Collection<Tensor> parameters, double limit) {
    Optimizer.requireNotNegative("largest magnitude", limit);
    try (Scope scope = Scope.open();
        Autograd.Mode plain = Autograd.noGrad()) {
      gradients(parameters).forEach(g -> Update.assign(g, g.clip(-limit, limit)));
    }
  }

  private static List<Tensor> gradients(Collection<Tensor> parameters) {
    return parameters.stream().map(Tensor::grad).filter(Objects::nonNull).toList();
  }

  /**
   * The norm of all elements of all tensors together, a scalar.
   *
   * @param tensors one or more, of one device
   * @param normType above 0, infinity included
   */
  public static Tensor norm(List<Tensor> tensors, double normType) {
    if (!(normType > 0)) {
      throw new IllegalArgumentException(
          "norm: its order " + normType + " must be above 0; infinity is the largest magnitude");
    }
    Tensor all = null;
    for (Tensor t : tensors) {
      Tensor part = part(t, normType);
      if (all == null) {
        all = part;
      } else {
        all = normType == Double.POSITIVE_INFINITY ? all.maximum(part) : all.add(part);
      }
    }
    if (normType == 2) {
      return all.sqrt();
    }
    return normType == 1 || normType == Double.POSITIVE_INFINITY ? all : all.pow(1 / normType);
  }

  /** Of one tensor, before the root. */
  private static Tensor part(Tensor t, double normType) {
    if (normType == 2) {
      return t.square().sum();
    }
    Tensor size = t.abs();
    if (normType == Double.POSITIVE_INFINITY) {
      return size.max();
    }
    return (normType == 1 ? size : size.pow(normType)).sum();
  }

  /** What gradients of such a norm have to be multiplied by; never more than 1. */
  public static Tensor factor(Tensor norm, double maxNorm) {
    return norm.add(EPS).reciprocal().mul(maxNorm).minimum(1);
  }
}
