package dev.teak.attacks;

import dev.teak.engine.Functional;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/**
 * A linear model, whose robustness is known: of two classes with f = z1 - z0 = w . x + b the
 * distance to the boundary is |f| over the dual norm of w.
 */
final class LinearNet extends Module {
  static final int PIXELS = 16;

  final float[] w = new RandomStream(5, "w").uniform(Shape.of(PIXELS), -1, 1).toFloats();
  private final Tensor weight;
  private final Tensor bias;

  /** Of two classes; both logits are raised by {@code offset}, which changes no decision. */
  LinearNet(double offset) {
    float[] rows = new float[2 * PIXELS];
    System.arraycopy(w, 0, rows, PIXELS, PIXELS);
    this.weight = parameter("weight", Tensor.of(rows, 2, PIXELS));
    this.bias = parameter("bias", Tensor.of(new double[] {offset, offset - middle()}, 2));
  }

  /** w . x of an image that is grey all over: the boundary goes through it. */
  private double middle() {
    double sum = 0;
    for (float v : w) {
      sum += 0.5 * v;
    }
    return sum;
  }

  @Override
  protected Tensor compute(Tensor x) {
    return Functional.linear(x.reshape(x.shape().dim(0), PIXELS), weight, bias);
  }

  /** A grey image, so that no pixel meets the range before the boundary is reached. */
  Tensor image() {
    float[] x = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      x[i] = 0.5f + 0.05f * Math.signum(w[i]);
    }
    return Tensor.of(x, 1, 4, 4, 1);
  }

  /** The class of {@link #image}, as the model has it. */
  int label() {
    return f() > 0 ? 1 : 0;
  }

  Tensor labels() {
    return Tensor.ofInts(new int[] {label()}, 1);
  }

  private double f() {
    double f = -middle();
    float[] x = image().toFloats();
    for (int i = 0; i < PIXELS; i++) {
      f += (double) w[i] * x[i];
    }
    return f;
  }

  /** How far the boundary is from {@link #image}. */
  double distance(Norm norm) {
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (float v : w) {
      sum += Math.abs(v);
      squares += (double) v * v;
      largest = Math.max(largest, Math.abs(v));
    }
    return Math.abs(f())
        / switch (norm) {
          case LINF -> sum;
          case L2 -> Math.sqrt(squares);
          case L1 -> largest;
          case L0 -> throw new IllegalArgumentException("counts pixels");
        };
  }
}
