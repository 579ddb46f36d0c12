package dev.teak.attacks;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;

/** A victim whose answers are counted, an image at a time. */
final class Queries implements Victim {
  private final Victim victim;
  private long forwards;
  private long gradients;

  Queries(Victim victim) {
    this.victim = victim;
  }

  long forwards() {
    return forwards;
  }

  long gradients() {
    return gradients;
  }

  @Override
  public Module model() {
    return victim.model();
  }

  @Override
  public Tensor logits(Tensor images) {
    forwards += passes(images);
    return victim.logits(images);
  }

  @Override
  public Gradients gradients(Tensor images, LogitFunction... of) {
    forwards += passes(images);
    gradients += passes(images) * of.length;
    return victim.gradients(images, of);
  }

  private long passes(Tensor images) {
    return (long) images.shape().dim(0) * victim.passes();
  }

  @Override
  public int passes() {
    return victim.passes();
  }
}
