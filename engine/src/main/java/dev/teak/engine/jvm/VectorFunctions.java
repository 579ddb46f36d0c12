package dev.teak.engine.jvm;

import dev.teak.engine.backend.UnaryFunction;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Activations and their slopes, a vector at a time, of operations whose results are fixed: compiled
 * or not, two runs give the same bits.
 *
 * <p>They are steps over blocks that stay in L1, each a loop of its own: of a vector that is handed
 * from method to method, and of all that a large loop holds, C2 would make objects. A block is
 * filled up to whole vectors, so that an element's result does not depend on where it lies.
 */
final class VectorFunctions {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int VL = S.length();
  private static final int BLOCK = 512;

  /** Beyond this, e^(-x^2 / 2) is a subnormal number, which has fewer digits. */
  private static final float FAR = 13;

  /** Beyond this, e^-|x| is one. */
  private static final float EXP_FAR = 87;

  /** Beyond this, e^-|x| is 0, and products with it would be NaN at an infinity. */
  private static final float LIMIT = 1000;

  /** Where the tanh form of GELU has become its limits. */
  private static final float TANH_LIMIT = 40;

  private static final float SQRT_HALF = 0.70710678f;

  /** 2 sqrt(2 / pi). */
  private static final float GELU_SCALE = 1.5957691f;

  private static final float GELU_CUBIC = 0.044715f;

  private static final ThreadLocal<VectorFunctions> MINE =
      ThreadLocal.withInitial(VectorFunctions::new);

  /** The arguments of a block, what becomes of them, and the tail of the normal distribution. */
  private final float[] x = new float[BLOCK];

  private final float[] y = new float[BLOCK];
  private final float[] tail = new float[BLOCK];

  private VectorFunctions() {}

  /** Whether f is one of these. */
  static boolean has(UnaryFunction f) {
    return switch (f) {
      case EXP, TANH, RELU6, HARDSWISH, SIGMOID, SILU, SILU_GRAD, SOFTPLUS -> true;
      case GELU, GELU_GRAD, GELU_TANH, GELU_TANH_GRAD -> true;
      default -> false;
    };
  }

