package dev.teak.lab.experiment;

import dev.teak.defenses.Defended;
import dev.teak.defenses.Fitting;
import dev.teak.nn.StateDict;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Checkpoint;
import dev.teak.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Has what stands in front of a model learn, what is nearest to the model first. A fit that is
 * killed goes on from its checkpoint; one that is done has it still, until {@link #done}.
 *
 * @param data that is learned from
 * @param listener is told how it goes
 */
public record FrontFits(Data.Learning data, TrainingListener listener) {
  /** Batches between two saves. */
  private static final int SAVE_EVERY = 100;

  /**
   * Has all in front of a model learn, each with a checkpoint of its own beside the training's.
   *
   * @param state where the training's checkpoints go; null for nowhere
   * @param settings what a resumed run must have in common with this one
   */
  public void fit(Defended defended, Path state, String settings) throws IOException {
    List<Defended.Front> inward = new ArrayList<>(defended.fronts());
    Collections.reverse(inward);
    for (int i = 0; i < inward.size(); i++) {
      fit(inward.get(i), state == null ? null : state(state, i), settings);
    }
  }

  /** Deletes the checkpoints of {@link #fit}, the training behind being done. */
  public static void done(Defended defended, Path state) throws IOException {
    for (int i = 0; i < defended.fronts().size(); i++) {
      Files.deleteIfExists(state(state, i));
    }
  }

  /** Where one's checkpoints go. */
  static Path state(Path training, int place) {
    return training.resolveSibling(training.getFileName() + ".front" + place);
  }

  /**
   * Has one learn.
   *
   * @return seconds
   */
  double fit(Defended.Front front, Path state, String settings) throws IOException {
    final long start = System.nanoTime();
    Checkpoint checkpoint = state == null ? null : new Checkpoint(state, settings, SAVE_EVERY);
    front
        .defense()
        .fit(
            front.module(),
            new Fitting(front.behind(), data.train(), data.validation(), checkpoint, listener));
    return (System.nanoTime() - start) * 1e-9;
  }

  /**
   * Has one learn that looks at no model, unless it is there already.
   *
   * @param file where what it has learned is kept
   * @return seconds that its fit took, whenever that was
   */
  double kept(Defended.Front front, Path file, String settings) throws IOException {
    if (!Files.exists(file)) {
      Path state = file.resolveSibling(file.getFileName() + ".resume");
      double seconds = fit(front, state, settings);
      SafeTensors.write(
          file,
          front.module().stateDict(),
          Map.of(
              "format",
              "teak",
              "defense",
              Settings.text(front.defense()),
              "seconds",
              Double.toString(seconds)));
      Files.deleteIfExists(state);
      return seconds;
    }
    SafeTensors.Content content = SafeTensors.read(file);
    try {
      StateDict.copy(
          "what was learned does not fit", content.tensors(), front.module().stateDict());
      return Double.parseDouble(content.metadata().getOrDefault("seconds", "0"));
    } finally {
      content.release();
    }
  }
}
