package dev.teak.defenses;

import dev.teak.engine.Shape;
import dev.teak.nn.Module;
import java.util.Optional;

/**
 * A model that a defense is made ready for, on the current device.
 *
 * @param model stays as it is
 * @param image {@code [H, W, C]}
 * @param classes how many
 * @param seed of all that is random in the defense
 * @param teacher another model that it may learn from
 */
public record Trainee(Module model, Shape image, int classes, long seed, Optional<Module> teacher) {
  /** Without a teacher. */
  public static Trainee of(Module model, Shape image, int classes, long seed) {
    return new Trainee(model, image, classes, seed, Optional.empty());
  }

  /** With another seed. */
  public Trainee seed(long other) {
    return new Trainee(model, image, classes, other, teacher);
  }

  /** With another model, such as one behind a defense. */
  public Trainee model(Module other) {
    return new Trainee(other, image, classes, seed, teacher);
  }
}
