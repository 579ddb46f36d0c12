package dev.teak.attacks;

import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.nn.Golden;
import dev.teak.nn.GoldenZooTest;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The nets of the zoo on the OpenCL device: the module that has them knows no such. */
class GoldenZooOnOpenClTest {
  @ParameterizedTest
  @CsvSource({
    "resnet18 stem=imagenet, resnet18",
    "resnet50, resnet50",
    "mobilenet_v2, mobilenet_v2",
    "densenet121, densenet121",
    "vgg11_bn, vgg11_bn",
    "efficientnet_b0, efficientnet_b0"
  })
  void aNetAgreesWithTorchvisions(String model, String file) throws IOException {
    try (Devices.Use use = Devices.use(OpenClAttackTest.device());
        Scope scope = Scope.open()) {
      GoldenZooTest.check(model, Golden.read("torchvision/" + file + ".json"), 0);
    }
  }
}
