package dev.teak.engine.check;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A call of an op on small inputs, which are kept on the host so that any device can run it.
 *
 * @param op the op's name
 * @param inputs what goes in
 * @param function the call; its arguments are the inputs as tensors on the current device
 * @param differentiable whether the result has a gradient at all (comparisons have none)
 */
public record OpSample(
    String op,
    List<Input> inputs,
    Function<List<Tensor>, Tensor> function,
    boolean differentiable) {

  /**
   * One input: values away from kinks and ties by much more than a finite difference.
   *
   * @param values row-major
   * @param dims shape
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Input(double[] values, int[] dims) {
    /** The input as a fresh tensor on the current device. */
    public Tensor tensor() {
      return Tensor.of(values, dims);
    }
  }

  /**
   * Runs the call on a device: the output, then, where there are gradients, that of each input
   * (empty where nothing leads to it) from a fixed random gradient of the output.
   */
  public List<double[]> run(Backend device) {
    List<double[]> results = new ArrayList<>();
    try (Devices.Use use = Devices.use(device);
        Scope scope = Scope.open()) {
      List<Tensor> x = inputs.stream().map(Input::tensor).toList();
      x.forEach(t -> t.requiresGrad(differentiable));
      Tensor y = function.apply(x);
      results.add(y.toDoubles());
      if (differentiable) {
        Tensor seed = new RandomStream(2, "sample").uniform(y.shape()).add(0.5);
        Autograd.Options options = Autograd.Options.PLAIN.withSeed(seed).allowingUnused();
        for (Tensor g : Autograd.grad(y, x, options)) {
          results.add(g == null ? new double[0] : g.toDoubles());
        }
      }
    }
    return results;
  }
}
