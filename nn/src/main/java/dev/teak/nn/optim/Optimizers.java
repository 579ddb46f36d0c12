package dev.teak.nn.optim;

import dev.teak.nn.settings.Registry;

/** All optimizers by name, with PyTorch's defaults. */
public final class Optimizers {
  /** Every optimizer. */
  public static final Registry<OptimizerSettings> REGISTRY =
      Registry.of("optimizer", OptimizerSettings.class)
          .add("adam", "Adam; a decay goes through the gradient", Adam.adam(1e-3))
          .add("adamw", "Adam; the decay acts on the weights themselves", Adam.adamW(1e-3))
          .add("sgd", "gradient descent, with momentum where asked for", Sgd.lr(1e-3))
          .add("rmsprop", "steps over the root of the mean square", RmsProp.lr(1e-2));

  private Optimizers() {}
}
