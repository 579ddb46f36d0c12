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
 * @param exempt why the result has no gradient (comparisons have none); null where it has one
 */
public record OpSample(
    String op, List<Input> inputs, Function<List<Tensor>, Tensor> function, String exempt) {

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

  /** Whether the result has a gradient. */
  public boolean differentiable() {
    return exempt == null;
  }

  /** The inputs as fresh tensors on the current device. */
  public List<Tensor> tensors() {
    return inputs.stream().map(Input::tensor).toList();
  }

  /** Holds the gradient against finite differences, on the current device. */
  public GradCheck.Report check() {
    try (Scope scope = Scope.open()) {
      return GradCheck.check(function, tensors());
    }
  }

  /** Holds the gradient of the gradient against finite differences, on the current device. */
  public GradCheck.Report checkSecondOrder() {
    try (Scope scope = Scope.open()) {
      return GradCheck.checkSecondOrder(function, tensors());
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
      List<Tensor> x = leaves();
      Tensor y = function.apply(x);
      results.add(y.toDoubles());
      if (differentiable()) {
        Autograd.Options options =
            Autograd.Options.PLAIN.withSeed(seed(y, "sample")).allowingUnused();
        addAll(results, Autograd.grad(y, x, options));
      }
    }
    return results;
  }

  /** As {@link #run}, for the gradients of the gradients, in the gradient of the output too. */
  public List<double[]> runSecondOrder(Backend device) {
    List<double[]> results = new ArrayList<>();
    try (Devices.Use use = Devices.use(device);
        Scope scope = Scope.open()) {
      List<Tensor> x = new ArrayList<>(leaves());
      Tensor y = function.apply(x);
      Tensor seed = seed(y, "sample").requiresGrad(true);
      Autograd.Options graph = Autograd.Options.PLAIN.withGraph().allowingUnused();
      Tensor sum = Tensor.scalar(0);
      for (Tensor g : Autograd.grad(y, x, graph.withSeed(seed))) {
        sum = g == null ? sum : sum.add(g.mul(seed(g, "second")).sum());
      }
      x.add(seed);
      addAll(results, Autograd.grad(sum, x, Autograd.Options.PLAIN.allowingUnused()));
    }
    return results;
  }

  private List<Tensor> leaves() {
    List<Tensor> x = tensors();
    x.forEach(t -> t.requiresGrad(differentiable()));
    return x;
  }

  private static Tensor seed(Tensor like, String stream) {
    return new RandomStream(2, stream).uniform(like.shape()).add(0.5);
  }

  private static void addAll(List<double[]> results, List<Tensor> gradients) {
    gradients.forEach(g -> results.add(g == null ? new double[0] : g.toDoubles()));
  }
}
