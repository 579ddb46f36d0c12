package dev.teak.lab.experiment;

/**
 * One recipe from one seed: all that a result depends on beside the data and the measures, which a
 * whole experiment shares.
 *
 * @param recipe how its model comes to be, nothing left open
 * @param seed of everything random
 */
public record Cell(Recipe recipe, long seed) {
  private static final String SEED = "; seed ";

  /** Names it within its experiment. */
  public String id() {
    return recipe.name() + SEED + seed;
  }
}
