package dev.teak.defenses;

import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.ArrayList;
import java.util.List;

/**
 * Model and detectors as one, with a logit more, behind the others, for what one of them takes for
 * attacked (Carlini and Wagner, "Adversarial examples are not easily detected", AISec 2017, section
 * 2.4): it is the largest of the others and, on top, the most that a score lies above its
 * threshold. So whoever aims at a class must pass each detector by the same margin, and follows its
 * score's gradient while it detects.
 */
final class Rejecting extends Module {
  private final Module model;
  private final List<Detector> detectors = new ArrayList<>();

  /**
   * A model with its detectors.
   *
   * @param model gives logits {@code [N, classes]}
   * @param detectors one or more, beside this model
   */
  Rejecting(Module model, List<Detector> detectors) {
    this.model = submodule("model", model);
    for (int i = 0; i < detectors.size(); i++) {
      this.detectors.add(submodule("detector" + i, detectors.get(i)));
    }
  }

  @Override
  protected Tensor compute(Tensor images) {
    Tensor logits = model.forward(images);
    Tensor above = detectors.get(0).forward(images);
    for (Detector other : detectors.subList(1, detectors.size())) {
      above = above.maximum(other.forward(images));
    }
    Tensor rejected = logits.maxKeepDims(1).add(above.reshape(-1, 1)); // [N, 1]
    return Tensor.concat(1, List.of(logits, rejected));
  }
}
