package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallCounterTest {
  @ParameterizedTest
  @ValueSource(strings = {"reference", "java"})
  void theGradientOfTheImageRunsNoKernelOfTheWeightsGradient(String device) {
    CallCounter counter = new CallCounter(Devices.open(device));
    try (Devices.Use use = Devices.use(counter.device())) {
      Tensor image = Tensor.ones(1, 4, 4, 2).requiresGrad(true);
      Tensor w = Tensor.ones(3, 3, 3, 2).requiresGrad(true);
      Tensor plain = Functional.conv2d(image, w, null, 1, 1, 1, 1).sum();
      Tensor fused =
          Functional.conv2dReluMaxPool2d(image, w, null, Sliding.of(1, 1, 1), 1, 2).sum();
      Tensor loss = plain.add(fused);
      counter.reset();
      Autograd.grad(loss, List.of(image), Autograd.Options.PLAIN.retaining());
      assertEquals(1, counter.count("conv2dInputGrad"));
      assertEquals(1, counter.count("conv2dReluInputGrad"));
      assertEquals(0, counter.count("conv2dWeightGrad"));
      assertEquals(0, counter.count("conv2dReluWeightGrad"));
      counter.reset();
      Autograd.grad(loss, w);
      assertEquals(0, counter.count("conv2dInputGrad"));
      assertEquals(0, counter.count("conv2dReluInputGrad"));
      assertEquals(1, counter.count("conv2dWeightGrad"));
      assertEquals(1, counter.count("conv2dReluWeightGrad"));
    }
  }

  @Test
  void theDeviceDoesWhatTheCountedOneDoes() {
    CallCounter counter = new CallCounter(Devices.open("reference"));
    try (Devices.Use use = Devices.use(counter.device())) {
      Tensor x = Tensor.of(new double[] {1, 2}, 2);
      counter.reset();
      assertArrayEquals(new double[] {2, 4}, x.add(x).toDoubles());
      assertEquals(Map.of("allocate", 1L, "binary", 1L, "read", 1L), withoutQuestions(counter));
    }
  }

  /** Without the calls that only ask what the device is. */
  private static Map<String, Long> withoutQuestions(CallCounter counter) {
    Map<String, Long> counts = counter.counts();
    counts.keySet().removeAll(List.of("name", "floatType"));
    return counts;
  }

  @Test
  void whatTheCountedDeviceThrowsComesThroughAsItIs() {
    Backend device = new CallCounter(Devices.open("java")).device();
    Buffer two = device.allocate(device.floatType(), 2);
    assertThrows(IndexOutOfBoundsException.class, () -> device.read(two, new double[1]));
    device.release(two);
  }
}
