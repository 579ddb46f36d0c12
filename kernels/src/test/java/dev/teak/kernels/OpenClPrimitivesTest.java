package dev.teak.kernels;

/** The primitives in the form that suits the device. */
class OpenClPrimitivesTest extends OpenClPrimitives {
  @Override
  OpenClBackend backend() {
    return OpenClMachine.device();
  }
}
