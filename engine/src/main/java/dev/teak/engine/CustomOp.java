package dev.teak.engine;

import dev.teak.engine.op.Call;
import dev.teak.engine.op.Op;
import dev.teak.engine.op.OpInfo;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * An op of the user's own: a forward in any way, and the vector-Jacobian product that autograd is
 * to take for its gradient, true or not. Written in tensor ops, the product can be differentiated
 * again.
 *
 * <pre>{@code
 * CustomOp cube = CustomOp.of("cube", x -> x.mul(x).mul(x), (g, x, y) -> g.mul(x.square()).mul(3));
 * Tensor y = cube.apply(x);
 * GradCheck.check(in -> cube.apply(in.get(0)), x);
 * }</pre>
 */
public final class CustomOp implements Op {
  /** The vector-Jacobian product of an op of several inputs, as {@link Op#vjp}. */
  public interface Vjp {
    /** A gradient for each input, null where there is none or {@code call} needs none. */
    Tensor[] apply(Tensor gradient, Call call);
  }

  /** The vector-Jacobian product of an op of one input. */
  public interface Rule {
    /** The gradient of x, given that of y = f(x); null where there is none. */
    Tensor apply(Tensor gradient, Tensor x, Tensor y);
  }

  private final OpInfo info;
  private final Function<List<Tensor>, Tensor> forward;
  private final Vjp vjp;

  private CustomOp(String name, Function<List<Tensor>, Tensor> forward, Vjp vjp) {
    this.info = new OpInfo(name, "the user's own", "the user's own");
    this.forward = forward;
    this.vjp = vjp;
  }

  /** An op of several inputs. */
  public static CustomOp of(String name, Function<List<Tensor>, Tensor> forward, Vjp vjp) {
    return new CustomOp(name, forward, vjp);
  }

  /** An op of one input. */
  public static CustomOp of(String name, UnaryOperator<Tensor> forward, Rule vjp) {
    return new CustomOp(
        name,
        in -> forward.apply(in.get(0)),
        (g, call) -> new Tensor[] {vjp.apply(g, call.input(0), call.output())});
  }

  /** The op's result; whatever the forward does on the way is not recorded. */
  public Tensor apply(Tensor... inputs) {
    Tensor y;
    try (Autograd.Mode off = Autograd.noGrad();
        Scope scope = Scope.open()) {
      // An alias, for the forward may give back an input, or a tensor that others hold.
      y = scope.keep(forward.apply(List.of(inputs)).alias());
    }
    return Autograd.record(this, y, inputs.clone());
  }

  @Override
  public OpInfo info() {
    return info;
  }

  @Override
  public Tensor[] vjp(Tensor gradient, Call call) {
    return vjp.apply(gradient, call);
  }
}
