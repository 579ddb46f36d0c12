package dev.teak.engine.jvm;

/**
 * Optimizer steps in one pass over parameter, gradient and state. Plain loops, which C2 turns into
 * vectors by itself.
 */
final class Optimizers {
  private Optimizers() {}

  /** {@code velocity} may be null. */
  static void sgd(
      float[] p,
      float[] g,
      float[] velocity,
      float lr,
      float momentum,
      float decay,
      boolean nesterov,
      int from,
      int to) {
    if (velocity == null) {
      for (int i = from; i < to; i++) {
        p[i] -= lr * (g[i] + decay * p[i]);
      }
    } else if (nesterov) {
      for (int i = from; i < to; i++) {
        float step = g[i] + decay * p[i];
        velocity[i] = momentum * velocity[i] + step;
        p[i] -= lr * (step + momentum * velocity[i]);
      }
    } else {
      for (int i = from; i < to; i++) {
        velocity[i] = momentum * velocity[i] + (g[i] + decay * p[i]);
        p[i] -= lr * velocity[i];
      }
    }
  }

  /**
   * @param decay weight decay that adds to the gradient
   * @param keep what of the weight stays, 1 unless the decay is decoupled
   * @param rate learning rate, with the first moment's correction
   * @param scale the second moment's correction, under the root
   */
  static void adam(
      float[] p,
      float[] g,
      float[] m,
      float[] v,
      float beta1,
      float beta2,
      float decay,
      float keep,
      float rate,
      float scale,
      float eps,
      int from,
      int to) {
    for (int i = from; i < to; i++) {
      float grad = g[i] + decay * p[i];
      m[i] = beta1 * m[i] + (1 - beta1) * grad;
      v[i] = beta2 * v[i] + (1 - beta2) * grad * grad;
      p[i] = keep * p[i] - rate * m[i] / ((float) Math.sqrt(v[i]) / scale + eps);
    }
  }
}
