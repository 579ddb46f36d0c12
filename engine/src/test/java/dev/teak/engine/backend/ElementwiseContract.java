package dev.teak.engine.backend;

import dev.teak.engine.Shape;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The part of {@link BackendContract} about functions of one and two arguments, and choice. */
public interface ElementwiseContract extends OnBackend {
  /** Accuracy of a function; those of the OpenCL full profile are about the same. */
  private static Tolerance tolerance(UnaryFunction f) {
    return switch (f) {
      case NEG, ABS, SIGN, RELU, RELU6, FLOOR, CEIL, ROUND -> Tolerance.EXACT;
      case SQUARE -> Tolerance.NEAREST;
      case SQRT, RECIPROCAL, EXP, EXPM1, LOG, LOG1P -> Tolerance.ulps(3);
      case HARDSWISH -> Tolerance.ulps(3);
      case TANH, SIGMOID -> Tolerance.ulps(6);
      case ERF -> Tolerance.ulps(4);
      case SOFTPLUS, SILU -> Tolerance.ulps(8);
      case SILU_GRAD -> Tolerance.ulpsOfOne(4); // passes through 0
      case GELU -> Tolerance.ulps(16);
      // The exponential of a number that has four roundings; it is the result's logarithm or so.
      case GELU_TANH ->
          (i, y) -> y == 0 ? 1 : (16 + 4 * Math.abs(Math.log(Math.abs(y)))) * Math.abs(y);
      case GELU_GRAD, GELU_TANH_GRAD -> Tolerance.ulpsOfOne(4); // passes through 0
      case SIN, COS -> Tolerance.ulpsOfOne(2);
    };
  }

  /** As above; a power is the exponential of a product, which must be kept in more digits. */
  private static Tolerance tolerance(BinaryFunction f) {
    return switch (f) {
      case ADD, SUB, MUL -> Tolerance.NEAREST;
      case DIV -> Tolerance.ulps(3);
      case POW -> Tolerance.ulps(16);
      case MASKED_MUL, LEAKY_RELU -> Tolerance.NEAREST;
      case ELU -> Tolerance.ulps(4);
      default -> Tolerance.EXACT;
    };
  }

  @Property(tries = 400)
  default void everyUnaryFunctionAgrees(
      @ForAll UnaryFunction f,
      @ForAll(supplier = Shapes.Sizes.class) int size,
      @ForAll Random random) {
    float[] x = Values.wide(random, size);
    Comparison.of(backend(), f, size).within(tolerance(f), s -> applied(s, f, s.floats(x), size));
  }

  private static Buffer applied(Side s, UnaryFunction f, Buffer x, int size) {
    Buffer out = s.out(size);
    s.backend.unary(f, x, out);
    return out;
  }

  @Property
  default void everyUnaryFunctionWorksInPlace(@ForAll UnaryFunction f) {
    float[] x = Values.wide(new Random(4), 1003);
    Comparison.of(backend(), f, "in place")
        .within(
            tolerance(f),
            s -> {
              Buffer y = s.floats(x);
              s.backend.unary(f, y, y);
              return y;
            });
  }

  @Property
  default void everyUnaryFunctionHasTheSpecialValuesOfItsDefinition(@ForAll UnaryFunction f) {
    for (int i = 0; i < Values.SPECIAL.length; i++) {
      // Alone, and as one of many, as a vector's lane.
      float x = Values.SPECIAL[i];
      Comparison.of(backend(), f, x).within(tolerance(f), s -> applied(s, f, s.floats(x), 1));
    }
    Comparison.of(backend(), f, "special values")
        .within(tolerance(f), s -> applied(s, f, s.floats(Values.SPECIAL), Values.SPECIAL.length));
  }

