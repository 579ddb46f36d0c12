package dev.teak.lab.experiment;

import dev.teak.lab.data.Dataset;
import dev.teak.lab.data.Datasets;
import dev.teak.nn.train.Examples;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The images of an experiment, in their three parts. Training and searching are given the first two
 * alone.
 *
 * @param learning to train on and to judge trainings by
 * @param test for the results
 * @param classes how many
 */
public record Data(Learning learning, Examples test, int classes) {
  /** The synthetic digits are drawn from this seed: every cell has the same ones. */
  private static final long SYNTHETIC_SEED = 1;

  /**
   * What a model may be made from.
   *
   * @param train to learn from
   * @param validation held back; may be empty
   */
  public record Learning(Examples train, Examples validation) {}

  /**
   * Reads what an experiment asks for.
   *
   * @param folder where data sets are
   * @throws dev.teak.lab.data.DataException if it is not there, or too few
   */
  public static Data of(Experiment experiment, Path folder) throws IOException {
    Experiment.Images images = experiment.images();
    Dataset learning = Datasets.load(experiment.data(), true, folder, SYNTHETIC_SEED);
    Dataset test = Datasets.load(experiment.data(), false, folder, SYNTHETIC_SEED);
    Examples first = learning.slice(0, images.train() + images.validation()).examples();
    return new Data(
        new Learning(first.slice(0, images.train()), first.slice(images.train(), first.size())),
        test.slice(0, images.test()).examples(),
        test.classes());
  }
}
