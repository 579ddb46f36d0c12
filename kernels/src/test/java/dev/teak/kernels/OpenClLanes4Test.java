package dev.teak.kernels;

/** The primitives in the form for processors with vectors of 4 floats. */
class OpenClLanes4Test extends OpenClPrimitives {
  @Override
  OpenClBackend backend() {
    return OpenClMachine.withLanes(4);
  }
}
