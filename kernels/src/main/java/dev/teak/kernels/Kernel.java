package dev.teak.kernels;

/**
 * A kernel, named as it is launched.
 *
 * @param file the file that holds it, without {@code .cl}
 * @param name its function
 * @param options what the file is compiled with beside the device's own options
 */
record Kernel(String file, String name, String options) {
  /** One that passes over its data: all that is no product is compiled as one program. */
  static Kernel pass(String name) {
    return new Kernel("passes", name, "");
  }
}
