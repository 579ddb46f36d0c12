package dev.teak.engine.jvm;

import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.SparseMatrix;
import dev.teak.engine.backend.UnaryFunction;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops on the Vector API. Only what C2 does not vectorise by itself stands here: the
 * register tile, selections and reductions.
 *
 * <p>Two runs must give the same bits, whenever the JIT compiles what. So nothing here may use a
 * vector operation whose result is not fixed: {@code reduceLanes(ADD)} may add in any order, and
 * {@code EXP}, {@code LOG} and their like round differently once compiled; {@link VectorExp} does
 * not.
 */
final class VectorLoops extends Loops {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();

  /** As many bytes as there are floats in a vector; null where the machine has no such vector. */
  private static final VectorSpecies<Byte> BYTES =
      VL < 8 ? null : VectorSpecies.of(byte.class, VectorShape.forBitSize(8 * VL));

  private static final ThreadLocal<float[]> LANES =
      ThreadLocal.withInitial(() -> new float[Tile.ROWS * VL]);

  @Override
  String description() {
    return "Vector API, " + S.vectorBitSize() + " bits";
  }

  @Override
  void binary(BinaryFunction f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int i = 0;
    switch (f) {
      case RELU_GRAD:
        for (; i <= n - VL; i += VL) {
          FloatVector g = FloatVector.fromArray(S, b, bo + i);
          var positive = FloatVector.fromArray(S, a, ao + i).compare(VectorOperators.GT, 0f);
          FloatVector.zero(S).blend(g, positive).intoArray(y, yo + i);
        }
        break;
      case MASKED_MUL:
        for (; i <= n - VL; i += VL) {
          FloatVector mask = FloatVector.fromArray(S, a, ao + i);
          FloatVector.fromArray(S, b, bo + i)
              .mul(mask)
              .blend(0f, mask.compare(VectorOperators.EQ, 0f))
              .intoArray(y, yo + i);
        }
        break;
      case GT:
        for (; i <= n - VL; i += VL) {
          FloatVector v = FloatVector.fromArray(S, b, bo + i);
          var holds = FloatVector.fromArray(S, a, ao + i).compare(VectorOperators.GT, v);
          FloatVector.zero(S).blend(1f, holds).intoArray(y, yo + i);
        }
        break;
      case EQ:
        for (; i <= n - VL; i += VL) {
          FloatVector v = FloatVector.fromArray(S, b, bo + i);
          var holds = FloatVector.fromArray(S, a, ao + i).compare(VectorOperators.EQ, v);
          FloatVector.zero(S).blend(1f, holds).intoArray(y, yo + i);
        }
        break;
      default:
        break;
    }
    super.binary(f, a, ao + i, b, bo + i, y, yo + i, n - i);
  }

