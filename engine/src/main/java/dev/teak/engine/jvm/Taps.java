package dev.teak.engine.jvm;

/**
 * How a register tile walks over its operands: {@code count} runs of {@code length} steps; run t
 * begins at {@code a[t]} and {@code b[t]} behind the tile's own offsets.
 */
final class Taps {
  final int count;
  final int length;
  final int[] a;
  final int[] b;

  /** Distance between the tile's rows in A. */
  final int aRow;

  /** Distance between two steps in A. */
  final int aStep;

  /** Distance between two steps in B. */
  final int bStep;

  Taps(int[] a, int[] b, int length, int aRow, int aStep, int bStep) {
    this.count = a.length;
    this.length = length;
    this.a = a;
    this.b = b;
    this.aRow = aRow;
    this.aStep = aStep;
    this.bStep = bStep;
  }

  /** A single run. */
  static Taps one(int length, int aRow, int aStep, int bStep) {
    return new Taps(new int[1], new int[1], length, aRow, aStep, bStep);
  }
}
