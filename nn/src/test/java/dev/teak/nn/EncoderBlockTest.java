package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EncoderBlockTest {
  private static RandomStream random() {
    return new RandomStream(3, "block");
  }

  private static Tensor x() {
    return new RandomStream(4, "x").uniform(Shape.of(2, 3, 4), -1, 1);
  }

  @Test
  void itsStateHasTorchvisionsNames() {
    Module block = new EncoderBlock(2, 4, 8, 0.1, 0.1, random(), random());
    assertEquals(
        List.of(
            "ln_1.weight",
            "ln_1.bias",
            "self_attention.in_proj_weight",
            "self_attention.in_proj_bias",
            "self_attention.out_proj.weight",
            "self_attention.out_proj.bias",
            "ln_2.weight",
            "ln_2.bias",
            "mlp.0.weight",
            "mlp.0.bias",
            "mlp.3.weight",
            "mlp.3.bias"),
        List.copyOf(block.stateDict().keySet()));
  }

  /** With the last layer of either branch at 0, nothing is added to what goes through. */
  @Test
  void itAddsToWhatItIsGiven() {
    Module block = new EncoderBlock(2, 4, 8, random());
    Map<String, Tensor> state = block.stateDict();
    for (String last : List.of("self_attention.out_proj", "mlp.3")) {
      for (String part : List.of(".weight", ".bias")) {
        Tensor p = state.get(last + part);
        Update.assign(p, new float[p.shape().size()]);
      }
    }
    assertArrayEquals(x().toFloats(), block.forward(x()).toFloats());
  }

  @Test
  void bothBranchesAreOfNormedInputs() {
    try (Devices.Use use = Devices.use("reference")) {
      Module block = new EncoderBlock(2, 4, 8, random());
      Tensor first = block.getSubmodule("ln_1").forward(x());
      Tensor y = x().add(block.getSubmodule("self_attention").forward(first));
      Tensor second = block.getSubmodule("ln_2").forward(y);
      Tensor wide = block.getSubmodule("mlp.0").forward(second);
      Tensor expected = y.add(block.getSubmodule("mlp.3").forward(Layers.gelu().forward(wide)));
      assertArrayEquals(expected.toDoubles(), block.forward(x()).toDoubles(), 1e-15);
    }
  }

  @Test
  void dropoutDropsInTrainingAlone() {
    Module block = new EncoderBlock(2, 4, 8, 0.5, 0, random(), random());
    assertFalse(Arrays.equals(block.forward(x()).toDoubles(), block.forward(x()).toDoubles()));
    block.eval();
    assertArrayEquals(block.forward(x()).toDoubles(), block.forward(x()).toDoubles());
  }
}
