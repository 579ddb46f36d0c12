package dev.teak.lab.cli;

import dev.teak.defenses.Defended;
import dev.teak.defenses.Trainee;
import dev.teak.lab.data.Dataset;
import dev.teak.lab.experiment.Data;
import dev.teak.lab.experiment.FrontFits;
import dev.teak.lab.experiment.Phase;
import dev.teak.lab.experiment.PhaseTraining;
import dev.teak.lab.experiment.Weights;
import dev.teak.nn.Module;
import dev.teak.nn.models.Architecture;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model with its defenses, and the images that it is trained on: what the commands that train
 * have in common. The last twelfth of the images is held back for validation.
 */
final class TrainedModel implements AutoCloseable {
  /** One of so many training images is held back. */
  private static final int HELD_BACK = 12;

  private final Weights.Kind kind;
  private final Phase phase;
  private final Data.Learning learning;
  private final Defended defended;
  private final Optional<Defended> teacher;

  /**
   * With initial weights drawn by the seed.
   *
   * @param phase nothing left open; its teacher is a file of weights, if any
   * @throws UsageException if a defense does not fit the model
   */
  TrainedModel(Architecture model, Phase phase, Dataset data, long seed) throws IOException {
    Examples all = data.examples();
    int train = all.size() - all.size() / HELD_BACK;
    this.phase = phase;
    kind = new Weights.Kind(model, phase.defenses(), data.image(), data.classes(), seed);
    learning = new Data.Learning(all.slice(0, train), all.slice(train, all.size()), data.classes());
    teacher =
        phase.teacher() == null
            ? Optional.empty()
            : Optional.of(Weights.load(Path.of(phase.teacher()), data.image(), data.classes()));
    try {
      Module bare = kind.bare(seed);
      Trainee trainee =
          new Trainee(bare, data.image(), data.classes(), seed, teacher.map(Defended::model));
      defended = Defended.of(bare, phase.defenses(), trainee);
    } catch (IllegalArgumentException e) {
      teacher.ifPresent(Defended::close);
      throw new UsageException(e.getMessage());
    }
  }

  /** The model with its defenses; without what a detector says. */
  Module model() {
    return defended.model();
  }

  /** The same as it is kept and served, with a logit more for what a detector finds out. */
  Module whole() {
    return defended.whole();
  }

  /** Whether a detector stands beside the model. */
  boolean hasDetector() {
    return defended.naive().rejects();
  }

  /** Takes another model's weights to begin with. */
  void start(Path file) throws IOException {
    try (Defended other = Weights.load(file, kind.image(), kind.classes())) {
      Weights.copy(other, defended);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--start " + file + ": " + e.getMessage());
    }
  }

  /**
   * Has what stands in front learn and then trains, going on where a state stands; as {@link
   * PhaseTraining#run}.
   *
   * @param fits is told of what stands in front
   */
  PhaseTraining.Done train(
      Path state, String settings, TrainingListener fits, TrainingListener listener)
      throws IOException {
    new FrontFits(learning, fits).fit(defended, state, settings);
    return new PhaseTraining(phase, learning, kind.seed())
        .run(defended, state, settings, 1, listener);
  }

  /** Deletes a state and what belongs to it. */
  void delete(Path state) throws IOException {
    Files.deleteIfExists(state);
    FrontFits.done(defended, state);
  }

  /** Keeps the weights that the model has now, with detectors that have learned beside these. */
  void save(Path file) throws IOException {
    defended.fitDetectors(learning.train());
    Weights.save(file, kind, whole());
  }

  @Override
  public void close() {
    defended.close();
    teacher.ifPresent(Defended::close);
  }
}