  @Example
  default void exponentialsOverflowAndUnderflowCleanly() {
    float[] x = {88.7f, 88.8f, 89f, 1000f, 3e38f, -87f, -87.5f, -104f, -1000f, -3e38f};
    for (UnaryFunction f :
        new UnaryFunction[] {UnaryFunction.EXP, UnaryFunction.TANH, UnaryFunction.SIGMOID}) {
      Comparison.of(backend(), f, "at the ends")
          .within(tolerance(f), s -> applied(s, f, s.floats(x), x.length));
    }
  }

  @Example
  default void functionsAreAccurateOverManySizesOfArgument() {
    Random random = new Random(5);
    float[] x = new float[20_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.scalb(1 + random.nextDouble(), random.nextInt(130) - 66);
      x[i] = i % 2 == 0 ? x[i] : -x[i];
    }
    for (UnaryFunction f : UnaryFunction.values()) {
      if (f != UnaryFunction.SIN && f != UnaryFunction.COS) { // not promised for large angles
        Comparison.of(backend(), f, "from 2^-66 to 2^63")
            .within(tolerance(f), s -> applied(s, f, s.floats(x), x.length));
      }
    }
  }

  @Property(tries = 300)
  default void everyBinaryFunctionAgreesOnEqualShapes(
      @ForAll BinaryFunction f,
      @ForAll(supplier = Shapes.Sizes.class) int size,
      @ForAll Random random) {
    float[] a = Values.wide(random, size);
    float[] b = Values.wide(random, size);
    Shape n = Shape.of(size);
    Comparison.of(backend(), f, size)
        .within(tolerance(f), s -> applied(s, f, s.floats(a), n, s.floats(b), n, n));
  }

  private static Buffer applied(
      Side s, BinaryFunction f, Buffer a, Shape aShape, Buffer b, Shape bShape, Shape outShape) {
    Buffer out = s.out(outShape.size());
    s.backend.binary(f, a, aShape, b, bShape, out, outShape);
    return out;
  }

  @Property(tries = 500)
  default void everyBinaryFunctionBroadcasts(
      @ForAll BinaryFunction f,
      @ForAll(supplier = Shapes.Broadcasts.class) Shapes.Broadcast shapes,
      @ForAll Random random) {
    checkBroadcast(f, shapes, random);
  }

  private void checkBroadcast(BinaryFunction f, Shapes.Broadcast shapes, Random random) {
    float[] a = Values.wide(random, shapes.a().size());
    float[] b = Values.wide(random, shapes.b().size());
    Comparison.of(backend(), f, shapes)
        .within(
            tolerance(f),
            s -> applied(s, f, s.floats(a), shapes.a(), s.floats(b), shapes.b(), shapes.out()));
  }

  @Property
  default void theUsualBroadcastsWorkBothWaysRound(@ForAll BinaryFunction f) {
    Shape image = Shape.of(3, 9, 11, 19);
    for (Shape small :
        new Shape[] {
          Shape.SCALAR,
          Shape.of(1),
          Shape.of(19),
          Shape.of(11, 19),
          Shape.of(9, 11, 19),
          Shape.of(1, 9, 11, 19),
          Shape.of(3, 1, 1, 1),
          Shape.of(3, 9, 11, 1),
          Shape.of(3, 1, 1, 19),
          Shape.of(1, 9, 1, 19),
          Shape.of(9, 1, 1)
        }) {
      checkBroadcast(f, new Shapes.Broadcast(image, small, image), new Random(6));
      checkBroadcast(f, new Shapes.Broadcast(small, image, image), new Random(6));
    }
    Shape rows = Shape.of(1025, 10);
    Shape perRow = Shape.of(1025, 1);
    checkBroadcast(f, new Shapes.Broadcast(rows, perRow, rows), new Random(7));
    checkBroadcast(f, new Shapes.Broadcast(perRow, Shape.of(10), rows), new Random(7));
  }

