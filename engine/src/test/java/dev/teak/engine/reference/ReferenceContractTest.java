package dev.teak.engine.reference;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BackendContract;

/** The reference agrees with itself: a test of the contract's own tolerances and bookkeeping. */
public class ReferenceContractTest extends BackendContract {
  private static final Backend BACKEND = new ReferenceBackend();

  @Override
  public Backend backend() {
    return BACKEND;
  }
}
