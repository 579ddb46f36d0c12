package dev.teak.nn.io;

import java.nio.ByteBuffer;

/**
 * How a number lies in a file, by the names of safetensors, and what Teak makes of it: floats and
 * booleans become the device's working type, integers INT32 where 32 bits hold their value.
 */
enum Stored {
  F64(8),
  F32(4),
  /** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
  F16(2),
  /** The upper half of an F32. */
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U64(8),
  U32(4),
  U16(2),
  U8(1),
  /** 1 and 0, as comparisons give them; any byte but 0 is 1. */
  BOOL(1);

  private final int bytes;

  Stored(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes a number. */
  int bytes() {
    return bytes;
  }

  /** Whether it becomes an INT32. */
  boolean isInteger() {
    return name().startsWith("I") || name().startsWith("U");
  }

  /** The next number of a buffer, which is no integer. */
  double real(ByteBuffer b) {
    return switch (this) {
      case F64 -> b.getDouble();
      case F32 -> b.getFloat();
      case F16 -> half(b.getShort());
      case BF16 -> Float.intBitsToFloat(b.getShort() << 16);
      case BOOL -> b.get() == 0 ? 0 : 1;
      default -> throw new AssertionError(this + " is an integer");
    };
  }

  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    double size =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24;
          case 0x1F -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb(1 + fraction * 0x1p-10, exponent - 15);
        };
    return bits < 0 ? -size : size;
  }

  /**
   * The next number of a buffer, which is an integer.
   *
   * @param index its place among the elements, for the message
   * @throws UnreadableException if 32 bits do not hold it
   */
  int integer(ByteBuffer b, int index) {
    long value =
        switch (this) {
          case I64, U64 -> b.getLong();
          case I32 -> b.getInt();
          case U32 -> b.getInt() & 0xFFFFFFFFL;
          case I16 -> b.getShort();
          case U16 -> b.getShort() & 0xFFFF;
          case I8 -> b.get();
          case U8 -> b.get() & 0xFF;
          default -> throw new AssertionError(this + " is no integer");
        };
    if (value != (int) value || (this == U64 && value < 0)) {
      throw new UnreadableException(
          "element "
              + index
              + " is "
              + (this == U64 ? Long.toUnsignedString(value) : Long.toString(value))
              + ", beyond the 32 bits of Teak's integers; save it as floats");
    }
    return (int) value;
  }
}
