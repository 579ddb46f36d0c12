package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.NormGeometry;
import dev.teak.engine.backend.ReduceFunction;

/** Launches the kernels of {@code layer-norm.cl}: a group for each row. */
final class GroupNormalization {
  private final OpenClDevice device;
  private final Operands operands;
  private final Reductions reductions;

  GroupNormalization(OpenClDevice device, Operands operands, Reductions reductions) {
    this.device = device;
    this.operands = operands;
    this.reductions = reductions;
  }

  /** Whether a sample is one row: what the kernels are for. */
  static boolean takes(NormGeometry g) {
    return g.extent() == 1 && g.groups() == 1;
  }

  private Launch rows(NormGeometry g) {
    int group = device.traits().reduceGroup();
    return Launch.of((long) g.outer() * group, group);
  }

  void forward(
      NormGeometry g,
      Buffer x,
      Buffer weight,
      Buffer bias,
      double eps,
      Buffer out,
      Buffer mean,
      Buffer rstd) {
    String op = "groupNorm";
    long size = (long) g.outer() * g.inner();
    device.launch(
        Kernel.pass("layer_norm"),
        rows(g),
        operands.reals(op, "input", x, size),
        operands.reals(op, "weight", weight, g.inner()),
        operands.reals(op, "bias", bias, g.inner()),
        eps,
        operands.reals(op, "output", out, size),
        operands.reals(op, "mean", mean, g.outer()),
        operands.reals(op, "rstd", rstd, g.outer()),
        g.inner());
  }

  void grad(
      NormGeometry g,
      Buffer grad,
      Buffer x,
      Buffer mean,
      Buffer rstd,
      Buffer weight,
      Buffer out,
      Buffer weightGrad,
      Buffer biasGrad) {
    String op = "groupNormGrad";
    long size = (long) g.outer() * g.inner();
    OpenClBuffer products = device.memory().scratch(Math.toIntExact(size));
    device.launch(
        Kernel.pass("layer_norm_grad"),
        rows(g),
        operands.reals(op, "gradient", grad, size),
        operands.reals(op, "input", x, size),
        operands.reals(op, "mean", mean, g.outer()),
        operands.reals(op, "rstd", rstd, g.outer()),
        operands.reals(op, "weight", weight, g.inner()),
        operands.reals(op, "output", out, size),
        products,
        g.inner());
    reductions.reduce(ReduceFunction.SUM, products, 1, g.outer(), g.inner(), weightGrad);
    reductions.reduce(ReduceFunction.SUM, grad, 1, g.outer(), g.inner(), biasGrad);
    products.release();
  }
}
