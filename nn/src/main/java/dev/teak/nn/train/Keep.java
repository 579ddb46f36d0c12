package dev.teak.nn.train;

import dev.teak.nn.settings.Registered;
import dev.teak.nn.settings.Registry;
import java.util.List;

/** Which epoch's weights a training ends with, and when it ends before its time. */
@Registered(Keep.class)
public sealed interface Keep {
  /** Both. */
  Registry<Keep> REGISTRY =
      Registry.of("keep", Keep.class)
          .add("last", "the weights of the last epoch", new Last())
          .add(
              "best",
              "the weights of the best epoch by a figure; with a patience, no epoch after so many"
                  + " that were no better",
              new Best(Judge.VALIDATION_ACCURACY, 0));

  /** The last epoch's. */
  Keep LAST = new Last();

  /** Number of the epoch in the list whose weights are kept, from 0; -1 for the last. */
  int of(List<EpochResult> history);

  /** Whether no more epochs are to follow. */
  boolean isEnough(List<EpochResult> history);

  /** The best epoch's, after all epochs. */
  static Keep best(String by) {
    return new Best(by, 0);
  }

  /** The best epoch's, ending after so many epochs that were no better. */
  static Keep best(String by, int patience) {
    return new Best(by, patience);
  }

  /** The last epoch's. */
  record Last() implements Keep {
    @Override
    public int of(List<EpochResult> history) {
      return -1;
    }

    @Override
    public boolean isEnough(List<EpochResult> history) {
      return false;
    }
  }

  /**
   * The best epoch's, the first of equals; one whose figure is NaN is none.
   *
   * @param by name of a figure of {@link EpochResult}: the smaller one is better where the name
   *     ends in {@code loss}, else the larger
   * @param patience how many epochs in a row without a better one end the training; 0 for none
   */
  record Best(String by, int patience) implements Keep {
    /** Rejects a negative patience. */
    public Best {
      if (patience < 0) {
        throw new IllegalArgumentException(
            "patience: " + patience + ": must be 0, for none, or more");
      }
    }

    @Override
    public int of(List<EpochResult> history) {
      int best = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < history.size(); i++) {
        double figure = figure(history.get(i));
        double cost = by.endsWith("loss") ? figure : -figure;
        if (cost < least) {
          best = i;
          least = cost;
        }
      }
      return best;
    }

    private double figure(EpochResult result) {
      Double figure = result.figures().get(by);
      if (figure == null) {
        throw new IllegalArgumentException(
            "keep best: an epoch has no figure '"
                + by
                + "'; it has "
                + String.join(", ", result.figures().keySet()));
      }
      return figure;
    }

    @Override
    public boolean isEnough(List<EpochResult> history) {
      return patience > 0 && history.size() - 1 - of(history) >= patience;
    }
  }
}
