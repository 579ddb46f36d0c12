package dev.teak.engine.check;

import dev.teak.engine.Functional;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.OpSample.Input;

/** Samples of normalizations. */
final class NormSamples {
  private final Draws d;

  private NormSamples(Draws d) {
    this.d = d;
  }

  static void addTo(Draws d) {
    NormSamples s = new NormSamples(d);
    s.batchNorm();
    s.groupNorm();
  }

  private void batchNorm() {
    int n = 1 + d.upTo(3);
    int c = d.upTo(5);
    int[] dims = {n, 2, 3, c};
    Input gamma = d.spread(0.5, 1.5, c);
    Input beta = d.spread(-0.2, 0.2, c);
    // Larger than what it is added to, so that the relu's kink is far; every other one negative.
    Input residual = d.spread(3, 5, dims);
    for (int i = 1; i < residual.values().length; i += 2) {
      residual.values()[i] *= -1;
    }
    d.add(
        "batch_norm",
        x -> Functional.batchNorm(x.get(0), x.get(1), x.get(2), null, 1e-2, false).y(),
        d.spread(-1, 1, dims),
        gamma,
        beta);
    d.add(
        "batch_norm",
        x -> Functional.batchNorm(x.get(0), x.get(1), x.get(2), x.get(3), 1e-2, true).y(),
        d.spread(-1, 1, dims),
        gamma,
        beta,
        residual);
    d.add(
        "batch_norm",
        x -> {
          Tensor mean = Tensor.zeros(c);
          Tensor variance = Tensor.ones(c);
          return Functional.batchNorm(
              x.get(0), mean, variance, x.get(1), x.get(2), x.get(3), 1e-2, true);
        },
        d.spread(-1, 1, dims),
        gamma,
        beta,
        residual);
  }

  private void groupNorm() {
    int n = d.upTo(3);
    int c = 1 + d.upTo(4);
    int[] dims = {n, 2, 1 + d.upTo(2), 2 * c};
    Input weight = d.spread(0.5, 1.5, 2 * c);
    Input bias = d.spread(-0.2, 0.2, 2 * c);
    int[] last = {dims[2], dims[3]};
    d.add(
        "layer_norm",
        x -> Functional.layerNorm(x.get(0), Shape.of(2 * c), x.get(1), x.get(2), 1e-2),
        d.values(dims),
        weight,
        bias);
    d.add(
        "layer_norm",
        x -> Functional.layerNorm(x.get(0), Shape.of(last), x.get(1), x.get(2), 1e-2),
        d.values(dims),
        d.spread(0.5, 1.5, last),
        d.spread(-0.2, 0.2, last));
    for (int groups : new int[] {1, 2, c}) {
      d.add(
          "group_norm",
          x -> Functional.groupNorm(x.get(0), groups, x.get(1), x.get(2), 1e-2),
          d.values(dims),
          weight,
          bias);
    }
    d.add(
        "instance_norm", x -> Functional.instanceNorm(x.get(0), null, null, 1e-2), d.values(dims));
  }
}
