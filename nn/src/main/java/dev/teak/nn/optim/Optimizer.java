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
  private final List<ParameterGroup> groups;
  private final Map<String, ParameterGroup> groupOf = new LinkedHashMap<>();
  private double lr;
  private final double weightDecay;
  private final Map<String, Integer> steps = new LinkedHashMap<>();

  /**
   * For named parameters, which also name the state; each counts once, in the first group that has
   * it.
   */
  protected Optimizer(List<ParameterGroup> groups, double lr, double weightDecay) {
    requireAtLeastZero("learning rate", lr);
    requireAtLeastZero("weight decay", weightDecay);
    this.groups = List.copyOf(groups);
    this.parameters = StateDict.distinct(ParameterGroup.joined(groups));
    groups.forEach(g -> g.parameters().keySet().forEach(name -> groupOf.put(name, g)));
    this.lr = lr;
    this.weightDecay = weightDecay;
  }

  /** Throws unless a share of the past is in [0, 1). */
  protected static void requireShare(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(what + " " + value + ": must be in [0, 1)");
    }
  }

  /** Throws unless a setting is 0 or more, and finite. */
  protected static void requireAtLeastZero(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(what + " " + value + ": must be 0 or more, and finite");
    }
  }

  /** Throws unless a limit is 0 or more; it may be infinite. */
  static void requireNotNegative(String what, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(what + " " + value + ": must be 0 or more");
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
   * @param lr learning rate of its group
   * @param weightDecay of its group
   * @param step number of this step of this parameter, from 1: those without a gradient, in which
   *     it stayed, do not count, as in PyTorch
   */
  protected abstract void update(
      String name, Tensor parameter, Tensor gradient, double lr, double weightDecay, int step);

  /** One step for all parameters. */
  public final void step() {
    parameters.forEach(
        (name, p) -> {
          if (p.grad() != null && p.requiresGrad()) {
            ParameterGroup group = groupOf.get(name);
            update(
                name,
                p,
                p.grad(),
                lr * group.lrScale(),
                group.weightDecay().orElse(weightDecay),
                steps.merge(name, 1, Integer::sum));
          }
        });
  }

  /** Forgets all gradients. */
  public final void zeroGrad() {
    parameters.values().forEach(Tensor::zeroGrad);
  }

  /** The parameters by name, each once. */
  public final Map<String, Tensor> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  /** The learning rate of the next step, of which a group may take a multiple. */
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

  /**
   * Says how many steps every parameter has taken: for whoever keeps {@link #state} elsewhere and
   * knows the number, as hooks of a training do.
   */
  public final void setSteps(int taken) {
    parameters.keySet().forEach(name -> steps.put(name, taken));
  }

  /** The weight decay, but for groups with their own. */
  final double weightDecay() {
    return weightDecay;
  }

  /** How parameters are grouped, as the end of a description; empty for one plain group. */
  final String grouping() {
    boolean plain = groups.size() == 1 && groups.equals(List.of(ParameterGroup.of(parameters)));
    return plain ? "" : "; " + groups;
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
