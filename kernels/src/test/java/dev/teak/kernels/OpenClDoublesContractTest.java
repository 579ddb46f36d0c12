package dev.teak.kernels;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BackendContract;

/** The contract of every backend, on the first OpenCL device in double precision. */
public class OpenClDoublesContractTest extends BackendContract {
  @Override
  public Backend backend() {
    return OpenClMachine.doubles();
  }
}
