package dev.teak.lab.report;

import java.util.Locale;

/**
 * How many differences are shown to lie above zero, or below, and which is the largest: what can be
 * said in one sentence of many comparisons.
 */
final class Tally {
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
  void add(Summary difference, String of) {
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

  boolean isEmpty() {
    return total() == 0;
  }

  private int total() {
    return above + below + undecided;
  }

  /** The one word where more than half of the differences agree, and none is shown against it. */
  String verdict(String up, String down) {
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

  private String over() {
    if (overSeeds && overImages) {
      return "seeds, or over the images of one seed where the attack ran on one";
    }
    return overImages ? "the images of one seed" : "seeds";
  }

  /** How many, and from where to where. */
  String counts() {
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
