package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.Attention;
import dev.teak.engine.Devices;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MultiheadAttentionTest {
  private Devices.Use use;

  @BeforeEach
  void inDouble() {
    use = Devices.use("reference");
  }

  @AfterEach
  void restore() {
    use.close();
  }

  private static RandomStream random() {
    return new RandomStream(3, "attention");
  }

  private static Tensor values(String name, int... dims) {
    return new RandomStream(4, name).uniform(Shape.of(dims), -1, 1);
  }

  @Test
  void itsStateHasPyTorchsNamesShapesAndInitialBiases() {
    Map<String, Tensor> state = new MultiheadAttention(6, 2, random()).stateDict();
    assertEquals(
        List.of("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"),
        List.copyOf(state.keySet()));
    assertEquals(Shape.of(18, 6), state.get("in_proj_weight").shape());
    assertArrayEquals(new double[18], state.get("in_proj_bias").toDoubles());
    assertArrayEquals(new double[6], state.get("out_proj.bias").toDoubles());
  }

  /**
   * Against the definition, head by head: softmax(q_h k_h^T / sqrt(d)) v_h, one beside the other.
   */
  @Test
  void everyHeadAttendsWithItsOwnChannels() {
    MultiheadAttention attention = new MultiheadAttention(4, 2, random());
    Map<String, Tensor> state = attention.stateDict();
    Update.assign(state.get("in_proj_bias"), values("bias", 12));
    Update.assign(state.get("out_proj.bias"), values("out", 4));
    Tensor query = values("query", 1, 3, 4);
    Tensor key = values("key", 1, 5, 4);
    Tensor value = values("value", 1, 5, 4);
    Tensor[] projected = new Tensor[3];
    for (int i = 0; i < 3; i++) {
      Tensor x = List.of(query, key, value).get(i).reshape(i == 0 ? 3 : 5, 4);
      Tensor w = state.get("in_proj_weight").rows(4 * i, 4 * i + 4);
      projected[i] =
          x.matmul(w.transpose(0, 1)).add(state.get("in_proj_bias").rows(4 * i, 4 * i + 4));
    }
    Tensor[] heads = new Tensor[2];
    for (int h = 0; h < 2; h++) {
      Tensor q = channels(projected[0], 2 * h);
      Tensor k = channels(projected[1], 2 * h);
      heads[h] =
          q.matmul(k.transpose(0, 1))
              .div(Math.sqrt(2))
              .softmax()
              .matmul(channels(projected[2], 2 * h));
    }
    Tensor expected =
        Tensor.concat(1, List.of(heads))
            .matmul(state.get("out_proj.weight").transpose(0, 1))
            .add(state.get("out_proj.bias"));
    Tensor y = attention.forward(query, key, value);
    assertEquals(Shape.of(1, 3, 4), y.shape());
    assertArrayEquals(expected.toDoubles(), y.toDoubles(), 1e-14);
  }

  /** Two of four channels. */
  private static Tensor channels(Tensor x, int from) {
    return x.slice(new int[] {0, from}, Shape.of(x.shape().dim(0), 2));
  }

  @Test
  void attentionToItselfIsOneProjectionOfAllThree() {
    MultiheadAttention attention = new MultiheadAttention(4, 2, random());
    Tensor x = values("x", 2, 3, 4);
    double[] apart = attention.forward(x, x.mul(1), x.mul(1)).toDoubles();
    assertArrayEquals(apart, attention.forward(x).toDoubles(), 1e-15);
  }

  @Test
  void whatTheMaskHidesChangesNothing() {
    MultiheadAttention attention = new MultiheadAttention(4, 2, random());
    Tensor x = values("x", 1, 2, 4);
    Tensor more = Tensor.concat(1, List.of(x, values("more", 1, 1, 4)));
    Tensor mask = Attention.mask(Tensor.of(new double[] {1, 1, 0}, 1, 3));
    double[] expected = attention.forward(x).toDoubles();
    double[] masked = attention.forward(more, more, more, mask).rows(0, 1).toDoubles();
    assertArrayEquals(expected, Arrays.copyOf(masked, expected.length), 1e-15);
  }

  @Test
  void dropoutDropsInTrainingAlone() {
    MultiheadAttention attention = new MultiheadAttention(4, 2, 0.5, random(), random());
    Tensor x = values("x", 1, 5, 4);
    assertFalse(Arrays.equals(attention.forward(x).toDoubles(), attention.forward(x).toDoubles()));
    attention.eval();
    assertArrayEquals(attention.forward(x).toDoubles(), attention.forward(x).toDoubles());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertEquals(
        "multi-head attention: 3 heads must divide 4 channels",
        assertThrows(IllegalArgumentException.class, () -> new MultiheadAttention(4, 3, random()))
            .getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> new MultiheadAttention(4, 2, 0.1, random(), null));
    Module attention = new MultiheadAttention(4, 2, random());
    assertEquals(
        "multi-head attention: input [2, 4] must be [N, length, 4]",
        assertThrows(ShapeException.class, () -> attention.forward(values("x", 2, 4)))
            .getMessage());
    Tensor x = values("x", 1, 2, 4);
    assertThrows(IllegalArgumentException.class, () -> attention.forward(List.of(x, x)));
  }
}
