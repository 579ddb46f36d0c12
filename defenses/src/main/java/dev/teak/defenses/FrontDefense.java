package dev.teak.defenses;

import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;

/** A defense that stands in front of a model: what the model sees are its images. */
public interface FrontDefense extends Defense {
  /** What stands in front, {@code [N, H, W, C]} to the same; what it has learned is its state. */
  Module front(Trainee trainee);

  /**
   * Learns from the training examples what it must know, before the model is trained behind it.
   * Most have nothing to learn.
   */
  default void fit(Module front, Examples train, Trainee trainee) {}

  /**
   * The same as whoever knows of it sees it: with a gradient that leads through. That is its own,
   * unless that is zero or misleads; then that of a stand-in ({@link
   * dev.teak.attacks.adaptive.Bpda}).
   */
  default Module attackedThrough(Module front) {
    return front;
  }
}