  /** to = f(from) for n elements. */
  static void apply(UnaryFunction f, float[] from, int fo, float[] to, int at, int n) {
    VectorFunctions mine = MINE.get();
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      int whole = (count + VL - 1) / VL * VL;
      System.arraycopy(from, fo + i, mine.x, 0, count);
      Arrays.fill(mine.x, count, whole, 0);
      mine.block(f, whole);
      System.arraycopy(mine.y, 0, to, at + i, count);
    }
  }

  private void block(UnaryFunction f, int n) {
    if (f == UnaryFunction.RELU6) {
      relu6(n);
    } else if (f == UnaryFunction.HARDSWISH) {
      hardswish(n);
    } else {
      ofExponentials(f, n);
    }
  }

  private void relu6(int n) {
    for (int i = 0; i < n; i += VL) {
      relu6(FloatVector.fromArray(S, x, i)).intoArray(y, i);
    }
  }

  private void hardswish(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector z = v.blend(-3f, v.compare(VectorOperators.LT, -3f));
      relu6(z.add(3f)).div(6f).mul(z).intoArray(y, i);
    }
  }

  private static FloatVector relu6(FloatVector v) {
    return v.blend(0f, v.compare(VectorOperators.LE, 0f))
        .blend(6f, v.compare(VectorOperators.GT, 6f));
  }

  private void ofExponentials(UnaryFunction f, int n) {
    switch (f) {
      case SIGMOID, SILU, SILU_GRAD -> halve(n);
      case EXP, SOFTPLUS -> negate(n);
      case TANH -> twice(n);
      case GELU, GELU_GRAD -> square(n);
      default -> halveExponent(n);
    }
    VectorExp.exp(y, tail, n);
    switch (f) {
      case EXP -> {
        exp(n);
        redoFar(f, EXP_FAR, n);
      }
      case TANH -> tanh(n);
      case SIGMOID -> sigmoid(n);
      case SILU -> silu(n);
      case SILU_GRAD -> siluGrad(n);
      case SOFTPLUS -> softplus(n);
      case GELU -> {
        tail(n);
        gelu(n);
        redoFar(f, FAR, n);
      }
      case GELU_GRAD -> {
        tail(n);
        geluGrad(n);
        redoFar(f, FAR, n);
      }
      case GELU_TANH -> geluTanh(n);
      default -> geluTanhGrad(n);
    }
  }

  private void halve(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      v.abs().mul(-0.5f).intoArray(y, i);
    }
  }

  private void negate(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      v.abs().neg().intoArray(y, i);
    }
  }

  private void square(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      v.mul(-0.5f).mul(v).intoArray(y, i);
    }
  }

  /** Half of 2 u, where the tanh form of GELU is x (1 + tanh u) / 2. */
  private void halveExponent(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector z = within(v, TANH_LIMIT);
      FloatVector w = z.mul(z).fma(GELU_CUBIC, 1f).mul(z).mul(GELU_SCALE);
      w.abs().mul(-0.5f).intoArray(y, i);
    }
  }

  private void twice(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector.fromArray(S, x, i).abs().mul(-2f).intoArray(y, i);
    }
  }

  private void exp(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector e = FloatVector.fromArray(S, y, i);
      var positive = FloatVector.fromArray(S, x, i).compare(VectorOperators.GT, 0f);
      e.blend(constant(1).div(e), positive).intoArray(y, i);
    }
  }

  /** (1 - e^-2|x|) / (1 + e^-2|x|) with the sign of x; below 0.6 by a polynomial, to 4.1e-9. */
  private void tanh(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector e = FloatVector.fromArray(S, y, i);
      FloatVector large = constant(1).sub(e).div(e.add(1f));
      large = large.blend(large.neg(), v.compare(VectorOperators.LT, 0f));
      FloatVector square = v.mul(v);
      FloatVector p = square.fma(-5.883233e-3f, 2.0785147e-2f);
      p = p.fma(square, constant(-5.37804e-2f)).fma(square, constant(1.333188e-1f));
      FloatVector small = p.fma(square, constant(-3.3333296e-1f)).mul(square).fma(v, v);
      large.blend(small, v.abs().compare(VectorOperators.LT, 0.6f)).intoArray(y, i);
    }
  }

  // 1 / (1 + e^-w) is (w < 0 ? r^2 : 1) / (1 + r^2) with r = e^-|w| / 2. Where r^2 has become 0, r
  // has
  // not: so a number is multiplied with r twice.

  private void sigmoid(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector root = FloatVector.fromArray(S, y, i);
      FloatVector square = root.mul(root);
      square.blend(1f, v.compare(VectorOperators.GE, 0f)).div(square.add(1f)).intoArray(y, i);
    }
  }

  private void silu(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector z = v.blend(-LIMIT, v.compare(VectorOperators.LT, -LIMIT));
      FloatVector root = FloatVector.fromArray(S, y, i);
      FloatVector above = z.blend(z.mul(root).mul(root), v.compare(VectorOperators.LT, 0f));
      above.div(root.fma(root, constant(1))).intoArray(y, i);
    }
  }

  /** s (1 + x (1 - s)), s being 1 / (1 + e^-x). */
  private void siluGrad(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector z = within(v, LIMIT);
      FloatVector root = FloatVector.fromArray(S, y, i);
      FloatVector below = root.fma(root, constant(1));
      FloatVector rest = z.blend(z.mul(root).mul(root), v.compare(VectorOperators.GT, 0f));
      FloatVector m = rest.div(below).add(1f);
      m.blend(m.mul(root).mul(root), v.compare(VectorOperators.LT, 0f)).div(below).intoArray(y, i);
    }
  }

  /** max(x, 0) + log(1 + e^-|x|), by a polynomial of log(1 + e) / e, to 1.4e-8. */
  private void softplus(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector e = FloatVector.fromArray(S, y, i);
      FloatVector p = e.fma(-3.243488e-3f, 1.9849047e-2f);
      p = p.fma(e, constant(-5.695501e-2f));
      p = p.fma(e, constant(1.0603198e-1f));
      p = p.fma(e, constant(-1.5305324e-1f));
      p = p.fma(e, constant(1.9675846e-1f));
      p = p.fma(e, constant(-2.4954116e-1f));
      p = p.fma(e, constant(3.332996e-1f));
      p = p.fma(e, constant(-4.9999902e-1f));
      p = p.fma(e, constant(1));
      FloatVector relu = v.blend(0f, v.compare(VectorOperators.LE, 0f));
      p.mul(e).add(relu).intoArray(y, i);
    }
  }

  /**
   * The normal distribution function of -|x|, e^(-x^2 / 2) e^(u^2) erfc(u) / 2 with u = |x| /
   * sqrt(2), by a polynomial of (1 + 2 u) e^(u^2) erfc(u) in (u - 2) / (u + 2), to 2.3e-8. What
   * rounding takes off the square is put back as a factor.
   */
  private void tail(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector e = FloatVector.fromArray(S, y, i);
      FloatVector half = v.mul(0.5f);
      FloatVector lost = half.fma(v, half.mul(v).neg());
      FloatVector gaussian = e.sub(e.mul(lost));
      gaussian.intoArray(y, i);
      FloatVector u = v.abs().mul(SQRT_HALF);
      FloatVector a = u.add(2f);
      FloatVector b = u.add(u).add(1f);
      FloatVector inverse = constant(1).div(a.mul(b));
      FloatVector q = u.sub(2f).mul(b).mul(inverse);
      FloatVector p = q.fma(1.6559570e-5f, -3.8389390e-4f);
      p = p.fma(q, constant(-1.2538177e-3f));
      p = p.fma(q, constant(1.2902438e-3f));
      p = p.fma(q, constant(8.6434828e-3f));
      p = p.fma(q, constant(-8.0495765e-3f));
      p = p.fma(q, constant(-5.4206810e-2f));
      p = p.fma(q, constant(1.6405372e-1f));
      p = p.fma(q, constant(-1.6603121e-1f));
      p = p.fma(q, constant(-9.2763915e-2f));
      p = p.fma(q, constant(1.2769783f));
      p.mul(a).mul(inverse).mul(gaussian).mul(0.5f).intoArray(tail, i);
    }
  }

  private void gelu(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector t = FloatVector.fromArray(S, tail, i).mul(v);
      v.sub(t).blend(t, v.compare(VectorOperators.LE, 0f)).intoArray(y, i);
    }
  }

  private void geluGrad(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector t = FloatVector.fromArray(S, tail, i);
      FloatVector below = t.neg().add(1f).blend(t, v.compare(VectorOperators.LE, 0f));
      FloatVector gaussian = FloatVector.fromArray(S, y, i);
      v.mul(gaussian).mul(0.3989423f).add(below).intoArray(y, i);
    }
  }

  /** By their definition, where few digits are left. */
  private void redoFar(UnaryFunction f, float far, int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      if (!v.abs().compare(VectorOperators.LT, far).allTrue()) {
        for (int j = i; j < i + VL; j++) {
          y[j] = Math.abs(x[j]) < far ? y[j] : (float) f.apply(x[j]);
        }
      }
    }
  }

  private void geluTanh(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector z = within(v, TANH_LIMIT);
      FloatVector root = FloatVector.fromArray(S, y, i);
      FloatVector above = z.blend(z.mul(root).mul(root), v.compare(VectorOperators.LT, 0f));
      FloatVector w = above.div(root.fma(root, constant(1)));
      w.blend(v, v.compare(VectorOperators.GT, TANH_LIMIT)).intoArray(y, i);
    }
  }

  /** s (1 + x w (1 - s)), s being 1 / (1 + e^-w) and w the slope of 2 u. */
  private void geluTanhGrad(int n) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector z = within(v, TANH_LIMIT);
      FloatVector root = FloatVector.fromArray(S, y, i);
      FloatVector below = root.fma(root, constant(1));
      FloatVector slope = z.mul(z).fma(3 * GELU_CUBIC, 1f).mul(GELU_SCALE).mul(z);
      FloatVector rest = slope.blend(slope.mul(root).mul(root), v.compare(VectorOperators.GT, 0f));
      FloatVector m = rest.div(below).add(1f);
      m.blend(m.mul(root).mul(root), v.compare(VectorOperators.LT, 0f)).div(below).intoArray(y, i);
    }
  }

  private static FloatVector within(FloatVector v, float limit) {
    return v.blend(limit, v.compare(VectorOperators.GT, limit))
        .blend(-limit, v.compare(VectorOperators.LT, -limit));
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(S, value);
  }
}
