package dev.teak.attacks;

import dev.teak.engine.DType;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Module;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What the bases of all attacks share: the batch is checked, the attack runs on the images that
 * still stand, the best of all its runs is kept for each, and the outcome is judged anew by the
 * model on the images as they are stored, never by the attack's own belief.
 */
final class Search {
  private final Attack attack;
  private final ThreatModel threat;
  private final long seed;
  private final Queries victim;
  private final Tensor given;
  private final Tensor images;
  private final Tensor labels;
  private final int n;
  private final double[] original;
  private final double[] start;
  private final float[] clean;
  private final double[] found;
  private final long[] identities;
  private final double[] keys;
  private final double[] smallest;

  Search(Attack attack, long seed, Victim victim, Tensor given, Tensor labels) {
    this.attack = attack;
    this.threat = attack.threat();
    this.seed = seed;
    this.victim = new Queries(victim);
    this.given = given.detach();
    this.labels = labels;
    Shape s = given.shape();
    if (s.rank() != 4) {
      throw new IllegalArgumentException("attack: images " + s + ": expects [N, H, W, C]");
    }
    this.n = s.dim(0);
    if (labels.dtype() != DType.INT32 || !labels.shape().equals(Shape.of(n))) {
      throw new IllegalArgumentException(
          "attack: " + n + " images but labels " + labels + "; there must be one INT32 for each");
    }
    this.original = given.toDoubles();
    this.found = original.clone();
    this.clean = given.toFloats();
    this.images = inRange() ? this.given : threat.clip(this.given);
    this.start = images == this.given ? original : this.images.toDoubles();
    this.identities = SampleRandom.identities(clean, n);
    this.keys = new double[n];
    Arrays.fill(keys, Double.NEGATIVE_INFINITY);
    this.smallest = new double[n];
    Arrays.fill(smallest, Double.POSITIVE_INFINITY);
  }

  /**
   * Whether all pixels are within the range itself; where an end of it is no float, they may also
   * be the float nearest to that, and count as the nearest inside.
   */
  private boolean inRange() {
    float low = (float) threat.low();
    float high = (float) threat.high();
    float least = threat.least();
    float most = threat.most();
    boolean all = true;
    for (int i = 0; i < clean.length; i++) {
      if (!(clean[i] >= low && clean[i] <= high)) {
        throw new IllegalArgumentException(
            "attack: pixel "
                + i
                + " of the images "
                + given.shape()
                + " is "
                + clean[i]
                + ", outside the threat model's range "
                + threat.low()
                + ".."
                + threat.high());
      }
      all &= clean[i] >= least && clean[i] <= most;
    }
    return all;
  }

  /**
   * Keeps what is farthest past the goal; the later rounds are for those that have not got there.
   */
  AdversarialBatch best(int rounds, Consumer<Run> body) {
    return search(rounds, Run.Keep.FARTHEST, body, round -> i -> round == 0 || !(keys[i] >= 0));
  }

  /** Keeps what is nearest and past the goal. */
  AdversarialBatch nearest(int rounds, double confidence, Consumer<Run> body) {
    return search(
        rounds,
        new Run.Keep(true, confidence),
        body,
        round -> i -> keys[i] != 0 && (!threat.isBounded() || -keys[i] > threat.epsilon()));
  }

  private interface Standing {
    IntPredicate in(int round);
  }

  private AdversarialBatch search(
      int rounds, Run.Keep keep, Consumer<Run> body, Standing standing) {
    if (n == 0) {
      double[] none = {};
      return new AdversarialBatch(given.alias(), new int[0], new boolean[0], none, none, 0, 0);
    }
    try (Module.Evaluating eval = victim.model().evaluating();
        Scope scope = Scope.open()) {
      Aim aim = attack.goal().aim(victim, images, labels);
      if (keep.nearest()) {
        leaveThoseThere(aim, keep);
      }
      float[] logits = null;
      for (int round = 0; round < rounds; round++) {
        int[] rows = IntStream.range(0, n).filter(standing.in(round)).toArray();
        if (rows.length > 0) {
          logits = run(round, rows, aim, keep, body);
        }
      }
      // An image that ended too far away is given up, and so are the logits that it had.
      boolean asOffered = rounds == 1 && !keep.nearest();
      AdversarialBatch result = judged(aim, keep, asOffered ? logits : null);
      scope.keep(result.images());
      if (images != given) {
        images.release();
      }
      return result;
    }
  }

