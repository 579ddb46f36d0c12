package dev.teak.lab.experiment;

import dev.teak.attacks.Victim;
import dev.teak.defenses.Defended;
import dev.teak.nn.Module;
import java.util.List;

/**
 * A model as its recipe left it; what its defenses have learned stays until this is closed.
 *
 * @param bare the model without its defenses, with its final weights
 * @param defended the same with them, as of its last phase
 * @param epochs how all phases went
 * @param seconds wall time of all phases
 */
public record Trained(Module bare, Defended defended, List<CellResult.Epoch> epochs, double seconds)
    implements AutoCloseable {
  /** Takes a copy. */
  public Trained {
    epochs = List.copyOf(epochs);
  }

  /** The model with its defenses, and its classes alone: without what a detector says. */
  public Module model() {
    return defended.model();
  }

  /** The same as whoever knows of the defenses attacks it. */
  public Victim victim() {
    return defended.victim();
  }

  /** The same as whoever knows nothing of them does. */
  public Victim naive() {
    return defended.naive();
  }

  @Override
  public void close() {
    defended.close();
  }
}
