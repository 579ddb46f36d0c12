package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Modules that take and give several tensors. */
class SeveralTensorsTest {
  /** w (x + y), with dropout, and x y. */
  private static final class SumAndProduct extends Module {
    private final Tensor weight = parameter("weight", Tensor.of(new double[] {3}, 1));
    private final RandomStream random = stream("random", new RandomStream(1, "dropout"));

    @Override
    protected Tensor compute(Tensor x) {
      return computeAll(List.of(x, x)).get(0);
    }

    @Override
    protected List<Tensor> computeAll(List<Tensor> inputs) {
      Tensor x = inputs.get(0);
      Tensor y = inputs.get(1);
      Tensor sum = Functional.dropout(x.add(y).mul(weight), 0.5, random);
      return List.of(sum, x.mul(y));
    }
  }

  private static Tensor x() {
    return Tensor.of(new double[] {1, 2, 4, 8, 16, 32}, 2, 3).requiresGrad(true);
  }

  private static Tensor y() {
    return Tensor.of(new double[] {5, 6, 7}, 3).requiresGrad(true);
  }

  private static List<double[]> outputsAndGradients(Module module) {
    Tensor x = x();
    Tensor y = y();
    List<Tensor> outputs = module.forward(List.of(x, y));
    outputs.get(0).sum().add(outputs.get(1).square().sum()).backward();
    List<double[]> all = new ArrayList<>();
    outputs.forEach(t -> all.add(t.toDoubles()));
    List.of(x, y, module.parameters().get(0)).forEach(t -> all.add(t.grad().toDoubles()));
    return all;
  }

  @Test
  void recomputedTheyGiveTheSameAndDropTheSame() {
    Module recomputing = new SumAndProduct();
    recomputing.recompute(true);
    List<double[]> plain = outputsAndGradients(new SumAndProduct());
    List<double[]> again = outputsAndGradients(recomputing);
    for (int i = 0; i < plain.size(); i++) {
      assertArrayEquals(plain.get(i), again.get(i), "result " + i);
    }
  }

  @Test
  void hooksSeeEachOutputAndEachGradient() {
    Module module = new SumAndProduct();
    List<String> seen = new ArrayList<>();
    module.registerForwardHook(
        (m, input, output) -> {
          seen.add("output " + input.shape() + " " + output.shape());
          return output.shape().equals(input.shape()) ? output.mul(2) : null;
        });
    module.registerBackwardHook(
        g -> {
          seen.add("gradient " + g.toDoubles()[0]);
          return null;
        });
    Tensor x = x();
    List<Tensor> outputs = module.forward(List.of(x, y()));
    assertArrayEquals(new double[] {10, 24, 56, 80, 192, 448}, outputs.get(1).toDoubles());
    outputs.get(1).mul(7).sum().backward();
    assertEquals(List.of("output [2, 3] [2, 3]", "output [2, 3] [2, 3]", "gradient 7.0"), seen);
    assertArrayEquals(new double[] {70, 84, 98, 70, 84, 98}, x.grad().toDoubles());
  }

  @Test
  void aLayerOfOneTensorTakesAListOfOne() {
    Module relu = Layers.relu();
    Tensor x = Tensor.of(new double[] {-1, 2}, 2);
    assertArrayEquals(new double[] {0, 2}, relu.forward(List.of(x)).get(0).toDoubles());
    String message =
        assertThrows(IllegalArgumentException.class, () -> relu.forward(List.of(x, x)))
            .getMessage();
    assertEquals("Relu: 2 inputs; it takes 1", message);
  }
}
