package dev.teak.defenses;

import dev.teak.attacks.ThreatModel;
import dev.teak.defenses.training.AttackInTrainMode;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Objective;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The hooks of all training defenses in their order. What an attack is handed lies within its
 * range, and whether attacks see the model in eval or in training mode is decided here, for all.
 */
final class DefendedHooks implements TrainingHooks {
  private final List<TrainingDefense> defenses;
  private final List<TrainingHooks> parts;
  private final TrainingHooks all;
  private final boolean attackInTrainMode;
  private boolean begun;

  /**
   * Of defenses and their hooks.
   *
   * @param parts one for each defense
   */
  DefendedHooks(List<TrainingDefense> defenses, List<TrainingHooks> parts) {
    this.defenses = defenses;
    this.parts = List.copyOf(parts);
    this.all = TrainingHooks.all(parts);
    this.attackInTrainMode = defenses.stream().anyMatch(AttackInTrainMode.class::isInstance);
  }

  /**
   * The batch to train on.
   *
   * @throws IllegalArgumentException if an attack is among the defenses and the images leave its
   *     range
   */
  @Override
  public Batch batch(Module model, Batch batch, Step step) {
    Module attacked = attackInTrainMode ? new ModesKept(model) : model;
    Batch b = batch;
    for (int i = 0; i < parts.size(); i++) {
      TrainingDefense defense = defenses.get(i);
      if (defense.threat().isPresent()) {
        b = b.images(intoRange(defense, defense.threat().get(), batch.images(), b.images()));
      }
      b = parts.get(i).batch(attacked, b, step);
    }
    begun = true;
    return b;
  }

  /** A model that is no part of this, so that whoever puts this into eval mode leaves it alone. */
  private static final class ModesKept extends Module {
    private final Module model;

    ModesKept(Module model) {
      this.model = model;
    }

    @Override
    protected Tensor compute(Tensor x) {
      return model.forward(x);
    }
  }

  /**
   * What earlier defenses made of images, brought into the attack's range. The images themselves
   * must lie within it: those of another range would be clipped to nothing. Where nothing changed
   * them, the first batch speaks for the others.
   *
   * @throws IllegalArgumentException if they do not
   */
  private Tensor intoRange(
      TrainingDefense defense, ThreatModel threat, Tensor images, Tensor changed) {
    if (begun && changed == images) {
      return images;
    }
    double outside = images.lt(threat.low()).add(images.gt(threat.high())).sum().item();
    if (outside > 0) {
      throw new IllegalArgumentException(
          Settings.text(defense)
              + ": "
              + (long) outside
              + " pixels of the images "
              + images.shape()
              + " lie outside the attack's range "
              + threat.low()
              + ".."
              + threat.high()
              + "; bring the images into it first");
    }
    return changed == images ? images : threat.clip(changed);
  }

  @Override
  public void fit(Examples train, int batch) {
    all.fit(train, batch);
  }

  @Override
  public int replays() {
    return all.replays();
  }

  @Override
  public Objective objective(Objective inner) {
    return all.objective(inner);
  }

  @Override
  public Objective.Result backward(Module model, Supplier<Objective.Result> pass, Step step) {
    return all.backward(model, pass, step);
  }

  @Override
  public void gradients(Module model, Step step) {
    all.gradients(model, step);
  }

  @Override
  public void stepped(Module model, Step step) {
    all.stepped(model, step);
  }

  @Override
  public Map<String, Tensor> parameters() {
    return all.parameters();
  }

  @Override
  public Map<String, Tensor> state() {
    return all.state();
  }

  @Override
  public Map<String, Double> figures() {
    return all.figures();
  }

  @Override
  public void close() {
    all.close();
  }
}
