package dev.teak.nn.optim;

/**
 * A learning rate that falls when a figure no longer gets better, as PyTorch's ReduceLROnPlateau:
 * {@link #step} is told the figure after every epoch. It has a state, so a run that goes on later
 * needs {@link #state} and {@link #load}.
 *
 * <pre>{@code
 * ReduceOnPlateau schedule = new ReduceOnPlateau(ReduceOnPlateau.min(0.1).patience(5));
 * schedule.step(validationLoss); // after every epoch
 * }</pre>
 */
public final class ReduceOnPlateau implements LrSchedule {
  /** A smaller change of the learning rate is none. */
  private static final double EPS = 1e-8;

  /**
   * What it can be told.
   *
   * @param lr learning rate at first
   * @param lower whether the smaller figure is the better one
   * @param factor of each fall, below 1
   * @param patience how many epochs in a row without a better figure are borne
   * @param threshold a figure is better only by this share of the best
   * @param cooldown epochs after a fall in which nothing is counted
   * @param minLr no learning rate is below
   */
  public record Settings(
      double lr,
      boolean lower,
      double factor,
      int patience,
      double threshold,
      int cooldown,
      double minLr) {
    /** Rejects a factor that is no fall, and negative settings. */
    public Settings {
      Optimizer.requireAtLeastZero("learning rate", lr);
      Optimizer.requireShare("factor", factor);
      Optimizer.requireAtLeastZero("patience", patience);
      Optimizer.requireAtLeastZero("threshold", threshold);
      Optimizer.requireAtLeastZero("cooldown", cooldown);
      Optimizer.requireAtLeastZero("least learning rate", minLr);
    }

    /** With another factor. */
    public Settings factor(double of) {
      return new Settings(lr, lower, of, patience, threshold, cooldown, minLr);
    }

    /** With another patience. */
    public Settings patience(int epochs) {
      return new Settings(lr, lower, factor, epochs, threshold, cooldown, minLr);
    }

    /** With another threshold. */
    public Settings threshold(double share) {
      return new Settings(lr, lower, factor, patience, share, cooldown, minLr);
    }

    /** With a cooldown. */
    public Settings cooldown(int epochs) {
      return new Settings(lr, lower, factor, patience, threshold, epochs, minLr);
    }

    /** With a least learning rate. */
    public Settings minLr(double least) {
      return new Settings(lr, lower, factor, patience, threshold, cooldown, least);
    }
  }

  /**
   * Where it stands.
   *
   * @param lr learning rate now
   * @param best figure so far; infinite before the first
   * @param bad epochs in a row without a better one
   * @param cooling epochs left of the cooldown
   */
  public record State(double lr, double best, int bad, int cooling) {}

  private final Settings settings;
  private State state;

  /** At the beginning. */
  public ReduceOnPlateau(Settings settings) {
    this.settings = settings;
    double worst = settings.lower ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    this.state = new State(settings.lr, worst, 0, 0);
  }

  /** PyTorch's defaults, for a figure that is to be small, such as a loss. */
  public static Settings min(double lr) {
    return new Settings(lr, true, 0.1, 10, 1e-4, 0, 0);
  }

  /** PyTorch's defaults, for a figure that is to be large, such as an accuracy. */
  public static Settings max(double lr) {
    return new Settings(lr, false, 0.1, 10, 1e-4, 0, 0);
  }

  /** An epoch ended with this figure. */
  public void step(double figure) {
    boolean better =
        settings.lower
            ? figure < state.best * (1 - settings.threshold)
            : figure > state.best * (1 + settings.threshold);
    double best = better ? figure : state.best;
    int bad = better || state.cooling > 0 ? 0 : state.bad + 1;
    int cooling = Math.max(0, state.cooling - 1);
    if (bad <= settings.patience) {
      state = new State(state.lr, best, bad, cooling);
    } else {
      double lower = Math.max(state.lr * settings.factor, settings.minLr);
      double lr = state.lr - lower > EPS ? lower : state.lr;
      state = new State(lr, best, 0, settings.cooldown);
    }
  }

  /** The learning rate now, whichever the step. */
  @Override
  public double at(long step, long total) {
    return state.lr;
  }

  /** Where it stands: for a checkpoint. */
  public State state() {
    return state;
  }

  /** Goes on from what {@link #state} gave. */
  public void load(State from) {
    state = from;
  }
}