  @Override
  void binary(
      BinaryFunction f, float[] a, int ao, float s, boolean scalarLeft, float[] y, int yo, int n) {
    int i = 0;
    VectorOperators.Comparison test = scalarLeft ? null : comparison(f);
    if (test != null) {
      i = compare(test, a, ao, s, y, yo, n);
    } else if (f == BinaryFunction.LEAKY_RELU && !scalarLeft) {
      for (; i <= n - VL; i += VL) {
        FloatVector v = FloatVector.fromArray(S, a, ao + i);
        v.mul(s).blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yo + i);
      }
    }
    super.binary(f, a, ao + i, s, scalarLeft, y, yo + i, n - i);
  }

  private static VectorOperators.Comparison comparison(BinaryFunction f) {
    return switch (f) {
      case EQ -> VectorOperators.EQ;
      case NE -> VectorOperators.NE;
      case LT -> VectorOperators.LT;
      case LE -> VectorOperators.LE;
      case GT -> VectorOperators.GT;
      case GE -> VectorOperators.GE;
      default -> null;
    };
  }

  // Spelled out by operator, since C2 wants each one constant in its loop.
  private static int compare(
      VectorOperators.Comparison test, float[] a, int ao, float s, float[] y, int yo, int n) {
    int i = 0;
    if (test == VectorOperators.GT) {
      for (; i <= n - VL; i += VL) {
        var holds = FloatVector.fromArray(S, a, ao + i).compare(VectorOperators.GT, s);
        FloatVector.zero(S).blend(1f, holds).intoArray(y, yo + i);
      }
    } else if (test == VectorOperators.GE) {
      for (; i <= n - VL; i += VL) {
        var holds = FloatVector.fromArray(S, a, ao + i).compare(VectorOperators.GE, s);
        FloatVector.zero(S).blend(1f, holds).intoArray(y, yo + i);
      }
    } else if (test == VectorOperators.LE) {
      for (; i <= n - VL; i += VL) {
        var holds = FloatVector.fromArray(S, a, ao + i).compare(VectorOperators.LE, s);
        FloatVector.zero(S).blend(1f, holds).intoArray(y, yo + i);
      }
    }
    return i;
  }

  @Override
  void unary(UnaryFunction f, float[] x, int xo, float[] y, int yo, int n) {
    if (VectorFunctions.has(f)) {
      VectorFunctions.apply(f, x, xo, y, yo, n);
      return;
    }
    int i = 0;
    if (f == UnaryFunction.RELU) {
      for (; i <= n - VL; i += VL) {
        FloatVector v = FloatVector.fromArray(S, x, xo + i);
        v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
      }
    } else if (f == UnaryFunction.SIGN) {
      for (; i <= n - VL; i += VL) {
        FloatVector v = FloatVector.fromArray(S, x, xo + i);
        v.blend(1f, v.compare(VectorOperators.GT, 0f))
            .blend(-1f, v.compare(VectorOperators.LT, 0f))
            .intoArray(y, yo + i);
      }
    }
    super.unary(f, x, xo + i, y, yo + i, n - i);
  }

  @Override
  void linfStep(
      float[] x,
      float[] g,
      float[] clean,
      float step,
      float radius,
      float low,
      float high,
      float[] y,
      int from,
      int n) {
    int i = from;
    for (; i <= from + n - VL; i += VL) {
      FloatVector grad = FloatVector.fromArray(S, g, i);
      FloatVector origin = FloatVector.fromArray(S, clean, i);
      // Neither above nor below 0 is 0, or NaN: that moves nothing.
      FloatVector move =
          FloatVector.zero(S)
              .blend(step, grad.compare(VectorOperators.GT, 0f))
              .blend(-step, grad.compare(VectorOperators.LT, 0f));
      FloatVector.fromArray(S, x, i)
          .add(move)
          .sub(origin)
          .max(-radius)
          .min(radius)
          .add(origin)
          .max(low)
          .min(high)
          .intoArray(y, i);
    }
    super.linfStep(x, g, clean, step, radius, low, high, y, i, from + n - i);
  }

  @Override
  void where(float[] c, float[] a, float[] b, float[] y, int from, int n) {
    int i = 0;
    for (; i <= n - VL; i += VL) {
      var chosen = FloatVector.fromArray(S, c, from + i).compare(VectorOperators.NE, 0f);
      FloatVector v = FloatVector.fromArray(S, a, from + i);
      FloatVector.fromArray(S, b, from + i).blend(v, chosen).intoArray(y, from + i);
    }
    super.where(c, a, b, y, from + i, n - i);
  }

  /** By sums of squares, which take one instruction a vector; a NaN stays in them. */
  @Override
  boolean within(float limit, float[] x, int from, int n) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = from;
    for (; i <= from + n - 4 * VL; i += 4 * VL) {
      FloatVector a = FloatVector.fromArray(S, x, i);
      FloatVector b = FloatVector.fromArray(S, x, i + VL);
      FloatVector c = FloatVector.fromArray(S, x, i + 2 * VL);
      FloatVector d = FloatVector.fromArray(S, x, i + 3 * VL);
      s0 = a.fma(a, s0);
      s1 = b.fma(b, s1);
      s2 = c.fma(c, s2);
      s3 = d.fma(d, s3);
    }
    float[] lanes = LANES.get();
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
    return super.within(limit * limit, lanes, 0, VL) && super.within(limit, x, i, from + n - i);
  }

  /** As {@link #addRows}, with sixteen neighboring vectors in the place of rows. */
  @Override
  double sum(float[] x, int from, int n) {
    int whole = n - n % (16 * VL);
    double[] sums = new double[VL];
    float[] room = LANES.get();
    for (int i = from; i < from + whole; i += 16 * VL) {
      addTo(addSixteen(x, i, VL), room, sums, 0);
    }
    double total = 0;
    for (double lane : sums) {
      total += lane;
    }
    return total + super.sum(x, from + whole, n - whole);
  }

  @Override
  float dot(float[] a, int ao, float[] b, int bo, int n) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    int i = 0;
    for (; i <= n - 2 * VL; i += 2 * VL) {
      s0 = FloatVector.fromArray(S, a, ao + i).fma(FloatVector.fromArray(S, b, bo + i), s0);
      s1 =
          FloatVector.fromArray(S, a, ao + i + VL)
              .fma(FloatVector.fromArray(S, b, bo + i + VL), s1);
    }
    float[] lanes = LANES.get();
    s0.add(s1).intoArray(lanes, 0);
    float total = 0;
    for (int j = 0; j < VL; j++) {
      total += lanes[j];
    }
    for (; i < n; i++) {
      total += a[ao + i] * b[bo + i];
    }
    return total;
  }

  @Override
  void weighted(
      SparseMatrix m, int r, float[] v, float[] x, int xo, int step, float[] y, int yo, int n) {
    int[] from = m.places();
    int first = m.starts()[r];
    int i = 0;
    for (; i <= n - VL; i += VL) {
      FloatVector sum = FloatVector.fromArray(S, x, xo + from[first] * step + i).mul(v[first]);
      for (int e = first + 1; e < m.starts()[r + 1]; e++) {
        sum = sum.add(FloatVector.fromArray(S, x, xo + from[e] * step + i).mul(v[e]));
      }
      sum.intoArray(y, yo + i);
    }
    super.weighted(m, r, v, x, xo + i, step, y, yo + i, n - i);
  }

  @Override
  void maxOf(
      float[] x,
      int from,
      int[] at,
      int step,
      byte[] place,
      int count,
      float least,
      float[] y,
      byte[] winners,
      int out,
      int n) {
    int whole = BYTES == null ? 0 : n - n % VL;
    for (int c = 0; c < whole; c += VL) {
      FloatVector best = FloatVector.fromArray(S, x, from + at[0] * step + c);
      FloatVector winner = FloatVector.broadcast(S, marked(place[0]));
      for (int i = 1; i < count; i++) {
        FloatVector v = FloatVector.fromArray(S, x, from + at[i] * step + c);
        // Not (v <= best) also holds where either is NaN; a NaN that leads must stay.
        var wins =
            v.compare(VectorOperators.LE, best).not().and(best.compare(VectorOperators.EQ, best));
        best = best.blend(v, wins);
        winner = winner.blend(marked(place[i]), wins);
      }
      best.blend(least, best.compare(VectorOperators.LE, least)).intoArray(y, out + c);
      ((ByteVector) winner.reinterpretAsInts().convertShape(VectorOperators.I2B, BYTES, 0))
          .intoArray(winners, out + c);
    }
    maxOf(x, from, at, step, place, count, least, y, winners, out, whole, n);
  }

  /**
   * A float whose last byte is {@code place}: so places can be chosen with the masks of floats, and
   * C2 of JDK 17, which has no instruction from floats to bytes, can store them.
   */
  private static float marked(byte place) {
    return Float.intBitsToFloat(0x3F800000 | (place & 0xFF));
  }

  @Override
  void whereEqual(byte[] bytes, int from, byte value, float[] x, int xo, float[] y, int yo, int n) {
    int i = 0;
    if (BYTES != null) {
      float wanted = value;
      for (; i <= n - VL; i += VL) {
        var byteOf = ByteVector.fromArray(BYTES, bytes, from + i);
        var is =
            ((FloatVector) byteOf.convertShape(VectorOperators.B2F, S, 0))
                .compare(VectorOperators.EQ, wanted);
        FloatVector.zero(S).blend(FloatVector.fromArray(S, x, xo + i), is).intoArray(y, yo + i);
      }
    }
    super.whereEqual(bytes, from + i, value, x, xo + i, y, yo + i, n - i);
  }

  @Override
  void reluPlaced(
      byte[] bytes, int from, byte place, float[] y, float[] dy, float[] to, int at, int n) {
    int i = 0;
    if (BYTES != null) {
      float wanted = place;
      for (; i <= n - VL; i += VL) {
        var byteOf = ByteVector.fromArray(BYTES, bytes, from + i);
        var wins =
            ((FloatVector) byteOf.convertShape(VectorOperators.B2F, S, 0))
                .compare(VectorOperators.EQ, wanted);
        var open = FloatVector.fromArray(S, y, from + i).compare(VectorOperators.GT, 0f);
        FloatVector.zero(S)
            .blend(FloatVector.fromArray(S, dy, from + i), wins.and(open))
            .intoArray(to, at + i);
      }
    }
    super.reluPlaced(bytes, from + i, place, y, dy, to, at + i, n - i);
  }

  /**
   * Sixteen rows at a time, which are added pair by pair in floats and then to the doubles: what
   * floats lose is four roundings, however many rows there are, and nothing where all are equal.
   * Vectors of doubles would be a third kind beside those of floats and bytes, and C2 of JDK 17
   * then boxes the hot loops of others.
   */
  @Override
  void addRows(float[] x, int from, int rows, int step, int width, double[] y) {
    int whole = width - width % VL;
    int runs = rows - rows % 16;
    addRuns(x, from, runs, step, whole, y, LANES.get());
    for (int r = 0, row = from; r < rows; r++, row += step) {
      for (int i = r < runs ? whole : 0; i < width; i++) {
        y[i] += x[row + i];
      }
    }
  }

  private static void addRuns(
      float[] x, int from, int rows, int step, int n, double[] y, float[] room) {
    for (int r = 0, row = from; r < rows; r += 16, row += 16 * step) {
      for (int i = 0; i < n; i += VL) {
        addTo(addSixteen(x, row + i, step), room, y, i);
      }
    }
  }

  /** y += v. */
  static void addTo(FloatVector v, float[] room, double[] y, int i) {
    v.intoArray(room, 0);
    for (int j = 0; j < VL; j++) {
      y[i + j] += room[j];
    }
  }

  private static FloatVector addSixteen(float[] x, int at, int step) {
    FloatVector a = addFour(x, at, step).add(addFour(x, at + 4 * step, step));
    int b = at + 8 * step;
    return a.add(addFour(x, b, step).add(addFour(x, b + 4 * step, step)));
  }

  private static FloatVector addFour(float[] x, int at, int step) {
    FloatVector a = FloatVector.fromArray(S, x, at).add(FloatVector.fromArray(S, x, at + step));
    int c = at + 2 * step;
    return a.add(FloatVector.fromArray(S, x, c).add(FloatVector.fromArray(S, x, c + step)));
  }
}
