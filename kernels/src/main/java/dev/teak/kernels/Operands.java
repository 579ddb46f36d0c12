package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.backend.Buffer;

/**
 * The last check before the driver, which answers a wrong argument by ending the JVM: every buffer
 * is this device's, not released, of the right type, and large enough for what the kernel will
 * touch.
 */
final class Operands {
  private final String device;
  private final DType real;
  private final OpenClMemory memory;

  Operands(OpenClDevice device) {
    this.device = device.traits().name();
    this.real = device.traits().real();
    this.memory = device.memory();
  }

  /** A buffer of any type with at least {@code size} elements. */
  OpenClBuffer any(String op, String role, Buffer buffer, long size) {
    if (!(buffer instanceof OpenClBuffer b) || b.owner() != memory) {
      String found = buffer == null ? "null" : "of another device";
      throw new IllegalArgumentException(
          op + ": " + role + " is " + found + ": expects a buffer of " + device);
    }
    if (b.released()) {
      throw new IllegalStateException(
          op + ": " + role + " was released and must not be used again");
    }
    if (b.size() < size) {
      throw new IllegalArgumentException(
          op + ": " + role + " has " + b.size() + " elements, expects " + size);
    }
    return b;
  }

  /** A buffer of the working type. */
  OpenClBuffer reals(String op, String role, Buffer buffer, long size) {
    return typed(op, role, buffer, real, size);
  }

  /** An INT32 buffer. */
  OpenClBuffer ints(String op, String role, Buffer buffer, long size) {
    return typed(op, role, buffer, DType.INT32, size);
  }

  /** A UINT8 buffer. */
  OpenClBuffer bytes(String op, String role, Buffer buffer, long size) {
    return typed(op, role, buffer, DType.UINT8, size);
  }

  private OpenClBuffer typed(String op, String role, Buffer buffer, DType type, long size) {
    OpenClBuffer b = any(op, role, buffer, size);
    if (b.dtype() != type) {
      throw new IllegalArgumentException(
          op + ": " + role + " holds " + b.dtype() + ", expects " + type);
    }
    return b;
  }

  /** Two buffers between which elements move as they are. */
  static void sameType(String op, OpenClBuffer from, OpenClBuffer to) {
    if (from.dtype() != to.dtype()) {
      throw new IllegalArgumentException(
          op
              + ": source holds "
              + from.dtype()
              + ", destination "
              + to.dtype()
              + ": expects equal types");
    }
  }

  /** A host array long enough for a transfer. */
  static void host(String op, int length, long needed) {
    if (length < needed) {
      throw new IllegalArgumentException(
          op + ": the host array has " + length + " elements, expects " + needed);
    }
  }
}
