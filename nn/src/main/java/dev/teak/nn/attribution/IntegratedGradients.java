package dev.teak.nn.attribution;

import dev.teak.engine.Tensor;

/**
 * The way from a baseline to the image, times the mean gradient along it (Sundararajan, Taly and
 * Yan, "Axiomatic attribution for deep networks", ICML 2017, section 3). Attributions add up to the
 * logit of the image minus that of the baseline, but for the error of the sum that stands for the
 * integral; it is taken at the middles of equal steps, and exact where the gradient is linear along
 * the way.
 *
 * @param steps gradients on the way, 1 or more; the paper takes 20 to 300 (section 5)
 * @param baseline the value of all pixels of the image that shows nothing; the paper's is black
 */
public record IntegratedGradients(int steps, double baseline) implements Attribution {
  /** Rejects counts below 1, and a baseline that is no number. */
  public IntegratedGradients {
    if (steps < 1) {
      throw new IllegalArgumentException("steps: " + steps + " must be 1 or more");
    }
    if (!Double.isFinite(baseline)) {
      throw new IllegalArgumentException("baseline: " + baseline + " must be finite");
    }
  }

  @Override
  public Tensor of(ClassScore score, Tensor images) {
    Tensor way = images.sub(baseline);
    Tensor mean = score.meanGradient(steps, k -> way.mul((k + 0.5) / steps).add(baseline));
    return way.mul(mean);
  }
}
