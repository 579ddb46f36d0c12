package dev.teak.nn.attribution;

import dev.teak.engine.Tensor;

/**
 * The gradient of the logit in the image (Simonyan, Vedaldi and Zisserman, "Deep inside
 * convolutional networks", ICLR workshop 2014, section 3): which pixels have to change least to
 * change the logit most. It keeps its signs; the map has the largest absolute value of a pixel's
 * channels (section 3.1).
 */
public record Saliency() implements Attribution {
  @Override
  public Tensor of(ClassScore score, Tensor images) {
    return score.gradient(images);
  }

  @Override
  public Tensor map(Tensor attributions) {
    return attributions.abs().max(3);
  }
}
