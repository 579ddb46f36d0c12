package dev.teak.kernels;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.check.OpContract;

/** Every op of the table and its gradients, on the first OpenCL device. */
public class OpenClOpContractTest extends OpContract {
  @Override
  public Backend backend() {
    return OpenClMachine.device();
  }
}
