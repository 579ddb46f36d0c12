package dev.teak.lab.cli;

import dev.teak.defenses.Training;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.lab.data.Dataset;
import dev.teak.nn.Models;
import dev.teak.nn.Module;
import dev.teak.nn.io.CheckpointException;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.LrSchedule;
import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.Trainer;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the commands share: data sets split into parts, models made, trained and kept in files
 * together with what they are.
 */
final class Study {
  /** One of so many training images is held back for validation. */
  private static final int HELD_BACK = 12;

  private Study() {}

  /** A model with initial weights drawn by the seed. */
  static Module model(String name, Dataset d, long seed) {
    return Models.byName(name, d.image(), d.classes(), new RandomStream(seed, "init"));
  }

  /** How a model is trained: everything but data and device. */
  record Recipe(int epochs, int batch, double lr, long seed, Training training) {}

  /**
   * What came of a training beside the weights.
   *
   * @param effectiveDimension how many pixels a learned mask keeps; empty where there is none
   */
  record Trained(List<TrainingListener.EpochResult> epochs, OptionalDouble effectiveDimension) {}

  /**
   * Trains with Adam, its rate falling along half a cosine, holding back the last twelfth of the
   * images for validation.
   */
  static Trained train(
      Module model, Dataset data, Recipe recipe, Checkpoint checkpoint, String task)
      throws IOException {
    int held = data.size() / HELD_BACK;
    Examples all = data.examples();
    Examples train = all.slice(0, data.size() - held);
    Examples validation = all.slice(data.size() - held, data.size());
    long batches = (long) recipe.epochs * ((train.size() + recipe.batch - 1) / recipe.batch);
    try (Progress progress = new Progress(task, batches);
        Training.Run run = ready(recipe, model, train.image())) {
      Trainer trainer =
          new Trainer(
              model,
              Adam.adam(run.parameters(), recipe.lr),
              LrSchedule.cosine(recipe.lr),
              recipe.epochs,
              recipe.batch,
              recipe.seed,
              run,
              checkpoint,
              new Reporter(progress));
      return new Trained(trainer.run(train, validation), run.effectiveDimension());
    }
  }

  private static Training.Run ready(Recipe recipe, Module model, Shape image) {
    try {
      return recipe.training.on(model, image, recipe.seed);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private record Reporter(Progress progress) implements TrainingListener {
    @Override
    public void onResume(int epochs, int batches) {
      progress.note("going on after epoch " + epochs + ", batch " + batches + " of the next");
    }

    @Override
    public void onBatch(int epoch, int batch, int batches, double loss) {
      progress.at(
          (long) (epoch - 1) * batches + batch,
          String.format(Locale.ROOT, "epoch %d, loss %.4f", epoch, loss));
    }
  }

  /** Keeps a model's weights, and what it is, in a file. */
  static void save(Path file, String modelName, Module model, Dataset data) throws IOException {
    Map<String, String> what = new LinkedHashMap<>();
    what.put("format", "teak");
    what.put("layout", "nhwc");
    what.put("model", modelName);
    what.put("image", data.image().toString());
    what.put("classes", Integer.toString(data.classes()));
    SafeTensors.write(file, model.stateDict(), what);
  }

  /**
   * Makes the model that a file holds the weights of.
   *
   * @throws CheckpointException if the file does not say which, or it is not for these images
   */
  static Module load(Path file, Dataset data) throws IOException {
    SafeTensors.Content content = SafeTensors.read(file);
    String name = content.metadata().get("model");
    if (name == null || !Models.NAMES.contains(name)) {
      throw new CheckpointException(
          file
              + ": does not say which of teak's models its weights are for; 'teak train' writes"
              + " files that do");
    }
    String image = content.metadata().get("image");
    if (!data.image().toString().equals(image)) {
      throw new CheckpointException(
          file + ": is for images " + image + ", " + data.name() + " has " + data.image());
    }
    Module model = model(name, data, 0);
    try {
      model.loadStateDict(content.tensors());
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file + ": " + e.getMessage());
    } finally {
      content.release();
    }
    return model;
  }
}
