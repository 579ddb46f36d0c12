package dev.teak.nn.attribution;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * The mean of the gradients at noisy copies of the image (Smilkov, Thorat, Kim, Viegas and
 * Wattenberg, "SmoothGrad", 2017, section 2). The noise is Gaussian, and the same for all images of
 * a batch but for its size. The map is that of {@link Saliency}.
 *
 * @param samples noisy copies, 1 or more; the paper finds little gain beyond 50
 * @param noise its standard deviation, as a share of the span from the image's darkest value to its
 *     brightest; the paper takes 0.1 to 0.2. 0 or more
 * @param seed of the noise
 */
public record SmoothGrad(int samples, double noise, long seed) implements Attribution {
  /** Rejects counts below 1, and noise that is negative or infinite. */
  public SmoothGrad {
    if (samples < 1) {
      throw new IllegalArgumentException("samples: " + samples + " must be 1 or more");
    }
    if (!(noise >= 0 && noise < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("noise: " + noise + " must be 0 or more, and finite");
    }
  }

  @Override
  public Tensor of(ClassScore score, Tensor images) {
    Tensor span = images.maxKeepDims(1, 2, 3).sub(images.minKeepDims(1, 2, 3)); // [N, 1, 1, 1]
    Tensor deviation = span.mul(noise);
    Shape one = images.shape().with(0, 1);
    RandomStream random = new RandomStream(seed, "smoothgrad");
    return score.meanGradient(samples, k -> images.add(random.normal(one).mul(deviation)));
  }

  @Override
  public Tensor map(Tensor attributions) {
    return new Saliency().map(attributions);
  }
}
