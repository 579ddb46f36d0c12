package dev.teak.nn;

import dev.teak.engine.Functional;
import dev.teak.engine.Tensor;
import java.util.function.UnaryOperator;

/** The layers that have no parameters: each is one function. */
public final class Layers {
  private Layers() {}

  private static final class Stateless extends Module {
    private final UnaryOperator<Tensor> function;

    Stateless(UnaryOperator<Tensor> function) {
      this.function = function;
    }

    @Override
    public Tensor forward(Tensor x) {
      return function.apply(x);
    }
  }

  /** Any function of tensors as a layer. */
  public static Module of(UnaryOperator<Tensor> function) {
    return new Stateless(function);
  }

  /** max(x, 0). */
  public static Module relu() {
    return of(Tensor::relu);
  }

  /** x where positive, else slope x; 0 &lt;= slope &lt;= 1. */
  public static Module leakyRelu(double slope) {
    return of(x -> x.maximum(x.mul(slope)));
  }

  /** tanh x. */
  public static Module tanh() {
    return of(Tensor::tanh);
  }

  /** 1 / (1 + e^-x). */
  public static Module sigmoid() {
    return of(Tensor::sigmoid);
  }

  /** {@code [N, ...]} to {@code [N, rest]}. */
  public static Module flatten() {
    return of(
        x -> {
          int rest = 1;
          for (int axis = 1; axis < x.shape().rank(); axis++) {
            rest *= x.shape().dim(axis);
          }
          return x.reshape(x.shape().dim(0), rest); // an empty batch has no size to divide
        });
  }

  /** Largest of windows of {@code window} squared, that far apart. */
  public static Module maxPool2d(int window) {
    return of(x -> Functional.maxPool2d(x, window, window, 0));
  }

  /** Mean of windows of {@code window} squared, that far apart. */
  public static Module avgPool2d(int window) {
    return of(x -> Functional.avgPool2d(x, window, window, 0));
  }

  /** Mean over height and width: {@code [N, H, W, C]} to {@code [N, C]}. */
  public static Module globalAvgPool2d() {
    return of(x -> x.mean(1, 2));
  }

  /** (x - mean) / deviation: normalisation as a part of the model, so that attacks see pixels. */
  public static Module normalize(double mean, double deviation) {
    return of(x -> x.sub(mean).div(deviation));
  }
}
