package dev.teak.engine.jvm;

import dev.teak.engine.backend.FusedOptimizer.Adam;
import dev.teak.engine.backend.FusedOptimizer.RmsProp;
import dev.teak.engine.backend.FusedOptimizer.Sgd;

/**
 * Optimizer steps in one pass over parameter, gradient and state. Plain loops, which C2 turns into
 * vectors by itself; hence a loop for each form, without a question inside.
 */
final class Optimizers {
  private Optimizers() {}

  /** {@code velocity} may be null. */
  static void sgd(Sgd s, float[] p, float[] g, float[] velocity, int from, int to) {
    float lr = (float) s.lr();
    float momentum = (float) s.momentum();
    float gain = (float) (1 - s.dampening());
    float decay = (float) s.weightDecay();
    if (velocity == null) {
      for (int i = from; i < to; i++) {
        p[i] -= lr * (g[i] + decay * p[i]);
      }
    } else if (s.nesterov()) {
      for (int i = from; i < to; i++) {
        float step = g[i] + decay * p[i];
        velocity[i] = momentum * velocity[i] + gain * step;
        p[i] -= lr * (step + momentum * velocity[i]);
      }
    } else {
      for (int i = from; i < to; i++) {
        velocity[i] = momentum * velocity[i] + gain * (g[i] + decay * p[i]);
        p[i] -= lr * velocity[i];
      }
    }
  }

  /** {@code largest} may be null. */
  static void adam(
      Adam s, float[] p, float[] g, float[] m, float[] v, float[] largest, int from, int to) {
    float beta1 = (float) s.beta1();
    float beta2 = (float) s.beta2();
    float gain1 = (float) (1 - s.beta1()); // rounded once: 1 - 0.999f is off by 5e-5 of itself
    float gain2 = (float) (1 - s.beta2());
    float decay = (float) s.coupledDecay();
    float keep = (float) s.keep();
    float rate = (float) s.rate();
    float scale = (float) s.scale();
    float eps = (float) s.eps();
    if (largest == null) {
      for (int i = from; i < to; i++) {
        float grad = g[i] + decay * p[i];
        m[i] = beta1 * m[i] + gain1 * grad;
        v[i] = beta2 * v[i] + gain2 * grad * grad;
        p[i] = keep * p[i] - rate * m[i] / ((float) Math.sqrt(v[i]) / scale + eps);
      }
    } else {
      for (int i = from; i < to; i++) {
        float grad = g[i] + decay * p[i];
        m[i] = beta1 * m[i] + gain1 * grad;
        v[i] = beta2 * v[i] + gain2 * grad * grad;
        largest[i] = Math.max(largest[i], v[i]);
        p[i] = keep * p[i] - rate * m[i] / ((float) Math.sqrt(largest[i]) / scale + eps);
      }
    }
  }

  /** {@code mean} and {@code velocity} may be null. */
  static void rmsProp(
      RmsProp s,
      float[] p,
      float[] g,
      float[] square,
      float[] mean,
      float[] velocity,
      int from,
      int to) {
    float lr = (float) s.lr();
    float alpha = (float) s.alpha();
    float gain = (float) (1 - s.alpha());
    float eps = (float) s.eps();
    float decay = (float) s.weightDecay();
    float momentum = (float) s.momentum();
    for (int i = from; i < to; i++) {
      float grad = g[i] + decay * p[i];
      square[i] = alpha * square[i] + gain * grad * grad;
      float spread = square[i];
      if (mean != null) {
        mean[i] = alpha * mean[i] + gain * grad;
        spread = Math.max(spread - mean[i] * mean[i], 0);
      }
      float step = grad / ((float) Math.sqrt(spread) + eps);
      if (velocity != null) {
        velocity[i] = momentum * velocity[i] + step;
        step = velocity[i];
      }
      p[i] -= lr * step;
    }
  }
}
