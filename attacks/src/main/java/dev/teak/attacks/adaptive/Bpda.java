package dev.teak.attacks.adaptive;

import dev.teak.engine.Surrogate;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.function.UnaryOperator;

/**
 * Backward pass differentiable approximation (Athalye et al., "Obfuscated gradients give a false
 * sense of security", ICML 2018, section 4.1): a stage of a defended model that runs as it is, but
 * whose gradient is that of a stand-in. It takes the stage's place in the model that is attacked:
 * {@code new Sequential(Bpda.straightThrough(quantiser), net)}.
 */
public final class Bpda extends Module {
  private final UnaryOperator<Tensor> function;

  /**
   * A stage with the gradient of another function.
   *
   * @param standIn differentiable, giving tensors of the stage's output shape
   */
  public Bpda(Module stage, UnaryOperator<Tensor> standIn) {
    this.function = Surrogate.bpda(submodule("stage", stage)::forward, standIn);
  }

  /** A stage with the gradient of the identity: for one that hardly changes its input. */
  public static Bpda straightThrough(Module stage) {
    return new Bpda(stage, x -> x);
  }

  @Override
  protected Tensor compute(Tensor x) {
    return function.apply(x);
  }
}
