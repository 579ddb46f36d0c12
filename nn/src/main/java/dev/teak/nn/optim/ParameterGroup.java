package dev.teak.nn.optim;

import dev.teak.engine.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Parameters that an {@link Optimizer} steps in their own way, as PyTorch's parameter groups. All
 * else that an optimizer can be told, it is told for all groups.
 *
 * @param parameters by name
 * @param lrScale the group's learning rate over the optimizer's: a schedule moves both
 * @param weightDecay the group's own; empty for the optimizer's
 */
public record ParameterGroup(
    Map<String, Tensor> parameters, double lrScale, OptionalDouble weightDecay) {

  /** Rejects negative and infinite settings. */
  public ParameterGroup {
    parameters = new LinkedHashMap<>(parameters); // in their order
    Optimizer.requireAtLeastZero("scale of the learning rate", lrScale);
    weightDecay.ifPresent(decay -> Optimizer.requireAtLeastZero("weight decay", decay));
  }

  /** With the optimizer's own learning rate and weight decay. */
  public static ParameterGroup of(Map<String, Tensor> parameters) {
    return new ParameterGroup(parameters, 1, OptionalDouble.empty());
  }

  /** With so many times the optimizer's learning rate. */
  public ParameterGroup lrScale(double scale) {
    return new ParameterGroup(parameters, scale, weightDecay);
  }

  /** With a weight decay of its own. */
  public ParameterGroup weightDecay(double decay) {
    return new ParameterGroup(parameters, lrScale, OptionalDouble.of(decay));
  }

  /**
   * The usual two groups: weights, which decay, and whatever has one axis or none, which does not:
   * biases, and the scales and shifts of norms.
   */
  public static List<ParameterGroup> weightsAndRest(Map<String, Tensor> parameters) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Map<String, Tensor> rest = new LinkedHashMap<>();
    parameters.forEach((name, p) -> (p.shape().rank() > 1 ? weights : rest).put(name, p));
    return List.of(of(weights), of(rest).weightDecay(0));
  }

  /** All parameters of several groups. */
  static Map<String, Tensor> joined(List<ParameterGroup> groups) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    List<String> twice = new ArrayList<>();
    for (ParameterGroup group : groups) {
      group.parameters.forEach(
          (name, p) -> {
            if (all.putIfAbsent(name, p) != null) {
              twice.add(name);
            }
          });
    }
    if (!twice.isEmpty()) {
      throw new IllegalArgumentException(
          "optimizer: " + twice + " are in more than one group; a name belongs to one");
    }
    return all;
  }

  /** As {@code "12 parameters, weight decay 0.0"}. */
  @Override
  public String toString() {
    return parameters.size()
        + " parameters"
        + (lrScale == 1 ? "" : ", learning rate times " + lrScale)
        + (weightDecay.isEmpty() ? "" : ", weight decay " + weightDecay.getAsDouble());
  }
}