  /** An image that is past the goal already needs no change: its distance is 0. */
  private void leaveThoseThere(Aim aim, Run.Keep keep) {
    double[] excess = aim.excess(victim.logits(images), keep.confidence()).toDoubles();
    for (int i = 0; i < n; i++) {
      keys[i] = excess[i] >= 0 ? 0 : Double.NEGATIVE_INFINITY;
    }
  }

  /** Runs once; gives the logits of all images where they are known for sure, else null. */
  private float[] run(int round, int[] rows, Aim aim, Run.Keep keep, Consumer<Run> body) {
    Tensor x = images;
    Aim about = aim;
    if (rows.length < n) {
      x =
          Tensor.of(
              pick(start, clean.length / n, rows), images.shape().with(0, rows.length).dims());
      about = aim.rows(rows);
    }
    long[] ids = Arrays.stream(rows).mapToLong(i -> identities[i]).toArray();
    Run.Randomness random = use -> SampleRandom.of(ids, seed, attack.name() + "/" + use);
    try (Scope scope = Scope.open();
        Run run = new Run(threat, victim, x, about, round, random, keep)) {
      body.accept(run);
      return take(run, rows) && rows.length == n ? run.logitsIfOnce() : null;
    }
  }

  /** Takes over what a run found; says whether it was better for every image. */
  private boolean take(Run run, int... rows) {
    double[] offered = run.key().toDoubles();
    double[] theirs = run.best().toDoubles();
    double[] gradients = run.smallestGradients();
    int size = clean.length / n;
    boolean all = true;
    for (int i = 0; i < rows.length; i++) {
      int row = rows[i];
      smallest[row] = Math.min(smallest[row], gradients[i]); // NaN stays NaN
      if (offered[i] > keys[row]) {
        keys[row] = offered[i];
        System.arraycopy(theirs, i * size, found, row * size, size);
      } else {
        all = false;
      }
    }
    return all;
  }

  private AdversarialBatch judged(Aim aim, Run.Keep keep, float[] logitsIfKnown) {
    double[] distances = new double[n];
    boolean asOffered = logitsIfKnown != null && images == given;
    for (int p = 0; images != given && p < clean.length; p++) {
      // Counted as a float inside the range and not moved: it stays what it is.
      found[p] = (float) found[p] == threat.clip(clean[p]) ? original[p] : found[p];
    }
    for (int i = 0; i < n; i++) {
      distances[i] = distance(i);
      boolean tooFar = keep.nearest() && distances[i] > threat.epsilon();
      if (tooFar || Double.isNaN(distances[i])) {
        giveBack(i);
        distances[i] = 0;
        asOffered = false;
      }
    }
    Tensor x = Tensor.of(found, images.shape().dims());
    Tensor z = asOffered ? Tensor.of(logitsIfKnown, n, logitsIfKnown.length / n) : victim.logits(x);
    float[] logits = z.toFloats();
    double[] excess = aim.excess(z, keep.confidence()).toDoubles();
    int classes = logits.length / n;
    int[] predictions = new int[n];
    boolean[] success = new boolean[n];
    for (int i = 0; i < n; i++) {
      predictions[i] =
          victim.prediction(Arrays.copyOfRange(logits, i * classes, (i + 1) * classes));
      success[i] = excess[i] >= 0; // never of NaN
      distances[i] = success[i] ? distances[i] : Double.POSITIVE_INFINITY;
    }
    return new AdversarialBatch(
        x, predictions, success, distances, smallest, victim.gradients(), victim.forwards());
  }

  /** How far an image was changed, as floats; NaN where a pixel is NaN. */
  private double distance(int image) {
    int size = clean.length / n;
    float[] before = Arrays.copyOfRange(clean, image * size, (image + 1) * size);
    float[] now = new float[size];
    for (int p = 0; p < size; p++) {
      now[p] = (float) found[image * size + p];
      if (Float.isNaN(now[p])) {
        return Double.NaN; // L0 would count it
      }
    }
    return threat.norm().of(before, now, 0, size);
  }

  /** Leaves an image as it was. */
  private void giveBack(int image) {
    int size = clean.length / n;
    System.arraycopy(original, image * size, found, image * size, size);
  }

  private static double[] pick(double[] all, int size, int... rows) {
    double[] picked = new double[rows.length * size];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(all, rows[i] * size, picked, i * size, size);
    }
    return picked;
  }
}
