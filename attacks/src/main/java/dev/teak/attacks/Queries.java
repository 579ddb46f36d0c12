package dev.teak.attacks;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;
import java.util.Arrays;

/**
 * A victim whose answers are counted, an image at a time, and are logits of two classes or more.
 */
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
    return Evaluate.requireClasses(victim.logits(images));
  }

  @Override
  public Gradients gradients(Tensor images, LogitFunction... of) {
    forwards += passes(images);
    gradients += passes(images) * of.length;
    LogitFunction[] checked = new LogitFunction[of.length];
    Arrays.setAll(checked, i -> z -> of[i].of(Evaluate.requireClasses(z)));
    return victim.gradients(images, checked);
  }

  private long passes(Tensor images) {
    return (long) images.shape().dim(0) * victim.passes();
  }

  @Override
  public boolean rejects() {
    return victim.rejects();
  }

  @Override
  public int passes() {
    return victim.passes();
  }
}
