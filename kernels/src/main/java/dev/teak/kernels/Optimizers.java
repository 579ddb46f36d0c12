package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.FusedOptimizer.Adam;
import dev.teak.engine.backend.FusedOptimizer.RmsProp;
import dev.teak.engine.backend.FusedOptimizer.Sgd;

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

  void sgd(Sgd s, Buffer p, Buffer g, Buffer velocity) {
    OpenClBuffer weight = operands.reals("sgdStep", "parameter", p, 0);
    Object[] args = {
      weight,
      operands.reals("sgdStep", "gradient", g, weight.size()),
      orWeight("sgdStep", "velocity", velocity, weight)
    };
    flat(
        "sgd",
        weight.size(),
        args,
        s.lr(),
        s.momentum(),
        1 - s.dampening(),
        s.weightDecay(),
        velocity == null ? 0 : 1,
        s.nesterov() ? 1 : 0);
  }

  void adam(Adam s, Buffer p, Buffer g, Buffer m, Buffer v, Buffer largest) {
    OpenClBuffer weight = operands.reals("adamStep", "parameter", p, 0);
    int n = weight.size();
    Object[] args = {
      weight,
      operands.reals("adamStep", "gradient", g, n),
      operands.reals("adamStep", "first moment", m, n),
      operands.reals("adamStep", "second moment", v, n),
      orWeight("adamStep", "largest second moment", largest, weight)
    };
    flat(
        "adam",
        n,
        args,
        s.beta1(),
        1 - s.beta1(),
        s.beta2(),
        1 - s.beta2(),
        s.coupledDecay(),
        s.keep(),
        s.rate(),
        s.scale(),
        s.eps(),
        largest == null ? 0 : 1);
  }

  void rmsProp(RmsProp s, Buffer p, Buffer g, Buffer square, Buffer mean, Buffer velocity) {
    OpenClBuffer weight = operands.reals("rmsPropStep", "parameter", p, 0);
    int n = weight.size();
    Object[] args = {
      weight,
      operands.reals("rmsPropStep", "gradient", g, n),
      operands.reals("rmsPropStep", "average of squares", square, n),
      orWeight("rmsPropStep", "average", mean, weight),
      orWeight("rmsPropStep", "velocity", velocity, weight)
    };
    flat(
        "rmsprop",
        n,
        args,
        s.lr(),
        s.alpha(),
        1 - s.alpha(),
        s.eps(),
        s.weightDecay(),
        s.momentum(),
        mean == null ? 0 : 1,
        velocity == null ? 0 : 1);
  }

  /** A state that may be null: a kernel is then given the weight, and does not touch it there. */
  private OpenClBuffer orWeight(String op, String what, Buffer state, OpenClBuffer weight) {
    return state == null ? weight : operands.reals(op, what, state, weight.size());
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
