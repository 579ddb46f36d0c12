package dev.teak.defenses.training;

import dev.teak.defenses.Trainee;
import dev.teak.defenses.TrainingDefense;
import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.TrainingHooks;

/**
 * Defensive distillation (Papernot, McDaniel, Wu, Jha and Swami, "Distillation as a defense to
 * adversarial perturbations against deep neural networks", S&amp;P 2016, section IV): a model is
 * trained with its logits divided by a temperature, towards what a teacher, trained at the same
 * temperature, makes of the same images at it. Both are used at temperature 1, where their softmax
 * is sharp and its gradient vanishes: that masks the gradient, and robustness under attacks that
 * follow the cross-entropy is no evidence (Carlini and Wagner, S&amp;P 2017).
 *
 * <p>With {@code soft=0} it is training at a temperature, as the teacher's own is, and needs no
 * teacher.
 *
 * @param temperature T, above 0
 * @param soft share of the teacher's probabilities in what is aimed at, 0..1; the rest are the
 *     targets themselves
 */
public record Distillation(double temperature, double soft) implements TrainingDefense {
  private static final String NAME = "distillation";

  /** Rejects what is no temperature and no share. */
  public Distillation {
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "temperature: " + temperature + ": must be above 0, and finite");
    }
    if (!(soft >= 0 && soft <= 1)) {
      throw new IllegalArgumentException("soft: " + soft + ": must be in 0..1");
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a teacher is needed and there is none, or it is for other
   *     images or another number of classes
   */
  @Override
  public TrainingHooks on(Trainee trainee) {
    int classes = trainee.classes();
    Module teacher = soft == 0 ? null : teacher(trainee);
    return new TrainingHooks() {
      @Override
      public Objective objective(Objective inner) {
        return (model, batch, step) -> {
          Batch aimed = teacher == null ? batch : batch.targets(mixed(teacher, batch, classes));
          return inner.of(new Tempered(model, temperature), aimed, step);
        };
      }
    };
  }

  /** Of the teacher's probabilities and the targets, {@code [N, classes]} without a gradient. */
  private Tensor mixed(Module teacher, Batch batch, int classes) {
    Tensor probabilities = quietly(teacher, batch.images()).div(temperature).softmax();
    return soft == 1
        ? probabilities
        : probabilities.mul(soft).add(Targets.probabilities(NAME, batch, classes).mul(1 - soft));
  }

  private static Module teacher(Trainee trainee) {
    Module teacher =
        trainee
            .teacher()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        NAME
                            + ": there is no teacher to learn from; name one, or set soft=0 to"
                            + " train at a temperature"));
    Shape image = trainee.image();
    Shape logits;
    try (Scope scope = Scope.open()) {
      Tensor blank = Tensor.zeros(1, image.dim(0), image.dim(1), image.dim(2));
      logits = quietly(teacher, blank).shape();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          NAME + ": the teacher takes no images " + image + ": " + e.getMessage(), e);
    }
    if (!logits.equals(Shape.of(1, trainee.classes()))) {
      throw new IllegalArgumentException(
          NAME
              + ": the teacher gives "
              + logits.dim(-1)
              + " logits, the model has "
              + trainee.classes()
              + " classes");
    }
    return teacher;
  }

  /** A model's logits as it is when it is used. */
  private static Tensor quietly(Module model, Tensor images) {
    try (Module.Evaluating eval = model.evaluating();
        Autograd.Mode off = Autograd.noGrad()) {
      return model.forward(images);
    }
  }

  /** A model whose logits are divided by a temperature. */
  private static final class Tempered extends Module {
    private final Module model;
    private final double temperature;

    Tempered(Module model, double temperature) {
      this.model = submodule("model", model);
      this.temperature = temperature;
    }

    @Override
    protected Tensor compute(Tensor x) {
      return model.forward(x).div(temperature);
    }
  }
}
