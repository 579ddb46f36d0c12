package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.teak.engine.PoolWindow;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.models.Models;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What modules are in text. */
class ModuleTextTest {
  private static final RandomStream INIT = new RandomStream(1, "init");

  @Test
  void partsStandIndentedUnderTheirNames() {
    Module model =
        new Sequential(
            new Sequential(Conv2d.of(1, 8, 3).padding(1).init(INIT), Layers.relu()),
            Layers.flatten(),
            new Linear(32, 10, INIT));
    assertEquals(
        """
        Sequential(
          (0): Sequential(
            (0): Conv2d(1 -> 8, 3x3, padding 1)
            (1): Relu
          )
          (1): Flatten
          (2): Linear(32 -> 10)
        )""",
        model.toString());
  }

  @Test
  void layersSayTheirSettingsWherePyTorchsDefaultsAreOthers() {
    List<Module> layers =
        List.of(
            Conv2d.of(2, 4, 3, 5).stride(2).dilation(3).groups(2).bias(false).init(INIT),
            ConvTranspose2d.of(2, 4, 3).stride(2).padding(1).outputPadding(1).init(INIT),
            new Linear(2, 3, false, INIT),
            Layers.maxPool2d(2),
            Layers.maxPool2d(3, 2, 1),
            Layers.avgPool2d(PoolWindow.of(2)),
            new BatchNorm(4),
            GroupNorm.of(2, 4).init(),
            new LayerNorm(4),
            new Dropout(0.5, INIT),
            Layers.gelu(),
            Layers.leakyRelu(0.1),
            Layers.normalize(0.5, 0.25),
            Layers.of(Tensor::neg));
    assertEquals(
        """
        Conv2d(2 -> 4, 3x5, stride 2, dilation 3, groups 2, no bias)
        ConvTranspose2d(2 -> 4, 3x3, stride 2, padding 1, output padding 1)
        Linear(2 -> 3, no bias)
        MaxPool2d(2x2)
        MaxPool2d(3x3, stride 2x2, padding 1)
        AvgPool2d(2x2)
        BatchNorm(4)
        GroupNorm(4 in 2 groups)
        LayerNorm([4])
        Dropout(0.5)
        Activation(gelu)
        LeakyRelu(0.1)
        Normalize([0.5], [0.25])
        Function""",
        String.join("\n", layers.stream().map(Module::toString).toList()));
  }

  @Test
  void aResidualNetworkIsPrintedWithTorchvisionsNames() {
    String text = Models.parse("resnet18 width=2").build(Shape.of(8, 8, 3), 10, INIT).toString();
    assertEquals(
        """
        ResNet(
          (conv1): Conv2d(3 -> 2, 3x3, padding 1, no bias)
          (bn1): BatchNorm(2)
          (layer1): Sequential(
            (0): ResidualBlock(
        """,
        text.substring(0, text.indexOf("      (conv1)")));
  }
}
