package dev.teak.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.check.GradCheck;
import dev.teak.engine.check.OpSample;
import dev.teak.engine.check.OpSamples;
import org.junit.jupiter.api.Test;

/** Gradients on the device itself, in double precision, against finite differences there. */
class OpenClDoublesGradientTest {
  @Test
  void everyOpsGradientHoldsOnTheDevice() {
    try (Devices.Use use = Devices.use(OpenClMachine.doubles())) {
      for (OpSample sample : OpSamples.draw(3)) {
        if (sample.differentiable()) {
          double error = sample.check().maxError();
          assertTrue(error <= GradCheck.TOLERANCE, sample.op() + ": error " + error);
        }
      }
    }
  }
}
