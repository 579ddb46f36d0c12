package dev.teak.defenses;

import dev.teak.nn.settings.Registry;

/**
 * All defenses by name: the list that files, the command line and the contract tests go through.
 */
public final class Defenses {
  /** Every defense. A new one is added here, and is tested with all others of its kind. */
  public static final Registry<Defense> REGISTRY = Registry.of("defense", Defense.class);

  private Defenses() {}
}
