package dev.teak.engine.check;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Elementwise ops at their corners: what docs/ops.md shows, and every backend is held to.
 *
 * @param name as it is written in the table
 * @param function the op
 */
public record SpecialValues(String name, UnaryOperator<Tensor> function) {
  /** Infinities, the largest numbers, tails, subnormals, zeros and NaN. */
  public static final List<Float> INPUTS =
      List.of(
          Float.NEGATIVE_INFINITY,
          -Float.MAX_VALUE,
          -15f,
          -4f,
          -1e-40f,
          -0f,
          0f,
          1e-40f,
          4f,
          15f,
          Float.MAX_VALUE,
          Float.POSITIVE_INFINITY,
          Float.NaN);

  /** Bases and exponents of the table of powers. */
  public static final List<Float> POWERS =
      List.of(
          Float.NEGATIVE_INFINITY,
          -2f,
          -1f,
          -0f,
          0f,
          0.5f,
          1f,
          2f,
          Float.POSITIVE_INFINITY,
          Float.NaN);

  /** All ops of one argument, and those of two with telling second ones. */
  public static List<SpecialValues> all() {
    List<SpecialValues> rows = new ArrayList<>();
    for (Unary op : Unary.ALL) {
      rows.add(new SpecialValues(op.name(), op::apply));
    }
    rows.add(new SpecialValues("add(1)", x -> x.add(1.0)));
    rows.add(new SpecialValues("sub(1)", x -> x.sub(1.0)));
    rows.add(new SpecialValues("mul(0)", x -> x.mul(0.0)));
    rows.add(new SpecialValues("div(0)", x -> x.div(0)));
    rows.add(new SpecialValues("leaky_relu(0.1)", x -> Functional.leakyRelu(x, 0.1)));
    rows.add(new SpecialValues("elu(1)", x -> Functional.elu(x, 1)));
    rows.add(new SpecialValues("selu", Functional::selu));
    rows.add(new SpecialValues("mish", Functional::mish));
    rows.add(new SpecialValues("hardsigmoid", Functional::hardsigmoid));
    rows.add(new SpecialValues("logsigmoid", Functional::logsigmoid));
    rows.add(new SpecialValues("rsqrt", Tensor::rsqrt));
    rows.add(new SpecialValues("trunc", Tensor::trunc));
    rows.add(new SpecialValues("fmod(2)", x -> x.fmod(2)));
    rows.add(new SpecialValues("remainder(2)", x -> x.remainder(2)));
    rows.add(new SpecialValues("nan_to_num(0, 1, -1)", x -> x.nanToNum(0, 1, -1)));
    rows.add(new SpecialValues("maximum(0)", x -> x.maximum(0)));
    rows.add(new SpecialValues("minimum(0)", x -> x.minimum(0)));
    rows.add(new SpecialValues("clip(0, 1)", x -> x.clip(0, 1)));
    rows.add(new SpecialValues("clip(-4, 4)", x -> x.clip(-4, 4)));
    rows.add(new SpecialValues("pow(0)", x -> x.pow(0)));
    rows.add(new SpecialValues("pow(0.5)", x -> x.pow(0.5)));
    rows.add(new SpecialValues("pow(2)", x -> x.pow(2)));
    rows.add(new SpecialValues("masked_mul(x, 2)", SpecialValues::masked));
    rows.add(new SpecialValues("eq(0)", x -> x.eq(0)));
    rows.add(new SpecialValues("ne(0)", x -> x.ne(0)));
    rows.add(new SpecialValues("lt(0)", x -> x.lt(0)));
    rows.add(new SpecialValues("le(0)", x -> x.le(0)));
    rows.add(new SpecialValues("gt(0)", x -> x.gt(0)));
    rows.add(new SpecialValues("ge(0)", x -> x.ge(0)));
    rows.add(new SpecialValues("is_nan", Tensor::isNan));
    rows.add(new SpecialValues("is_inf", Tensor::isInf));
    rows.add(new SpecialValues("is_finite", Tensor::isFinite));
    return rows;
  }

  private static Tensor masked(Tensor x) {
    return Binary.MASKED_MUL.apply(x, Tensor.full(x.device(), x.shape(), 2));
  }

  /**
   * Values and gradients at these inputs on a device, which need not be the current one; zeros
   * where there is no gradient.
   */
  public List<double[]> run(Backend device, List<Float> inputs) {
    try (Devices.Use use = Devices.use(device);
        Scope scope = Scope.open()) {
      float[] host = new float[inputs.size()];
      for (int i = 0; i < host.length; i++) {
        host[i] = inputs.get(i);
      }
      Tensor x = Tensor.of(host, host.length).requiresGrad(true);
      Tensor y = function.apply(x);
      Tensor gradient = y.requiresGrad() ? Autograd.grad(y.sum(), x) : Tensor.zerosLike(x);
      return List.of(y.toDoubles(), gradient.toDoubles());
    }
  }
}
