package dev.teak.engine;

import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Functions with a gradient that is not their own: for those that have none, or a useless one. With
 * these an attack goes through a defense that rounds, draws or calls something else.
 */
public final class Surrogate {
  private Surrogate() {}

  /**
   * f forward, the identity backward: the straight-through estimator (Bengio, Leonard and Courville
   * 2013, section 4).
   *
   * @param f gives a tensor of its input's shape
   */
  public static UnaryOperator<Tensor> straightThrough(UnaryOperator<Tensor> f) {
    CustomOp op = CustomOp.of("straight_through", f, (g, x, y) -> g);
    return x -> sameShape(op.name(), x.shape(), op.apply(x));
  }

  /**
   * f forward, the gradient of a differentiable stand-in backward: BPDA (Athalye, Carlini and
   * Wagner 2018, section 4.1).
   *
   * @param standIn close to f, of the same shapes, made of ops
   */
  public static UnaryOperator<Tensor> bpda(UnaryOperator<Tensor> f, UnaryOperator<Tensor> standIn) {
    CustomOp op =
        CustomOp.of(
            "bpda",
            f,
            (Tensor g, Tensor x, Tensor y) ->
                Autograd.pullback(
                        () -> sameShape("bpda", g.shape(), standIn.apply(x)), g, Set.of(x))
                    .get(x));
    return op::apply;
  }

  private static Tensor sameShape(String op, Shape expected, Tensor t) {
    if (!t.shape().equals(expected)) {
      throw new ShapeException(
          op + ": the function gave " + t.shape() + " where its stand-in has " + expected);
    }
    return t;
  }
}
