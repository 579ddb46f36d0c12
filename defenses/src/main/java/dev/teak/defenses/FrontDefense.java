package dev.teak.defenses;

import dev.teak.nn.Module;
import java.io.IOException;

/** A defense that stands in front of a model: what the model sees are its images. */
public interface FrontDefense extends Defense {
  /** What stands in front, {@code [N, H, W, C]} to the same; what it has learned is its state. */
  Module front(Trainee trainee);

  /**
   * Learns what it must know, once, before the model is trained any further behind it. Most have
   * nothing to learn.
   *
   * @param front of {@link #front}
   * @throws IOException if a checkpoint cannot be read or written
   */
  default void fit(Module front, Fitting fitting) throws IOException {}

  /**
   * Whether it learns without a look at the model, so that what it has learned from some images and
   * a seed serves before every model.
   */
  default boolean learnsAlone() {
    return false;
  }

  /** About how many passes forwards and backwards its fit takes for a training image. */
  default double passes() {
    return 0;
  }

  /**
   * The same as whoever knows of it sees it: with a gradient that leads through. That is its own,
   * unless that is zero or misleads; then that of a stand-in ({@link
   * dev.teak.attacks.adaptive.Bpda}).
   */
  default Module attackedThrough(Module front) {
    return front;
  }
}
