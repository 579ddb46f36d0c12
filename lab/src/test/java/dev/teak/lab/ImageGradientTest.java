package dev.teak.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.BackendProvider.DeviceInfo;
import dev.teak.engine.backend.CallCounter;
import dev.teak.nn.Module;
import dev.teak.nn.models.Models;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an attack computes, counted in calls of every device that this machine has. */
class ImageGradientTest {
  static Stream<String> devices() {
    return Devices.list().stream().map(DeviceInfo::name);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void theGradientOfTheImageRunsNoWeightGradient(String device) {
    for (String name : new String[] {"cnn", "resnet18"}) {
      CallCounter counter = new CallCounter(Devices.open(device));
      try (Devices.Use use = Devices.use(counter.device())) {
        Module model = Models.parse(name).build(Shape.of(8, 8, 1), 10, new RandomStream(1, "init"));
        Tensor x = new RandomStream(2, "x").uniform(Shape.of(2, 8, 8, 1)).requiresGrad(true);
        Tensor loss = Losses.crossEntropy(model.forward(x), Tensor.ofInts(new int[] {1, 2}, 2));
        counter.reset();
        Autograd.grad(loss, java.util.List.of(x), Autograd.Options.PLAIN.retaining());
        long convolutions = model.parameters().stream().filter(p -> p.shape().rank() == 4).count();
        assertEquals(convolutions, calls(counter, "InputGrad"), counter.counts()::toString);
        assertEquals(0, calls(counter, "WeightGrad"), counter.counts()::toString);
        counter.reset();
        loss.backward();
        assertEquals(convolutions, calls(counter, "WeightGrad"), counter.counts()::toString);
        assertTrue(calls(counter, "InputGrad") > 0);
      }
    }
  }

  private static long calls(CallCounter counter, String ending) {
    return counter.counts().entrySet().stream()
        .filter(e -> e.getKey().endsWith(ending))
        .mapToLong(java.util.Map.Entry::getValue)
        .sum();
  }
}
