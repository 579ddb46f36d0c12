package dev.teak.nn.attribution;

import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Registered;

/**
 * Says of each pixel what it has to do with the logit of a class; a record of its settings. What an
 * image is given depends neither on its batch nor on its place in it. A model that answers at
 * random is asked anew for each answer, and what is found differs as its answers do.
 */
@Registered(Attributions.class)
public interface Attribution {
  /**
   * What a method does; callers use {@link #attribute}. It may leave tensors to the scope that is
   * open around it.
   *
   * @param score the logits that are to be attributed, of a model in eval mode
   * @param images {@code [N, H, W, C]}, without a graph
   * @return as of {@link #attribute}
   */
  Tensor of(ClassScore score, Tensor images);

  /**
   * Attributes the logit of one class to the pixels of each image. The result belongs to the scope
   * open around the call.
   *
   * @param model gives logits {@code [N, classes]}; each of its parts is in its own mode again
   *     afterwards
   * @param images {@code [N, H, W, C]}, one or more
   * @param targets the class of each, INT32 {@code [N]}
   * @return a number for each channel of a pixel, {@code [N, H, W, C]}, or one for the whole pixel,
   *     {@code [N, H, W, 1]}, where the method does not tell channels apart
   * @throws IllegalArgumentException if images or targets are of another shape, the model has no
   *     such class, or a setting does not fit them
   */
  default Tensor attribute(Module model, Tensor images, Tensor targets) {
    if (images.shape().rank() != 4 || images.shape().dim(0) == 0) {
      throw new IllegalArgumentException(
          "attribution: images " + images.shape() + ": expects [N, H, W, C], one or more");
    }
    ClassScore score = ClassScore.of(model, targets, images.shape().dim(0));
    try (Module.Evaluating eval = model.evaluating();
        Scope scope = Scope.open()) {
      return scope.keep(of(score, images.detach()));
    }
  }

  /**
   * The map that the method's authors look at: a number a pixel, by default the sum over the
   * channels.
   *
   * @param attributions of {@link #attribute}
   * @return {@code [N, H, W]}
   */
  default Tensor map(Tensor attributions) {
    return attributions.sum(3);
  }
}
