package dev.teak.kernels;

/** The primitives in the form for processors with vectors of 8 floats. */
class OpenClLanes8Test extends OpenClPrimitives {
  @Override
  OpenClBackend backend() {
    return OpenClMachine.withLanes(8);
  }
}
