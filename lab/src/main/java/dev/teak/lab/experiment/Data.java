package dev.teak.lab.experiment;

import dev.teak.lab.data.Dataset;
import dev.teak.nn.train.Examples;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The images of an experiment, in their three parts. Training and searching are given the first two
 * alone.
 *
 * @param learning to train on and to judge trainings by
 * @param test for the results
 */
public record Data(Learning learning, Examples test) {
  /** The synthetic digits are drawn from this seed: every cell has the same ones. */
  private static final long SYNTHETIC_SEED = 1;

  /**
   * What a model may be made from.
   *
   * @param train to learn from
   * @param validation held back; may be empty
   * @param classes how many
   */
  public record Learning(Examples train, Examples validation, int classes) {}

  /**
   * Reads what an experiment asks for.
   *
   * @param folder where data sets are
   * @throws dev.teak.lab.data.DataException if it is not there, or too few
   */
  public static Data of(Experiment experiment, Path folder) throws IOException {
    Experiment.Counts images = experiment.images();
    int learned = images.train() + images.validation();
    Dataset learning = experiment.data().load(true, folder, SYNTHETIC_SEED, learned);
    Dataset test = experiment.data().load(false, folder, SYNTHETIC_SEED, images.test());
    Examples first = learning.slice(0, learned).examples();
    return new Data(
        new Learning(
            first.slice(0, images.train()),
            first.slice(images.train(), first.size()),
            learning.classes()),
        test.slice(0, images.test()).examples());
  }
}
