package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.models.Models;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The nets of the zoo against torchvision's in float64, on the smallest images there are. */
public class GoldenZooTest {
  @ParameterizedTest
  @CsvSource({
    "java, resnet18, resnet18_cifar",
    "java, resnet18 stem=imagenet, resnet18",
    "java, resnet34, resnet34",
    "java, resnet50, resnet50",
    "java, wide_resnet50_2, wide_resnet50_2",
    "java, mobilenet_v2, mobilenet_v2",
    "java, densenet121, densenet121",
    "java, densenet169, densenet169",
    "java, vgg11_bn, vgg11_bn",
    "java, squeezenet1_1, squeezenet1_1",
    "java, efficientnet_b0, efficientnet_b0",
    "reference, mobilenet_v2, mobilenet_v2",
    "reference, efficientnet_b0, efficientnet_b0"
  })
  void aNetAgreesWithTorchvisions(String device, String model, String file) throws IOException {
    try (Devices.Use use = Devices.use(device);
        Scope scope = Scope.open()) {
      check(model, Golden.read("torchvision/" + file + ".json"), 0);
    }
  }

  /** That a model's state, logits and input gradient on the current device are those of a file. */
  public static void check(String text, JsonNode golden, int which) {
    JsonNode one = golden.get("cases").get(which);
    Shape nchw = Golden.shape(one.get("input_shape_nchw"));
    Shape image = Shape.of(nchw.dim(2), nchw.dim(3), nchw.dim(1));
    int classes = golden.get("num_classes").asInt();
    Module model;
    try (Scope building = Scope.open()) {
      model = Models.parse(text).build(image, classes, new RandomStream(1, "init"));
    }
    assertEquals(golden.get("total_parameters").asLong(), model.parameterCount());
    try (Scope filling = Scope.open()) {
      TorchState.load(model, image, Golden.state(golden));
    }
    try (Scope naming = Scope.open()) {
      assertEquals(entries(golden), entries(model, image));
    }
    model.eval();
    model.requiresGrad(false); // the image's gradient alone
    Tensor x = Golden.images(nchw, j -> 0.5 + 0.5 * Math.sin(0.01 * j + 0.3)).requiresGrad(true);
    Tensor logits = model.forward(x);
    Tensor loss = Losses.crossEntropy(logits, Golden.labels(one.get("labels")));
    loss.backward();
    JsonNode eval = one.get("eval");
    Golden.assertClose("logits", eval.get("logits"), logits.toDoubles(), 1e-4);
    double expected = eval.get("loss").asDouble();
    assertEquals(expected, loss.item(), 1e-4 * Math.max(1, expected));
    inputGradient(eval.get("input_grad"), Golden.nchw(x.grad()));
    model.release();
  }

  /** Names and shapes in PyTorch's layout, counters too, in order. */
  private static List<String> entries(JsonNode golden) {
    List<String> all = new ArrayList<>();
    golden
        .get("state_dict")
        .forEach(e -> all.add(e.get(0).asText() + " " + Golden.shape(e.get(1))));
    return all;
  }

  private static List<String> entries(Module model, Shape image) {
    List<String> all = new ArrayList<>();
    TorchState.of(model, image).forEach((name, t) -> all.add(name + " " + t.shape()));
    return all;
  }

  /** Of single entries some are others where a relu or a max-pooling flips by rounding. */
  private static void inputGradient(JsonNode expected, double... gradient) {
    double l2 = expected.get("l2").asDouble();
    assertEquals(l2, Math.sqrt(Arrays.stream(gradient).map(v -> v * v).sum()), 1e-3 * l2);
    double largest = expected.get("max_abs").asDouble();
    double[] values = Golden.numbers(expected.get("values"));
    double[] indices = Golden.numbers(expected.get("indices"));
    int near = 0;
    for (int i = 0; i < values.length; i++) {
      double off = Math.abs(values[i] - gradient[(int) indices[i]]) / largest;
      assertTrue(off <= 0.1, "input gradient " + i + " is off by " + off);
      near += off <= 1e-3 ? 1 : 0;
    }
    assertTrue(near >= 40, near + " of " + values.length + " entries are near");
  }
}
