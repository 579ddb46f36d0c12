package dev.teak.engine.jvm;

import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.SparseMatrix;
import dev.teak.engine.backend.UnaryFunction;

/**
 * The inner loops, in plain Java: the twin of {@link VectorLoops} for JVMs without the Vector API,
 * and its fallback where C2 vectorises a plain loop just as well. Each runs over {@code n} elements
 * of arrays from given offsets; outputs may be inputs.
 */
class Loops {
  String description() {
    return "scalar loops";
  }

  void binary(BinaryFunction f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    switch (f) {
      case ADD:
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] + b[bo + i];
        }
        break;
      case SUB:
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] - b[bo + i];
        }
        break;
      case MUL:
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] * b[bo + i];
        }
        break;
      case DIV:
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] / b[bo + i];
        }
        break;
      case MAX:
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.max(a[ao + i], b[bo + i]);
        }
        break;
      case MIN:
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.min(a[ao + i], b[bo + i]);
        }
        break;
      case RELU_GRAD:
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] > 0 ? b[bo + i] : 0;
        }
        break;
      case MASKED_MUL:
        for (int i = 0; i < n; i++) {
          float mask = a[ao + i];
          y[yo + i] = mask == 0 ? 0 : mask * b[bo + i];
        }
        break;
      default:
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) f.apply(a[ao + i], b[bo + i]);
        }
    }
  }

  /** y = f(a, s), or f(s, a) where {@code scalarLeft}. */
  void binary(
      BinaryFunction f, float[] a, int ao, float s, boolean scalarLeft, float[] y, int yo, int n) {
    switch (f) {
      case ADD:
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] + s;
        }
        break;
      case MUL:
        for (int i = 0; i < n; i++) {
          y[yo + i] = a[ao + i] * s;
        }
        break;
      case MAX:
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.max(a[ao + i], s);
        }
        break;
      case MIN:
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.min(a[ao + i], s);
        }
        break;
      default:
        if (scalarLeft) {
          for (int i = 0; i < n; i++) {
            y[yo + i] = (float) f.apply(s, a[ao + i]);
          }
        } else {
          for (int i = 0; i < n; i++) {
            y[yo + i] = (float) f.apply(a[ao + i], s);
          }
        }
    }
  }

  void unary(UnaryFunction f, float[] x, int xo, float[] y, int yo, int n) {
    switch (f) {
      case NEG:
        for (int i = 0; i < n; i++) {
          y[yo + i] = -x[xo + i];
        }
        break;
      case ABS:
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.abs(x[xo + i]);
        }
        break;
      case SQUARE:
        for (int i = 0; i < n; i++) {
          y[yo + i] = x[xo + i] * x[xo + i];
        }
        break;
      case SQRT:
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) Math.sqrt(x[xo + i]);
        }
        break;
      case RECIPROCAL:
        for (int i = 0; i < n; i++) {
          y[yo + i] = 1 / x[xo + i];
        }
        break;
      case RELU:
        for (int i = 0; i < n; i++) {
          float v = x[xo + i];
          y[yo + i] = v <= 0 ? 0 : v;
        }
        break;
      default:
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) f.apply(x[xo + i]);
        }
    }
  }

  /** As of {@link dev.teak.engine.backend.FusedBackend#linfStep}. */
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
    for (int i = from; i < from + n; i++) {
      float move = g[i] > 0 ? step : g[i] < 0 ? -step : 0; // NaN moves nothing
      float delta = x[i] + move - clean[i];
      float near = clean[i] + Math.min(Math.max(delta, -radius), radius);
      y[i] = Math.min(Math.max(near, low), high);
    }
  }

  void where(float[] c, float[] a, float[] b, float[] y, int from, int n) {
    for (int i = from; i < from + n; i++) {
      y[i] = c[i] != 0 ? a[i] : b[i];
    }
  }

  void clip(float[] x, float low, float high, float[] y, int from, int n) {
    for (int i = from; i < from + n; i++) {
      y[i] = Math.min(Math.max(x[i], low), high);
    }
  }

  /** Sum in double precision, in 4 lanes that are added up in a fixed order. */
  double sum(float[] x, int from, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (int end = from + n / 4 * 4; i < end; i += 4) {
      s0 += x[i];
      s1 += x[i + 1];
      s2 += x[i + 2];
      s3 += x[i + 3];
    }
    for (; i < from + n; i++) {
      s0 += x[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Largest of n >= 1 elements; NaN if any is. */
  float max(float[] x, int from, int n) {
    float best = x[from];
    for (int i = 1; i < n; i++) {
      best = Math.max(best, x[from + i]);
    }
    return best;
  }

  /**
   * Whether no magnitude of n elements is above {@code limit}, and none is NaN. False also where
   * many of them together come near it.
   */
  boolean within(float limit, float[] x, int from, int n) {
    int most = 0; // a float's magnitude orders like its bits, NaN last
    for (int i = from; i < from + n; i++) {
      most = Math.max(most, Float.floatToRawIntBits(x[i]) & Integer.MAX_VALUE);
    }
    return most <= Float.floatToRawIntBits(limit);
  }

  /**
   * Largest of {@code count} pixels in each of n channels, and which it was: the pixels begin at
   * {@code from + at[i] step}, and {@code place[i]} is what is written down for them. A NaN wins,
   * and stays.
   *
   * @param least what y is at least: 0 for a relu
   */
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
    maxOf(x, from, at, step, place, count, least, y, winners, out, 0, n);
  }

  static void maxOf(
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
      int first,
      int n) {
    for (int c = first; c < n; c++) {
      float best = x[from + at[0] * step + c];
      byte winner = place[0];
      for (int i = 1; i < count; i++) {
        float v = x[from + at[i] * step + c];
        if (v > best || (Float.isNaN(v) && !Float.isNaN(best))) {
          best = v;
          winner = place[i];
        }
      }
      y[out + c] = best <= least ? least : best;
      winners[out + c] = winner;
    }
  }

  /** f of n neighbouring elements at each of {@code count} places, {@code step} apart. */
  final void unary(UnaryFunction f, float[] x, float[] y, int at, int step, int count, int n) {
    if (step == n) {
      unary(f, x, at, y, at, count * n);
      return;
    }
    for (int i = 0; i < count; i++) {
      unary(f, x, at + i * step, y, at + i * step, n);
    }
  }

  /** y = x where the byte is {@code value}, else 0. */
  void whereEqual(byte[] bytes, int from, byte value, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = bytes[from + i] == value ? x[xo + i] : 0;
    }
  }

  /**
   * to = dy where the byte is {@code place} and y is above 0, else 0: of n elements at an offset.
   */
  void reluPlaced(
      byte[] bytes, int from, byte place, float[] y, float[] dy, float[] to, int at, int n) {
    for (int i = 0; i < n; i++) {
      to[at + i] = bytes[from + i] == place && y[from + i] > 0 ? dy[from + i] : 0;
    }
  }

  /**
   * Adds {@code rows} rows, {@code step} elements apart, the first at {@code from}, to the {@code
   * width} elements of y, first row first.
   */
  void addRows(float[] x, int from, int rows, int step, int width, double[] y) {
    for (int r = 0; r < rows; r++) {
      int row = from + r * step;
      for (int i = 0; i < width; i++) {
        y[i] += x[row + i];
      }
    }
  }

  /**
   * y = row r of a sparse matrix, which has entries, times rows of x that are {@code step} long,
   * for n neighbours; {@code v} are the matrix's weights.
   */
  void weighted(
      SparseMatrix m, int r, float[] v, float[] x, int xo, int step, float[] y, int yo, int n) {
    int[] from = m.places();
    int e = m.starts()[r];
    int end = m.starts()[r + 1];
    if (end - e == 1) {
      scale(v[e], x, xo + from[e] * step, y, yo, n);
      return;
    }
    blend(v[e], xo + from[e] * step, v[e + 1], xo + from[e + 1] * step, x, y, yo, n);
    for (e += 2; e < end; e++) {
      axpy(v[e], x, xo + from[e] * step, y, yo, n);
    }
  }

  private static void scale(float v, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = v * x[xo + i];
    }
  }

  private static void blend(
      float v, int at, float w, int next, float[] x, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = v * x[at + i] + w * x[next + i];
    }
  }

  /** y += v x. */
  static void axpy(float v, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] += v * x[xo + i];
    }
  }

  /** Scalar product, in 16 lanes that are added up in a fixed order. */
  float dot(float[] a, int ao, float[] b, int bo, int n) {
    float[] lanes = new float[16];
    int whole = n / 16 * 16;
    for (int i = 0; i < whole; i += 16) {
      for (int j = 0; j < 16; j++) {
        lanes[j] += a[ao + i + j] * b[bo + i + j];
      }
    }
    for (int i = whole; i < n; i++) {
      lanes[i - whole] += a[ao + i] * b[bo + i];
    }
    float total = 0;
    for (float lane : lanes) {
      total += lane;
    }
    return total;
  }
}
