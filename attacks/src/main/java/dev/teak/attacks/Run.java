package dev.teak.attacks;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import java.util.Arrays;

/**
 * One run of an attack over the images that it still has to reach: what it may ask, and the best
 * that it has offered for each. All is done on the device; nothing waits.
 */
public final class Run implements AutoCloseable {
  private final ThreatModel threat;
  private final Victim victim;
  private final Tensor images;
  private final Aim aim;
  private final int round;
  private final Randomness randomness;
  private final Keep keep;
  private final Slot best;
  private final Slot key;
  private final Slot smallest;
  private Slot logits;
  private int offers;

  /** Makes the streams of random numbers by their use. */
  interface Randomness {
    SampleRandom of(String use);
  }

  /**
   * Which of the images offered is kept: of those past the goal the nearest, or the one farthest
   * past the goal.
   *
   * @param confidence by how much the nearest must at least be past the goal
   */
  record Keep(boolean nearest, double confidence) {
    static final Keep FARTHEST = new Keep(false, 0);
  }

  Run(
      ThreatModel threat,
      Victim victim,
      Tensor images,
      Aim aim,
      int round,
      Randomness randomness,
      Keep keep) {
    this.threat = threat;
    this.victim = victim;
    this.images = images;
    this.aim = aim;
    this.round = round;
    this.randomness = randomness;
    this.keep = keep;
    Shape n = Shape.of(images.shape().dim(0));
    this.best = new Slot(images);
    this.key = new Slot(Tensor.full(images.device(), n, Double.NEGATIVE_INFINITY));
    this.smallest = new Slot(Tensor.full(images.device(), n, Double.POSITIVE_INFINITY));
  }

  /** What the attack may do. */
  public ThreatModel threat() {
    return threat;
  }

  /** The model, its queries counted. */
  public Victim victim() {
    return victim;
  }

  /** The clean images, {@code [N, H, W, C]}. */
  public Tensor images() {
    return images;
  }

  /** What is to be reached for each. */
  public Aim aim() {
    return aim;
  }

  /** How many images there are, 1 or more. */
  public int size() {
    return images.shape().dim(0);
  }

  /** The shape of one image. */
  public Shape image() {
    return Shape.of(images.shape().dim(1), images.shape().dim(2), images.shape().dim(3));
  }

  /** Number of this run, from 0. */
  public int round() {
    return round;
  }

  /** Random numbers for each image, of this run and use alone. */
  public SampleRandom random(String use) {
    return randomness.of(use + "/" + round);
  }

  /** A number for each image, {@code [N, 1, 1, 1]}. */
  public Tensor each(double value) {
    return Tensor.full(images.device(), Shape.of(size(), 1, 1, 1), value);
  }

  /** Numbers {@code [N]} as {@code [N, 1, 1, 1]}, to be broadcast over the pixels of each image. */
  public Tensor perImage(Tensor numbers) {
    return numbers.reshape(size(), 1, 1, 1);
  }

  /**
   * The gradient of a loss about what is to be reached, {@code [N, H, W, C]}, as the model gives
   * it: {@link ThreatModel#step} takes one that is not finite.
   */
  public Tensor slope(Tensor x, Loss loss) {
    return noted(x, logits -> loss.of(logits, aim)).gradient();
  }

  /** The gradient of a loss about what is to be reached, as of {@link #gradients}. */
  public Victim.Gradients gradient(Tensor x, Loss loss) {
    return gradient(x, loss, aim);
  }

  /** The gradient of a loss about another aim. */
  public Victim.Gradients gradient(Tensor x, Loss loss, Aim about) {
    return gradients(x, logits -> loss.of(logits, about));
  }

  /**
   * The gradients of functions of the logits, {@link Victim#finite}; an image for which all are
   * zero, or one has a NaN, is noted.
   */
  public Victim.Gradients gradients(Tensor x, Victim.LogitFunction... of) {
    return noted(x, of).finite();
  }

  private Victim.Gradients noted(Tensor x, Victim.LogitFunction... of) {
    Victim.Gradients found = victim.gradients(x, of);
    try (Autograd.Mode plain = Autograd.noGrad()) {
      int[] pixels = {1, 2, 3};
      Tensor largest = found.gradient().abs().max(pixels);
      for (int i = 1; i < of.length; i++) {
        largest = largest.maximum(found.gradients().get(i).abs().max(pixels));
      }
      smallest.set(smallest.get().minimum(largest));
    }
    return found;
  }

  /** Takes note of what another attack on these images saw of their gradients. */
  public void note(AdversarialBatch made) {
    smallest.set(smallest.get().minimum(Tensor.of(made.smallestGradients(), size())));
  }

  /** The margin that logits {@code [N, classes]} need, {@code [N]}, as of {@link Aim#needed}. */
  public Tensor needed(Tensor logits) {
    return aim.needed(logits, keep.confidence);
  }

  /** How far logits {@code [N, classes]} are past what they need, {@code [N]}. */
  public Tensor excess(Tensor logits) {
    return aim.excess(logits, keep.confidence);
  }

  /** 1 where logits {@code [N, classes]} reach the goal as is needed, else 0, {@code [N]}. */
  public Tensor reached(Tensor logits) {
    return excess(logits).ge(0);
  }

  /** Offers images, judged by a forward pass. */
  public void offer(Tensor x) {
    offer(x, victim.logits(x));
  }

  /**
   * Offers images whose logits are known: each that is better than the best so far takes its place.
   */
  public void offer(Tensor x, Tensor logitsOfX) {
    offer(x, logitsOfX, Tensor.scalar(1));
  }

  /**
   * As above, some of them.
   *
   * @param which 0 where an image is not offered, {@code [N]} or a scalar
   */
  public void offer(Tensor x, Tensor logitsOfX, Tensor which) {
    Tensor excess = excess(logitsOfX);
    Tensor offered;
    if (keep.nearest) {
      Tensor nearness = threat.norm().size(x.sub(images)).neg().reshape(size());
      offered = excess.ge(0).where(nearness, Tensor.scalar(Double.NEGATIVE_INFINITY));
    } else {
      // An image whose logits are NaN is no success, but it is more than one that stands.
      offered = excess.eq(excess).where(excess, Tensor.scalar(-Float.MIN_NORMAL));
    }
    Tensor better = offered.gt(key.get()).mul(which);
    key.set(better, offered);
    best.set(perImage(better), x);
    if (offers++ == 0) {
      logits = new Slot(logitsOfX);
    }
  }

  /** The best image so far for each; the clean one where none was better. */
  Tensor best() {
    return best.get();
  }

  /** Its excess or, where the nearest is sought, minus its distance; minus infinity for none. */
  public Tensor key() {
    return key.get();
  }

  /** The largest entry of the smallest gradient of each image; waits. */
  double[] smallestGradients() {
    return smallest.get().toDoubles();
  }

  /** The logits of what was offered, where that was once; else null. */
  float[] logitsIfOnce() {
    return offers == 1 ? logits.get().toFloats() : null;
  }

  @Override
  public void close() {
    for (Slot slot : Arrays.asList(best, key, smallest, logits)) {
      if (slot != null) {
        slot.close();
      }
    }
  }
}
