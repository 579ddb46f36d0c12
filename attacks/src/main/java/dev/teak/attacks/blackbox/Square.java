package dev.teak.attacks.blackbox;

import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The Square attack (Andriushchenko et al., "Square attack: a query-efficient black-box adversarial
 * attack via random search", ECCV 2020, algorithms 1 to 3): from stripes, random squares of change
 * are tried, and kept where the margin grows. A square covers the share p of the image, which
 * begins at 0.8 and is halved as the queries are used up; AutoAttack's settings are 5000 queries
 * and the schedule as it is for 10,000.
 *
 * @param threat the bound, in L-infinity or L2
 * @param goal what to reach
 * @param queries for each image, 1 or more
 * @param pInit share of the image that the first squares cover, in (0, 1]
 * @param rescale whether the schedule is fitted to the number of queries
 * @param restarts independent runs, 1 or more
 * @param seed of stripes and squares
 */
public record Square(
    ThreatModel threat,
    Goal goal,
    int queries,
    double pInit,
    boolean rescale,
    int restarts,
    long seed)
    implements FixedEpsilonAttack {
  /** Queries, of 10,000, after which p is halved (section 3.2). */
  private static final int[] HALVED = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};

  /** Rejects other norms, counts below 1 and shares outside (0, 1]. */
  public Square {
    boolean known = threat.norm() == Norm.LINF || threat.norm() == Norm.L2;
    if (!known || !threat.isBounded()) {
      throw new IllegalArgumentException(
          "square: threat " + threat + ": needs a finite epsilon in linf or l2");
    }
    if (queries < 1 || restarts < 1 || !(pInit > 0 && pInit <= 1)) {
      throw new IllegalArgumentException(
          "square: queries "
              + queries
              + ", restarts "
              + restarts
              + ": must be 1 or more; p "
              + pInit
              + ": in (0, 1]");
    }
  }

  /** AutoAttack's settings. */
  public static Square of(ThreatModel threat) {
    return new Square(threat, Goal.UNTARGETED, 5000, 0.8, false, 1, 0);
  }

  /** With another number of queries. */
  public Square queries(int n) {
    return new Square(threat, goal, n, pInit, rescale, restarts, seed);
  }

  /** With another seed. */
  public Square seed(long other) {
    return new Square(threat, goal, queries, pInit, rescale, restarts, other);
  }

  @Override
  public String name() {
    return "square";
  }

  @Override
  public int rounds() {
    return restarts;
  }

  /** The share of the image that a square covers at a query, from 0. */
  double share(int query) {
    long at = rescale ? 10_000L * query / queries : query;
    int halvings = 0;
    while (halvings < HALVED.length && at > HALVED[halvings]) {
      halvings++;
    }
    return pInit / (1 << halvings);
  }

  /** How an image is first changed and then changed again. */
  interface Squares {
    /** The first candidate for an image. */
    float[] stripes(float[] clean, float... u);

    /** Another candidate, from the best so far; p is the share to cover. */
    float[] next(float[] clean, float[] best, double p, float... u);

    /** How many random numbers {@link #stripes} takes; {@link #next} takes {@link #NEXT}. */
    int numbers();
  }

  /** Random numbers that one square takes, at most: places, and a sign a channel. */
  static final int NEXT = 8;

  @Override
  public void run(Run run) {
    int n = run.size();
    int size = run.image().size();
    Squares squares =
        threat.norm() == Norm.LINF
            ? new LinfSquares(threat, run.image())
            : new L2Squares(threat, run.image());
    SampleRandom random = run.random("squares");
    float[] all = run.images().toFloats();
    float[][] clean = new float[n][];
    float[][] best = new float[n][];
    double[] excess = new double[n];
    Arrays.fill(excess, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i++) {
      clean[i] = Arrays.copyOfRange(all, i * size, (i + 1) * size);
      best[i] = clean[i];
    }
    for (int query = 0; query < queries; query++) {
      int[] standing = standing(excess);
      if (standing.length == 0) {
        break;
      }
      int numbers = query == 0 ? squares.numbers() : NEXT + run.image().dim(2);
      float[][] candidates = new float[standing.length][];
      for (int j = 0; j < standing.length; j++) {
        int i = standing[j];
        float[] u = random.peek(i, numbers);
        candidates[j] =
            query == 0
                ? squares.stripes(clean[i], u)
                : squares.next(clean[i], best[i], share(query - 1), u);
      }
      random.advance(numbers);
      double[] found = ask(run, standing, candidates);
      for (int j = 0; j < standing.length; j++) {
        int i = standing[j];
        if (found[j] > excess[i]) {
          excess[i] = found[j];
          best[i] = candidates[j];
        }
      }
    }
    for (int i = 0; i < n; i++) {
      System.arraycopy(best[i], 0, all, i * size, size);
    }
    run.offer(Tensor.of(all, run.images().shape().dims()));
  }

  private static int[] standing(double... excess) {
    return IntStream.range(0, excess.length).filter(i -> !(excess[i] >= 0)).toArray();
  }

  private static double[] ask(Run run, int[] rows, float[]... candidates) {
    try (Scope scope = Scope.open()) {
      float[] pixels = new float[rows.length * run.image().size()];
      for (int j = 0; j < rows.length; j++) {
        System.arraycopy(candidates[j], 0, pixels, j * run.image().size(), run.image().size());
      }
      Tensor x = Tensor.of(pixels, run.images().shape().with(0, rows.length).dims());
      return run.aim().rows(rows).excess(run.victim().logits(x), 0).toDoubles();
    }
  }
}
