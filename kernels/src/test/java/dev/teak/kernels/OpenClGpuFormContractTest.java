package dev.teak.kernels;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BackendContract;

/** The contract of every backend, on the first OpenCL device with kernels in their GPU form. */
public class OpenClGpuFormContractTest extends BackendContract {
  @Override
  public Backend backend() {
    return OpenClMachine.gpuForm();
  }
}
