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

  /** All ops of one argument that have a gradient, and of two with the usual second ones. */
  public static List<SpecialValues> all() {
    List<SpecialValues> rows = new ArrayList<>();
    for (Unary op : Unary.ALL) {
      rows.add(new SpecialValues(op.name(), op::apply));
    }
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
    return rows;
  }

  private static Tensor masked(Tensor x) {
    return Binary.MASKED_MUL.apply(x, Tensor.full(x.device(), x.shape(), 2));
  }

  /** Values and gradients at these inputs on a device, which need not be the current one. */
  public List<double[]> run(Backend device, List<Float> inputs) {
    try (Devices.Use use = Devices.use(device);
        Scope scope = Scope.open()) {
      float[] host = new float[inputs.size()];
      for (int i = 0; i < host.length; i++) {
        host[i] = inputs.get(i);
      }
      Tensor x = Tensor.of(host, host.length).requiresGrad(true);
      Tensor y = function.apply(x);
      return List.of(
          y.toDoubles(),
          Autograd.grad(y.sum(), List.of(x), Autograd.Options.PLAIN).get(0).toDoubles());
    }
  }
}
