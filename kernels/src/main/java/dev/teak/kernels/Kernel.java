package dev.teak.kernels;

/**
 * A kernel, named as it is launched.
 *
 * @param file the file that holds it, without {@code .cl}
 * @param name its function
 * @param options what the file is compiled with beside the device's own options
 */
record Kernel(String file, String name, String options) {
  static Kernel of(String file, String name) {
    return new Kernel(file, name, "");
  }
}
