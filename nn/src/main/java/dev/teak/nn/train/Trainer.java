package dev.teak.nn.train;

import dev.teak.nn.Module;
import dev.teak.nn.augment.Augmentation;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.OptimizerSettings;
import dev.teak.nn.optim.ScheduleSettings;
import dev.teak.nn.optim.Schedules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A training, told by names; what is not named is as the fields below have it.
 *
 * <pre>{@code
 * List<EpochResult> history =
 *     Trainer.of(model).optimizer(Adam.adam(2e-3)).epochs(5).batch(64).seed(1).run(train, test);
 * }</pre>
 *
 * <p>All that is random depends on the seed and on where the run is, so a resumed run ends in the
 * same bits. The loop itself is {@link TrainingRun}.
 *
 * <p><b>What is frozen stays frozen.</b> Every epoch begins with a look at the modes. A model with
 * any part in training mode is trained in the modes it is in: a batch norm that was put into eval
 * mode by itself keeps its running statistics. A model that is in eval mode as a whole, as one that
 * was judged or served, is put into training mode, but for its frozen parts, whose parameters are
 * all {@code requiresGrad(false)}. Freezing parameters alone changes no mode, as in PyTorch: a
 * batch norm in training mode goes on learning its statistics.
 *
 * <p><b>The last batch of an epoch</b> has what is left, or nothing of it is trained on where
 * {@link #dropLast} says so. One image that is left alone joins the batch before where a batch norm
 * is in training mode: the variance of a single image's features is nothing to learn from.
 */
public final class Trainer {
  final Module model;
  OptimizerSettings optimizer = Adam.adam(1e-3);
  ScheduleSettings schedule = Schedules.constant();
  int epochs = 1;
  int batch = 64;
  long seed = 1;
  TrainingHooks hooks = TrainingHooks.NONE;
  Objective objective = Objective.CROSS_ENTROPY;
  final List<Judge> judges = new ArrayList<>();
  Keep keep = Keep.LAST;
  double average; // 0: none
  double clipNorm = Double.POSITIVE_INFINITY;
  List<Augmentation> augmentations = List.of();
  boolean dropLast;
  Checkpoint checkpoint; // null: none
  TrainingListener listener = TrainingListener.SILENT;

  private Trainer(Module model) {
    this.model = model;
  }

  /** A training of this model, in place and on its device. */
  public static Trainer of(Module model) {
    return new Trainer(model);
  }

  /** How parameters are moved. */
  public Trainer optimizer(OptimizerSettings settings) {
    optimizer = settings;
    return this;
  }

  /** How the optimizer's learning rate goes on from step to step. */
  public Trainer schedule(ScheduleSettings settings) {
    schedule = settings;
    return this;
  }

  /** How often all examples are gone through, 1 or more. */
  public Trainer epochs(int count) {
    epochs = requireAtLeastOne("epochs", count);
    return this;
  }

  /** Examples a step, 1 or more. */
  public Trainer batch(int examples) {
    batch = requireAtLeastOne("batch", examples);
    return this;
  }

  private static int requireAtLeastOne(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("training: " + what + " " + count + ": must be 1 or more");
    }
    return count;
  }

  /** Of the shuffling. */
  public Trainer seed(long value) {
    seed = value;
    return this;
  }

  /** What is changed of each step; whoever made them closes them. */
  public Trainer hooks(TrainingHooks changes) {
    hooks = changes;
    return this;
  }

  /** What each step makes small; the hooks may change it. */
  public Trainer objective(Objective small) {
    objective = small;
    return this;
  }

  /**
   * One more who judges the model after every epoch. {@link Judge#accuracy} is always asked of a
   * model that tells classes apart, {@link Judge#loss} of any other.
   */
  public Trainer judge(Judge another) {
    judges.add(another);
    return this;
  }

  /** Which epoch's weights are left in the model. */
  public Trainer keep(Keep which) {
    keep = which;
    return this;
  }

  /**
   * With an exponential average of the weights, which is what is judged, and left in the model.
   *
   * @param decay share of the past, in [0, 1); 0 for none
   */
  public Trainer average(double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("training: average " + decay + ": must be in [0, 1)");
    }
    average = decay;
    return this;
  }

  /** With gradients scaled down to this norm, all together, where they are longer; above 0. */
  public Trainer clipNorm(double most) {
    if (!(most > 0)) {
      throw new IllegalArgumentException(
          "training: clip norm " + most + ": must be more than 0; infinity is no limit");
    }
    clipNorm = most;
    return this;
  }

  /**
   * What is changed of the training images, one after the other, drawn anew for each image in each
   * epoch; judges see the images as they are.
   */
  public Trainer augment(List<Augmentation> changes) {
    augmentations = List.copyOf(changes);
    return this;
  }

  /**
   * Whether the examples that are left at an epoch's end, too few for a batch, are left out of that
   * epoch, as by {@code drop_last} of PyTorch's DataLoader; the shuffling leaves out others in
   * each.
   */
  public Trainer dropLast(boolean drop) {
    dropLast = drop;
    return this;
  }

  /** Where to resume from and to save to; null for nowhere. */
  public Trainer checkpoint(Checkpoint file) {
    checkpoint = file;
    return this;
  }

  /** Who is told how it goes. */
  public Trainer listener(TrainingListener told) {
    listener = told;
    return this;
  }

  /**
   * Trains, going on where a checkpoint stands.
   *
   * @param train to learn from
   * @param validation held back, judged after every epoch; may be empty
   * @return every epoch, those before a resume included
   * @throws IllegalArgumentException if there is nothing to learn from: no example, no whole batch
   *     where the last is dropped, or one value a channel for a batch norm; if the weights to keep
   *     are chosen by a figure that there is not
   * @throws IOException if a checkpoint cannot be read or written
   */
  public List<EpochResult> run(Examples train, Examples validation) throws IOException {
    return new TrainingRun(this, train, validation).run();
  }
}
