package dev.teak.kernels;

/** The primitives in their GPU form, which a processor runs as well, if slowly. */
class OpenClGpuFormTest extends OpenClPrimitives {
  @Override
  OpenClBackend backend() {
    return OpenClMachine.gpuForm();
  }
}
