package dev.teak.engine.check;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.reference.ReferenceBackend;

/** The op contract on the reference itself: that its special values are the right ones. */
class ReferenceOpContractTest extends OpContract {
  private static final Backend REFERENCE = new ReferenceBackend();

  @Override
  public Backend backend() {
    return REFERENCE;
  }
}
