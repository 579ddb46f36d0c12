package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;

/** Launches the kernels of {@code optimizer.cl}. */
final class Optimizers {
  private final OpenClDevice device;
  private final Operands operands;

  Optimizers(OpenClDevice device, Operands operands) {
    this.device = device;
    this.operands = operands;
  }

  private void flat(String kernel, long n, Object[] first, Object... rest) {
    device.flat(Kernel.pass(kernel), n, device.traits().block(n), first, rest);
  }

  void sgd(
      Buffer p,
      Buffer g,
      Buffer velocity,
      double lr,
      double momentum,
      double weightDecay,
      boolean nesterov) {
    OpenClBuffer weight = operands.reals("sgdStep", "parameter", p, 0);
    int n = weight.size();
    OpenClBuffer grad = operands.reals("sgdStep", "gradient", g, n);
    OpenClBuffer v = velocity == null ? weight : operands.reals("sgdStep", "velocity", velocity, n);
    flat(
        "sgd",
        n,
        new Object[] {weight, grad, v},
        lr,
        momentum,
        weightDecay,
        velocity == null ? 0 : 1,
        nesterov ? 1 : 0);
  }

  void adam(
      Buffer p,
      Buffer g,
      Buffer m,
      Buffer v,
      double lr,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      boolean decoupled,
      int step) {
    OpenClBuffer weight = operands.reals("adamStep", "parameter", p, 0);
    int n = weight.size();
    Object[] args = {
      weight,
      operands.reals("adamStep", "gradient", g, n),
      operands.reals("adamStep", "first moment", m, n),
      operands.reals("adamStep", "second moment", v, n)
    };
    flat(
        "adam",
        n,
        args,
        beta1,
        beta2,
        decoupled ? 0 : weightDecay,
        decoupled ? 1 - lr * weightDecay : 1.0,
        lr / (1 - Math.pow(beta1, step)),
        Math.sqrt(1 - Math.pow(beta2, step)),
        eps);
  }

  void clip(Buffer x, double low, double high, Buffer out) {
    OpenClBuffer o = operands.reals("clip", "output", out, 0);
    OpenClBuffer in = operands.reals("clip", "input", x, o.size());
    flat("clip", o.size(), new Object[] {in, o}, low, high);
  }

  void linf(
      Buffer x,
      Buffer grad,
      Buffer clean,
      double step,
      double radius,
      double low,
      double high,
      Buffer out) {
    OpenClBuffer o = operands.reals("linfStep", "output", out, 0);
    int n = o.size();
    Object[] args = {
      operands.reals("linfStep", "input", x, n),
      operands.reals("linfStep", "gradient", grad, n),
      operands.reals("linfStep", "clean", clean, n),
      o
    };
    flat("linf_step", n, args, step, radius, low, high);
  }
}
