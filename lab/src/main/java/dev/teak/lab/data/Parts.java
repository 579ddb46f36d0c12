package dev.teak.lab.data;

import dev.teak.nn.train.Examples;

/**
 * The two parts of data that come as one: a share of each class, drawn by a seed, is the test. The
 * seed belongs to the data and not to the run, so that no run is judged by what another learned.
 *
 * @param testShare above 0 and below 1
 * @param seed of the draw
 */
record Parts(double testShare, long seed) {
  Parts {
    if (!(testShare > 0 && testShare < 1)) {
      throw new IllegalArgumentException(
          "test_share: " + testShare + " must be above 0 and below 1");
    }
  }

  Examples of(String name, Examples all, boolean train) {
    Examples.Split split = all.split(testShare, seed);
    if (split.rest().size() == 0 || split.held().size() == 0) {
      throw new DataException(
          name
              + ": a test_share of "
              + testShare
              + " of "
              + all.size()
              + " images leaves nothing to "
              + (split.held().size() == 0 ? "test on" : "train on"));
    }
    return train ? split.rest() : split.held();
  }

  /** Mixed, so that the first images are of all classes. */
  Examples mixed(Examples part) {
    return part.select(part.shuffled(seed, 0));
  }
}
