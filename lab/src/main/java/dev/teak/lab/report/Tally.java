package dev.teak.lab.report;

import dev.teak.lab.report.Question.Verdict;
import java.util.Locale;

/**
 * How many differences are shown to lie above zero, or below, and which is the largest: what can be
 * said in one sentence of many comparisons.
 */
public final class Tally {
  private int above;
  private int below;
  private int undecided;
  private boolean overSeeds;
  private boolean overImages;
  private Summary least = Summary.NOTHING;
  private Summary most = Summary.NOTHING;
  private String leastOf = "";
  private String mostOf = "";

  /** Counts a difference; one that was not measured does not count. */
  public void add(Summary difference, String of) {
    if (!difference.isThere()) {
      return;
    }
    overSeeds |= difference.hasInterval() && difference.count() > 1;
    overImages |= difference.hasInterval() && difference.count() == 1;
    above += difference.isAboveZero() ? 1 : 0;
    below += difference.isBelowZero() ? 1 : 0;
    undecided += difference.isAboveZero() || difference.isBelowZero() ? 0 : 1;
    if (!least.isThere() || difference.mean() < least.mean()) {
      least = difference;
      leastOf = of;
    }
    if (!most.isThere() || difference.mean() > most.mean()) {
      most = difference;
      mostOf = of;
    }
  }

  public boolean isEmpty() {
    return total() == 0;
  }

  /** Whether any of them has an interval over seeds. */
  public boolean hasIntervals() {
    return overSeeds;
  }

  /** How many differences. */
  public int total() {
    return above + below + undecided;
  }

  /** The one word where more than half of the differences agree, and none is shown against it. */
  public String verdict(String up, String down) {
    if (!overSeeds && !overImages) {
      return "not decided: one seed";
    }
    if (above == 0 && below == 0) {
      return "no difference is shown";
    }
    if (below == 0) {
      return up + (2 * above > total() ? "" : " in " + above + " of " + total());
    }
    if (above == 0) {
      return down + (2 * below > total() ? "" : " in " + below + " of " + total());
    }
    return up + " in " + above + ", " + down + " in " + below + " of " + total();
  }

  /** The same as a sign: whether all that is decided lies above zero, below, or on both sides. */
  public Verdict sign() {
    if (above == 0 && below == 0) {
      return Verdict.OPEN;
    }
    if (above > 0 && below > 0) {
      return Verdict.PARTLY;
    }
    boolean most = 2 * Math.max(above, below) > total();
    return above > 0 ? (most ? Verdict.YES : Verdict.PARTLY) : Verdict.NO;
  }

  /** The least and the largest of them in points, a line each. */
  public String range() {
    return total() == 1 ? least.points() : least.points() + "\nto " + most.points();
  }

  /** How many of them lie on one side of zero. */
  public int decided() {
    return above + below;
  }

  /** Whether all of them do. */
  public boolean isAllDecided() {
    return undecided == 0;
  }

  private String over() {
    if (overSeeds && overImages) {
      return "seeds, or over the images of one seed where the attack ran on one";
    }
    return overImages ? "the images of one seed" : "seeds";
  }

  /** How many, and from where to where. */
  public String counts() {
    return String.format(
        Locale.ROOT,
        "of %d differences %d lie above zero, %d below, %d are not decided (each by its own 95%% interval over %s); from %s (%s) to %s (%s) points",
        total(),
        above,
        below,
        undecided,
        over(),
        least.points(),
        leastOf,
        most.points(),
        mostOf);
  }
}
