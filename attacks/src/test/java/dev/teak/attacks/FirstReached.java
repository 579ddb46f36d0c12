package dev.teak.attacks;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;

/** A model that notes how far from the first image it is asked about the first wrong one lies. */
final class FirstReached implements Victim {
  private final Victim victim;
  private final Norm norm;
  private final int label;
  private float[] start;

  /** Infinite until the model was wrong once. */
  double distance = Double.POSITIVE_INFINITY;

  /** For batches of one image of this class. */
  FirstReached(Victim victim, Norm norm, int label) {
    this.victim = victim;
    this.norm = norm;
    this.label = label;
  }

  @Override
  public Module model() {
    return victim.model();
  }

  @Override
  public Tensor logits(Tensor images) {
    Tensor logits = victim.logits(images);
    look(images, logits);
    return logits;
  }

  @Override
  public Gradients gradients(Tensor images, LogitFunction... of) {
    Gradients found = victim.gradients(images, of);
    look(images, found.logits());
    return found;
  }

  private void look(Tensor images, Tensor logits) {
    float[] x = images.toFloats();
    if (start == null) {
      start = x;
    }
    if (Double.isInfinite(distance) && Evaluate.prediction(logits.toFloats()) != label) {
      distance = norm.of(start, x, 0, x.length);
    }
  }
}
