package dev.teak.attacks;

import dev.teak.engine.Autograd;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;
import java.util.ArrayList;
import java.util.List;

/**
 * A model as an attack meets it: what it answers, and how the gradient of its answers is found.
 * Replacing either is how an attack adapts to a defense: {@link Eot} takes expectations over what
 * is random, {@link Bpda} goes around what has no gradient, and the attacks without gradients
 * estimate theirs from answers.
 */
public interface Victim {
  /** The modules behind it, which are in eval mode while an attack runs. */
  Module model();

  /**
   * Its logits {@code [N, classes]}, with one more where it {@link #rejects} images; without
   * gradient. Images are {@code [N, H, W, C]}.
   */
  Tensor logits(Tensor images);

  /** The logits at {@code images}, and the gradients there of functions of them. */
  Gradients gradients(Tensor images, LogitFunction... of);

  /**
   * Whether its last logit is no class but "rejected", as that of a model with a detector of
   * attacks is. No attack aims there: an image that is rejected has fooled nobody.
   */
  default boolean rejects() {
    return false;
  }

  /**
   * The class that logits of an image stand for: the first of the largest; {@link
   * Evaluate#REJECTED} where the image is rejected, {@link Evaluate#NO_CLASS} for a NaN.
   */
  default int prediction(float... logits) {
    int prediction = Evaluate.prediction(logits);
    return rejects() && prediction == logits.length - 1 ? Evaluate.REJECTED : prediction;
  }

  /** How many times the model runs for one answer. */
  default int passes() {
    return 1;
  }

  /** A function of the logits {@code [N, classes]} for each image by itself: {@code [N]}. */
  interface LogitFunction {
    Tensor of(Tensor logits);
  }

  /**
   * Values and gradients from one forward pass.
   *
   * @param logits {@code [N, classes]}
   * @param values of each function, {@code [N]}
   * @param gradients of each function in the images, {@code [N, H, W, C]}
   */
  record Gradients(Tensor logits, List<Tensor> values, List<Tensor> gradients) {
    /** The value of the first function. */
    public Tensor value() {
      return values.get(0);
    }

    /** The gradient of the first function. */
    public Tensor gradient() {
      return gradients.get(0);
    }

    /** The same with gradients that can be reckoned with, as of {@link Victim#finite}. */
    Gradients finite() {
      return new Gradients(logits, values, gradients.stream().map(Victim::finite).toList());
    }
  }

  /**
   * A gradient with a number for every pixel: 0 where it is NaN, as a square root's at a black
   * pixel may be, so that one pixel spoils neither a norm nor a sum over the others; and 2^40 in
   * place of infinity, which points the same way and whose square is still finite.
   *
   * @param gradient {@code [N, H, W, C]}, without a graph
   */
  static Tensor finite(Tensor gradient) {
    double large = 0x1p40;
    Tensor bounded = gradient.clip(-large, large); // NaN stays
    return bounded.eq(bounded).where(bounded, Tensor.scalar(0));
  }

  /** A model whose gradient is its own: by backpropagation through all of it. */
  static Victim of(Module model) {
    return new Differentiable(model, false);
  }

  /** The same of a model whose last logit is "rejected". */
  static Victim rejecting(Module model) {
    return new Differentiable(model, true);
  }

  /** Plain backpropagation. */
  record Differentiable(Module model, boolean rejects) implements Victim {
    @Override
    public Tensor logits(Tensor images) {
      try (Autograd.Mode plain = Autograd.noGrad()) {
        return model.forward(images);
      }
    }

    @Override
    public Gradients gradients(Tensor images, LogitFunction... of) {
      try (Autograd.Mode recording = Autograd.enableGrad()) {
        return walked(images, of);
      }
    }

    private Gradients walked(Tensor images, LogitFunction... of) {
      Tensor leaf = images.detach().requiresGrad(true);
      Tensor logits = model.forward(leaf);
      List<Tensor> values = new ArrayList<>();
      List<Tensor> gradients = new ArrayList<>();
      for (int i = 0; i < of.length; i++) {
        Tensor value = of[i].of(logits);
        // Summed over the batch, so that no image's gradient depends on another's.
        Autograd.Options options = Autograd.Options.PLAIN.allowingUnused();
        options = i < of.length - 1 ? options.retaining() : options;
        Tensor gradient = null;
        if (value.requiresGrad()) {
          gradient = Autograd.grad(value.sum(), List.of(leaf), options).get(0);
        }
        values.add(value.detach());
        gradients.add(gradient == null ? Tensor.full(leaf.device(), leaf.shape(), 0) : gradient);
      }
      return new Gradients(logits.detach(), values, gradients);
    }
  }
}
