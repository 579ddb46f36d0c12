package dev.teak.defenses.gradient;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Hooks;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Optional;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.List;

/**
 * Gradients changed while a model is trained: those of the parameters, between backward pass and
 * optimizer, or that of one layer's output on its way back, so that all layers before it learn from
 * what is left. The gradients that an attack follows are never changed: neither those of
 * adversarial training nor those of an evaluation, so any attack on the trained model is adaptive
 * already.
 *
 * <pre>{@code
 * GradientManipulation.noise(0.01)           // on every parameter's gradient
 * GradientManipulation.clipNorm(1).at("3")   // on that of the output of layer 3
 * }</pre>
 *
 * @param rule what is done
 * @param layer full name of the layer, as {@link Module#getSubmodule} takes it; null for the
 *     parameters
 */
public record GradientManipulation(Rule rule, @Optional String layer) implements TrainingDefense {
  private static GradientManipulation of(Rule rule) {
    return new GradientManipulation(rule, null);
  }

  /** Gaussian noise of this standard deviation. */
  public static GradientManipulation noise(double sigma) {
    return of(new Rule.Noise(sigma));
  }

  /** Elements within [-limit, limit]. */
  public static GradientManipulation clipValue(double limit) {
    return of(new Rule.ClipValue(limit));
  }

  /** A Euclidean norm of {@code limit} at most, of all parameters' gradients together. */
  public static GradientManipulation clipNorm(double limit) {
    return of(new Rule.ClipNorm(limit));
  }

  /** Means over windows of height and width. */
  public static GradientManipulation smooth(int size) {
    return of(new Rule.Smooth(size));
  }

  /** This share of each gradient's elements, the smallest, to zero. */
  public static GradientManipulation zero(double fraction) {
    return of(new Rule.Zero(fraction));
  }

  /** Signs in the place of values. */
  public static GradientManipulation sign() {
    return of(new Rule.Sign());
  }

  /** So many levels on either side of zero. */
  public static GradientManipulation quantise(int levels) {
    return of(new Rule.Quantise(levels));
  }

  /** On the gradient of this layer's output, which counts as one, of the whole batch. */
  public GradientManipulation at(String name) {
    return new GradientManipulation(rule, name);
  }

  @Override
  public TrainingHooks on(Trainee trainee) {
    Module model = trainee.model();
    if (layer == null) {
      requireSomethingToChange(model);
      return new OnParameters(rule, trainee.seed());
    }
    if (layer.isEmpty()) {
      throw new IllegalArgumentException(
          rule + " @: names no layer; the layers are " + model.namedModules().keySet());
    }
    return new OnLayer(rule, layer, model.getSubmodule(layer), trainee.seed());
  }

  private void requireSomethingToChange(Module model) {
    if (model.parameters().stream().noneMatch(p -> rule.fits(p.shape()))) {
      throw new IllegalArgumentException(
          rule
              + ": no parameter of this model has height and width; name a layer whose output has:"
              + " "
              + rule
              + " @NAME");
    }
  }

  private static RandomStream random(long seed, Step step) {
    return new RandomStream(seed, "gradient/" + step.number());
  }

  private record OnParameters(Rule rule, long seed) implements TrainingHooks {
    @Override
    public void gradients(Module model, Step step) {
      try (Scope scope = Scope.open()) {
        List<Tensor> gradients =
            model.parameters().stream().map(Tensor::grad).filter(g -> g != null).toList();
        List<Tensor> changed = rule.apply(gradients, random(seed, step));
        for (int i = 0; i < gradients.size(); i++) {
          Update.assign(gradients.get(i), changed.get(i));
        }
      }
    }
  }

  private static final class OnLayer implements TrainingHooks {
    private final Rule rule;
    private final String name;
    private final Module layer; // itself: other defenses may hand on a model of other names
    private final long seed;
    private Hooks.Handle hook;

    OnLayer(Rule rule, String name, Module layer, long seed) {
      this.rule = rule;
      this.name = name;
      this.layer = layer;
      this.seed = seed;
    }

    /**
     * Hooks the layer until the backward pass is done, in which it may be recomputed. One that runs
     * several times a pass draws on, so that no two of its outputs get the same noise.
     */
    @Override
    public Objective objective(Objective inner) {
      return (model, batch, step) -> {
        unhook(); // a step that failed half-way may have left it
        RandomStream random = random(seed, step);
        hook = layer.registerBackwardHook(g -> changed(g, random));
        return inner.of(model, batch, step);
      };
    }

    @Override
    public void gradients(Module model, Step step) {
      unhook();
    }

    private void unhook() {
      if (hook != null) {
        hook.remove();
      }
    }

    private Tensor changed(Tensor gradient, RandomStream random) {
      if (!rule.fits(gradient.shape())) {
        throw new ShapeException(
            rule
                + " @"
                + name
                + ": the layer's output "
                + gradient.shape()
                + " has no height and width; expects [N, H, W, C]");
      }
      return rule.apply(List.of(gradient), random).get(0);
    }
  }

  /** In short. */
  @Override
  public String toString() {
    return rule + (layer == null ? "" : " @" + layer);
  }
}
