package dev.teak.nn.attribution;

import dev.teak.engine.Autograd;
import dev.teak.engine.DType;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What is attributed: of each image the logit of one class. The logit and not the probability, for
 * that falls by the other classes as well (Simonyan et al. 2014, section 2).
 */
public final class ClassScore {
  private final Module model;
  private final int[] classes;

  private ClassScore(Module model, int... classes) {
    this.model = model;
    this.classes = classes;
  }

  static ClassScore of(Module model, Tensor targets, int images) {
    if (targets.dtype() != DType.INT32 || !targets.shape().equals(Shape.of(images))) {
      throw new IllegalArgumentException(
          "attribution: " + images + " images but targets " + targets + "; expects an INT32 each");
    }
    return new ClassScore(model, targets.toInts());
  }

  /** Of copies of one of the images. */
  ClassScore copies(int image, int count) {
    int[] same = new int[count];
    Arrays.fill(same, classes[image]);
    return new ClassScore(model, same);
  }

  /** The model, in eval mode. */
  public Module model() {
    return model;
  }

  /**
   * The logits, {@code [N]}, of images {@code [N, H, W, C]}; recorded where the thread records.
   *
   * @throws IllegalArgumentException naming the first class that the model does not have
   */
  public Tensor of(Tensor images) {
    Tensor logits = Evaluate.requireClasses(model.forward(images));
    int last = logits.shape().dim(1) - 1;
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] < 0 || classes[i] > last) {
        throw new IllegalArgumentException(
            "attribution: target "
                + classes[i]
                + " of image "
                + i
                + ": the classes are 0.."
                + last);
      }
    }
    return logits.gather(1, Tensor.ofInts(classes, classes.length, 1)).squeeze(1);
  }

  /** The gradients of the logits in the images, of their shape; 0 where none leads there. */
  public Tensor gradient(Tensor images) {
    try (Autograd.Mode recording = Autograd.enableGrad()) {
      Tensor leaf = images.detach().requiresGrad(true);
      return gradients(leaf, List.of(leaf)).get(0);
    }
  }

  /**
   * The gradients of the logits in what the model computes on its way.
   *
   * @param inputs known, or filled, once the model has run; each requires a gradient
   * @return one for each, 0 where the logits do not depend on it
   */
  List<Tensor> gradients(Tensor images, List<Tensor> inputs) {
    Tensor sum = of(images).sum(); // so that no image's gradient depends on another's
    List<Tensor> found = Arrays.asList(new Tensor[inputs.size()]);
    if (sum.requiresGrad()) {
      found = Autograd.grad(sum, inputs, Autograd.Options.PLAIN.allowingUnused());
    }
    for (int i = 0; i < inputs.size(); i++) {
      found.set(i, found.get(i) == null ? Tensor.zerosLike(inputs.get(i)) : found.get(i));
    }
    return found;
  }

  /**
   * The mean of the gradients at several places; of these, one at a time takes memory.
   *
   * @param count how many places, 1 or more
   * @param places the images at each, by its number
   */
  public Tensor meanGradient(int count, IntFunction<Tensor> places) {
    Tensor sum = null;
    for (int k = 0; k < count; k++) {
      Tensor before = sum;
      try (Scope scope = Scope.open()) {
        Tensor next = gradient(places.apply(k));
        sum = scope.keep(before == null ? next : before.add(next));
      }
      if (before != null) {
        before.release();
      }
    }
    return sum.div(count);
  }
}