  @Property(tries = 200)
  default void everyBinaryFunctionTakesAScalar(
      @ForAll BinaryFunction f,
      @ForAll(supplier = Shapes.Sizes.class) int size,
      @ForAll Random random) {
    float[] x = Values.wide(random, size);
    double value = Values.wide(random, 1)[0];
    Comparison.of(backend(), f, size, "with", value)
        .within(
            tolerance(f),
            s -> {
              Buffer out = s.out(size);
              s.backend.binary(f, s.floats(x), value, out);
              return out;
            });
  }

  @Property
  default void everyBinaryFunctionWorksInPlace(@ForAll BinaryFunction f) {
    float[] a = Values.wide(new Random(8), 21 * 33);
    float[] b = Values.wide(new Random(9), 21 * 33);
    float[] row = Values.wide(new Random(10), 33);
    float[] column = Values.wide(new Random(11), 21);
    Shape full = Shape.of(21, 33);
    Comparison c = Comparison.of(backend(), f, "in place");
    c.within(tolerance(f), s -> into(s, f, s.floats(a), full, s.floats(b), full, true));
    c.within(tolerance(f), s -> into(s, f, s.floats(a), full, s.floats(b), full, false));
    c.within(tolerance(f), s -> into(s, f, s.floats(a), full, s.floats(row), Shape.of(33), true));
    c.within(tolerance(f), s -> into(s, f, s.floats(row), Shape.of(33), s.floats(a), full, false));
    c.within(
        tolerance(f), s -> into(s, f, s.floats(a), full, s.floats(column), Shape.of(21, 1), true));
    c.within(
        tolerance(f),
        s -> {
          Buffer x = s.floats(a);
          return into(s, f, x, full, x, full, true);
        });
    c.within(
        tolerance(f),
        s -> {
          Buffer x = s.floats(a);
          s.backend.binary(f, x, 1.5, x);
          return x;
        });
  }

  private static Buffer into(
      Side s, BinaryFunction f, Buffer a, Shape aShape, Buffer b, Shape bShape, boolean intoA) {
    Buffer out = intoA ? a : b;
    s.backend.binary(f, a, aShape, b, bShape, out, intoA ? aShape : bShape);
    return out;
  }

  @Property
  default void everyBinaryFunctionHasTheSpecialValuesOfItsDefinition(@ForAll BinaryFunction f) {
    float[] a = Values.specialPairs(false);
    float[] b = Values.specialPairs(true);
    Shape n = Shape.of(a.length);
    Comparison.of(backend(), f, "special values")
        .within(tolerance(f), s -> applied(s, f, s.floats(a), n, s.floats(b), n, n));
    for (float value : Values.SPECIAL) {
      Comparison.of(backend(), f, "special values with the scalar", value)
          .within(
              tolerance(f),
              s -> {
                Buffer x = s.floats(Values.SPECIAL);
                s.backend.binary(f, x, value, x);
                return x;
              });
    }
  }

  @Property(tries = 100)
  default void wherePicksWithoutArithmetic(
      @ForAll(supplier = Shapes.Sizes.class) int size, @ForAll Random random) {
    float[] condition = Values.tied(random, size);
    float[] a = Values.wide(random, size);
    float[] b = Values.wide(random, size);
    for (int i = 0; i < size; i += 3) {
      (condition[i] != 0 ? b : a)[i] = i % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
    }
    Comparison c = Comparison.of(backend(), "where", size);
    c.exact(
        s -> {
          Buffer out = s.out(size);
          s.backend.where(s.floats(condition), s.floats(a), s.floats(b), out);
          return out;
        });
    c.exact(
        s -> {
          Buffer x = s.floats(a);
          s.backend.where(s.floats(condition), x, s.floats(b), x);
          return x;
        });
  }

  @Example
  default void whereTakesEverythingButZeroForTrue() {
    float[] condition = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, -1f, 1e-30f};
    Comparison.of(backend(), "where")
        .exact(
            s -> {
              Buffer c = s.floats(condition);
              s.backend.where(c, s.floats(1, 2, 3, 4, 5, 6), s.floats(-1, -2, -3, -4, -5, -6), c);
              return c;
            });
  }
}
