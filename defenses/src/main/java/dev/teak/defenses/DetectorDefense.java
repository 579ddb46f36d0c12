package dev.teak.defenses;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;

/** A defense that tells attacked images from others by a score beside the logits. */
public interface DetectorDefense extends Defense {
  /** Share of the training examples that may be taken for attacked, 0..1. */
  double falsePositiveRate();

  /** Its score, learned from the training examples. */
  Score score(Module model, Examples train, Trainee trainee);

  /** A score of images: above its threshold they count as attacked. */
  interface Score {
    /** {@code [N]} of images {@code [N, H, W, C]}, with a gradient where there is one. */
    Tensor of(Tensor images);
  }
}
