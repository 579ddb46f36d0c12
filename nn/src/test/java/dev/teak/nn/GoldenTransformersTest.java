package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * A vision transformer and a ConvNeXt, built of this module's layers, against PyTorch in float64.
 * Neither has a batch norm, so that a pass in training mode without dropout is one in eval mode.
 */
class GoldenTransformersTest {
  @Test
  void aVisionTransformerAgreesWithTorchvisions() throws IOException {
    check("vit_b_16", VisionTransformer::new);
  }

  @Test
  void aConvNextAgreesWithTorchvisions() throws IOException {
    check("convnext_tiny", ConvNext::new);
  }

  private static void check(String name, BiFunction<Integer, RandomStream, Module> make)
      throws IOException {
    JsonNode golden = Golden.read("torchvision/" + name + ".json");
    Module model = make.apply(golden.get("num_classes").asInt(), new RandomStream(1, "init"));
    assertEquals(golden.get("total_parameters").asLong(), model.parameterCount());
    Golden.fill(model, golden);
    for (JsonNode one : golden.get("cases")) {
      try (Scope scope = Scope.open()) {
        Tensor x =
            Golden.images(
                    Golden.shape(one.get("input_shape_nchw")),
                    j -> 0.5 + 0.5 * Math.sin(0.01 * j + 0.3))
                .requiresGrad(true);
        Tensor logits = model.forward(x);
        Tensor loss = Losses.crossEntropy(logits, Golden.labels(one.get("labels")));
        loss.backward();
        JsonNode eval = one.get("eval");
        Golden.assertClose("logits", eval.get("logits"), logits.toDoubles(), 1e-4);
        assertEquals(eval.get("loss").asDouble(), loss.item(), 1e-4);
        inputGradient(eval.get("input_grad"), Golden.nchw(x.grad()));
        parameterGradients(one.get("train").get("param_grads"), model);
      }
    }
    model.release();
  }

  private static void inputGradient(JsonNode expected, double... gradient) {
    double l2 = expected.get("l2").asDouble();
    assertEquals(l2, length(gradient), 1e-3 * l2);
    double[] values = Golden.numbers(expected.get("values"));
    double[] indices = Golden.numbers(expected.get("indices"));
    double largest = expected.get("max_abs").asDouble();
    for (int i = 0; i < values.length; i++) { // nothing in these nets flips by rounding
      assertEquals(values[i], gradient[(int) indices[i]], 1e-3 * largest, "input gradient " + i);
    }
  }

  private static void parameterGradients(JsonNode expected, Module model) {
    assertTrue(expected.size() > 0);
    for (JsonNode one : expected) {
      Tensor p = model.namedParameters().get(one.get("name").asText());
      double[] g = p.shape().rank() == 4 ? Golden.nchw(p.grad()) : p.grad().toDoubles();
      double l2 = one.get("l2").asDouble();
      assertEquals(l2, length(g), 1e-3 * l2, one.get("name").asText());
      double[] first = Golden.numbers(one.get("first"));
      for (int i = 0; i < first.length; i++) {
        assertEquals(first[i], g[i], 1e-3 * l2, one.get("name").asText() + " " + i);
      }
    }
  }

  private static double length(double... values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }
}
