package dev.teak.nn.models;

import dev.teak.engine.Tensor;
import dev.teak.engine.Update;
import dev.teak.nn.Module;
import java.util.Arrays;
import java.util.List;

/**
 * Models of the same classes that answer as one: logits {@code [N, classes]} of images {@code [N,
 * H, W, C]}, by a rule ({@link Combine}). Their parameters are {@code members.0...}, {@code
 * members.1...} and so on; the buffer {@code weights}, {@code [members]}, says what each is worth.
 */
public final class Ensemble extends Module {
  private final Members members;
  private final Combine combine;
  private final Tensor weights;
  private Module alone; // null: all together

  /**
   * Of some models, all worth the same.
   *
   * @param members one or more, which stay parts of this
   */
  public Ensemble(List<Module> members, Combine combine) {
    if (members.isEmpty()) {
      throw new IllegalArgumentException("ensemble: no members; it needs one or more");
    }
    this.members = submodule("members", new Members(members));
    this.combine = combine;
    weights = buffer("weights", Tensor.full(1.0 / members.size(), members.size()));
  }

  /** The members by their numbers. */
  private static final class Members extends Module {
    private final List<Module> all;

    Members(List<Module> members) {
      all = List.copyOf(members);
      for (int i = 0; i < all.size(); i++) {
        submodule(Integer.toString(i), all.get(i));
      }
    }

    /** The logits of each, {@code [members, N, classes]}. */
    @Override
    protected Tensor compute(Tensor images) {
      return Tensor.stack(0, all.stream().map(m -> m.forward(images)).toList());
    }
  }

  @Override
  protected Tensor compute(Tensor images) {
    return alone == null ? combine.of(members.forward(images), weights) : alone.forward(images);
  }

  /** Its members, each a model by itself. */
  public List<Module> members() {
    return members.all;
  }

  /** What each member is worth: 0 or more, with a sum of 1. */
  public double[] weights() {
    return weights.toDoubles();
  }

  /**
   * Says what each member is worth, by numbers whose proportions count.
   *
   * @param worth of each member, 0 or more, and not all of them 0
   */
  public void weights(double... worth) {
    double sum = Arrays.stream(worth).sum();
    boolean fit = Arrays.stream(worth).allMatch(w -> w >= 0) && sum > 0 && Double.isFinite(sum);
    if (worth.length != members.all.size() || !fit) {
      throw new IllegalArgumentException(
          "ensemble: weights "
              + Arrays.toString(worth)
              + " of "
              + members.all.size()
              + " members; there must be one of each, finite, 0 or more, and not all of them 0");
    }
    float[] shares = new float[worth.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (worth[i] / sum);
    }
    Update.assign(weights, shares);
  }

  /**
   * Lets one member answer in place of all, until the handle is closed: whatever this is a part of
   * then is the same with that member alone.
   *
   * @param member its number, from 0
   * @throws IndexOutOfBoundsException if there is no such member
   */
  public Alone alone(int member) {
    return new Alone(members.all.get(member));
  }

  /** One member in place of all. */
  public final class Alone implements AutoCloseable {
    private final Module before = alone;

    private Alone(Module member) {
      alone = member;
    }

    @Override
    public void close() {
      alone = before;
    }
  }
}
