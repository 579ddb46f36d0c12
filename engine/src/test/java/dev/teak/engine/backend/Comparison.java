package dev.teak.engine.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.teak.engine.DType;
import dev.teak.engine.reference.ReferenceBackend;

/** Does the same work on a backend and on the reference, and compares what comes out. */
final class Comparison {
  /** Calls on one backend, and the buffer to be compared. */
  interface Work {
    Buffer on(Side side);
  }

  /** What came out, and of which type. */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  private record Result(DType type, double[] values) {}

  private static final Backend REFERENCE = new ReferenceBackend();

  private final Backend tested;
  private final String what;

  private Comparison(Backend tested, String what) {
    this.tested = tested;
    this.what = what;
  }

  /** A comparison of this backend; {@code what} is said where it fails. */
  static Comparison of(Backend tested, Object... what) {
    StringBuilder words = new StringBuilder(tested.name());
    for (Object w : what) {
      words.append(' ').append(w);
    }
    return new Comparison(tested, words.toString());
  }

  /** The result must be the reference's, rounded to the working type. */
  void exact(Work work) {
    within(Tolerance.EXACT, work);
  }

  /** The result must lie within a tolerance of the reference's. */
  void within(Tolerance tolerance, Work work) {
    Result result = runTested(work);
    check(result.type(), tolerance, result.values(), reference(work));
  }

  /** As {@link #within}, for results that are sums of so many products of the float inputs. */
  void withinSum(long terms, Work work) {
    within(Tolerance.sum(terms, magnitudes(work)), work);
  }

  /** What the tested backend gives; checks that the work released all that it allocated itself. */
  double[] tested(Work work) {
    return runTested(work).values();
  }

  private Result runTested(Work work) {
    long before = tested.bytesInUse();
    Result result = run(Side.of(tested), work);
    assertEquals(before, tested.bytesInUse(), what + ": bytes still in use after the work");
    return result;
  }

  /** What the reference gives. */
  static double[] reference(Work work) {
    return run(Side.of(REFERENCE), work).values();
  }

  /** What the reference gives when all float inputs are replaced by their magnitudes. */
  static double[] magnitudes(Work work) {
    return run(Side.ofMagnitudes(REFERENCE), work).values();
  }

  private static Result run(Side side, Work work) {
    try (side) {
      Buffer result = work.on(side);
      return new Result(result.dtype(), side.read(result));
    }
  }

  /** Compares floats element by element. */
  void check(Tolerance tolerance, double[] actual, double[] expected) {
    check(tested.floatType(), tolerance, actual, expected);
  }

  private void check(DType type, Tolerance tolerance, double[] actual, double[] expected) {
    assertEquals(expected.length, actual.length, what + ": elements");
    for (int i = 0; i < actual.length; i++) {
      String problem = tolerance.problem(type, i, actual[i], expected[i]);
      if (problem != null) {
        fail(what + ": " + problem);
      }
    }
  }

  /** Two runs of the same work must give the same bits. */
  void repeats(Work work) {
    double[] first = tested(work);
    for (int run = 0; run < 3; run++) {
      double[] again = tested(work);
      for (int i = 0; i < first.length; i++) {
        long bits = Double.doubleToLongBits(first[i]);
        assertEquals(bits, Double.doubleToLongBits(again[i]), what + ": run " + run + " at " + i);
      }
    }
  }
}
