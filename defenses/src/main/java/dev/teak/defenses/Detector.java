package dev.teak.defenses;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.List;

/**
 * A detector beside its model, its threshold found.
 *
 * @param model gives logits {@code [N, classes]}
 * @param score of images
 * @param threshold images with a score above it are taken for attacked
 */
public record Detector(Module model, DetectorDefense.Score score, double threshold) {
  static final int BATCH = 128;

  /** Which images are taken for attacked; {@code [N, H, W, C]} in eval mode. */
  public boolean[] detects(Tensor images) {
    try (Module.Evaluating mode = model.evaluating();
        Autograd.Mode plain = Autograd.noGrad();
        Scope scope = Scope.open()) {
      double[] scores = score.of(images).toDoubles();
      boolean[] found = new boolean[scores.length];
      for (int i = 0; i < found.length; i++) {
        found[i] = scores[i] > threshold;
      }
      return found;
    }
  }

  /**
   * Model and detector as one, with a class more, behind the others, for what is detected (Carlini
   * and Wagner, "Adversarial examples are not easily detected", AISec 2017, section 2.4): its logit
   * is the largest of the others, and the score's distance from the threshold above it. So an
   * attack that aims at a class must pass the detector by the same margin, and follows the score's
   * gradient while it is detected. Attack it with a target: else being detected would be a success.
   */
  public Module over() {
    return new Over();
  }

  private final class Over extends Module {
    private final Module inner = submodule("model", model);

    @Override
    protected Tensor compute(Tensor images) {
      Tensor logits = inner.forward(images);
      Tensor beyond = score.of(images).sub(threshold).reshape(-1, 1);
      return Tensor.concat(1, List.of(logits, logits.maxKeepDims(1).add(beyond)));
    }
  }
}
