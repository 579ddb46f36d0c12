package dev.teak.nn.optim;

import dev.teak.engine.Tensor;
import dev.teak.nn.StateDict;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves parameters along their gradients, in place. A parameter without a gradient stays, and so
 * does a frozen one ({@code requiresGrad(false)}), whatever weight decay and momentum, or gradient
 * from before it was frozen, there may be. One that is given under several names is stepped once,
 * and has the state of the first.
 */
public abstract class Optimizer {
  private final Map<String, Tensor> parameters;
  private final Map<String, Tensor> state = new LinkedHashMap<>();
  private double lr;
  private final Map<String, Integer> steps = new LinkedHashMap<>();

  /** For named parameters, which also name the state; each counts once. */
  protected Optimizer(Map<String, Tensor> parameters, double lr) {
    requireAtLeastZero("learning rate", lr);
    this.parameters = StateDict.distinct(parameters);
    this.lr = lr;
  }

  /** Throws unless a setting is 0 or more, and finite. */
  protected static void requireAtLeastZero(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(what + " " + value + ": must be 0 or more, and finite");
    }
  }

  /** Registers a state tensor of zeros for each parameter, as {@code kind.name}. */
  protected final void zeros(List<String> kinds) {
    for (String kind : kinds) {
      parameters.forEach(
          (name, p) ->
              state.put(kind + "." + name, Tensor.full(p.device(), p.shape(), 0).unscoped()));
    }
  }

  /** The state of a kind that belongs to a parameter. */
  protected final Tensor state(String kind, String parameter) {
    return state.get(kind + "." + parameter);
  }

  /**
   * One step for one parameter.
   *
   * @param step number of this step of this parameter, from 1: those without a gradient, in which
   *     it stayed, do not count, as in PyTorch
   */
  protected abstract void update(String name, Tensor parameter, Tensor gradient, int step);

  /** One step for all parameters. */
  public final void step() {
    parameters.forEach(
        (name, p) -> {
          if (p.grad() != null && p.requiresGrad()) {
            update(name, p, p.grad(), steps.merge(name, 1, Integer::sum));
          }
        });
  }

  /** Forgets all gradients. */
  public final void zeroGrad() {
    parameters.values().forEach(Tensor::zeroGrad);
  }

  /** The learning rate of the next step. */
  public final double lr() {
    return lr;
  }

  /** Sets the learning rate of the next step. */
  public final void setLr(double value) {
    requireAtLeastZero("learning rate", value);
    lr = value;
  }

  /** Steps taken so far by parameter; none for one that never had a gradient. */
  public final Map<String, Integer> steps() {
    return Collections.unmodifiableMap(steps);
  }

  /** Moments and velocities by name, the tensors themselves: for checkpoints. */
  public final Map<String, Tensor> state() {
    return Collections.unmodifiableMap(state);
  }

  /**
   * Goes on from what {@link #state} and {@link #steps} gave.
   *
   * @throws IllegalArgumentException if they belong to another optimizer; then nothing is changed
   */
  public final void load(Map<String, Tensor> moments, Map<String, Integer> taken) {
    if (!parameters.keySet().containsAll(taken.keySet())) {
      throw new IllegalArgumentException("the optimizer's steps name parameters it does not have");
    }
    StateDict.copy("the optimizer's state does not fit", moments, state);
    steps.clear();
    steps.putAll(taken);
  }
}
