package dev.teak.nn.optim;

import dev.teak.engine.Tensor;
import dev.teak.nn.settings.Registered;
import java.util.List;
import java.util.Map;

/** What an {@link Optimizer} is told before it is known of which parameters. */
@Registered(Optimizers.class)
public interface OptimizerSettings {
  /** Learning rate, where a schedule begins or peaks; 0 or more. */
  double lr();

  /** Whether the weight decay leaves norms and biases alone: all that has one axis or none. */
  boolean weightsOnly();

  /** The optimizer of these groups of parameters. */
  Optimizer of(List<ParameterGroup> groups);

  /** The optimizer of these parameters. */
  default Optimizer of(Map<String, Tensor> parameters) {
    return of(groups(parameters));
  }

  /** The groups that the parameters fall into. */
  default List<ParameterGroup> groups(Map<String, Tensor> parameters) {
    return weightsOnly()
        ? ParameterGroup.weightsAndRest(parameters)
        : List.of(ParameterGroup.of(parameters));
  }
}
