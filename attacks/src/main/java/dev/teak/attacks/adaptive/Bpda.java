package dev.teak.attacks.adaptive;

import dev.teak.engine.Autograd;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.op.Call;
import dev.teak.engine.op.Op;
import dev.teak.nn.Module;
import java.util.function.UnaryOperator;

/**
 * Backward pass differentiable approximation (Athalye et al., "Obfuscated gradients give a false
 * sense of security", ICML 2018, section 4.1): a stage of a defended model that runs as it is, but
 * whose gradient is that of a stand-in. It takes the stage's place in the model that is attacked:
 * {@code new Sequential(Bpda.straightThrough(quantiser), net)}.
 */
public final class Bpda extends Module {
  private final Module stage;
  private final UnaryOperator<Tensor> standIn;

  /**
   * A stage with the gradient of another function.
   *
   * @param standIn differentiable, giving tensors of the stage's output shape
   */
  public Bpda(Module stage, UnaryOperator<Tensor> standIn) {
    this.stage = submodule("stage", stage);
    this.standIn = standIn;
  }

  /** A stage with the gradient of the identity: for one that hardly changes its input. */
  public static Bpda straightThrough(Module stage) {
    return new Bpda(stage, x -> x);
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor value;
    try (Autograd.Mode plain = Autograd.noGrad()) {
      value = stage.forward(x.detach());
    }
    Tensor shadow = standIn.apply(x);
    if (!shadow.shape().equals(value.shape())) {
      throw new ShapeException(
          "bpda: the stage gives " + value.shape() + ", its stand-in " + shadow.shape());
    }
    return Autograd.record(new InPlaceOf(), value, shadow);
  }

  /** The value of one tensor with the gradient of another; vjp: g. */
  private static final class InPlaceOf implements Op {
    @Override
    public String name() {
      return "bpda";
    }

    @Override
    public Tensor[] vjp(Tensor gradient, Call call) {
      return new Tensor[] {gradient};
    }
  }
}
