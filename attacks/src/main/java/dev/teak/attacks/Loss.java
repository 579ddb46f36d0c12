package dev.teak.attacks;

import dev.teak.engine.Losses;
import dev.teak.engine.Numbers;
import dev.teak.engine.Tensor;
import java.util.List;
import java.util.stream.Collectors;

/** What a gradient attack raises, image by image. */
public interface Loss {
  /**
   * Cross-entropy of the label, -log p[y], or -log (p[y] + p[r]) where r is "rejected"; with a
   * target log p[t].
   */
  Loss CROSS_ENTROPY = new Named("ce", Loss::crossEntropy);

  /**
   * The largest other logit less the label's ({@link Aim#merged}); with a target its logit less the
   * largest other, that of "rejected" included.
   */
  Loss MARGIN = new Named("margin", (logits, aim) -> aim.margin(logits));

  /**
   * The difference of logits ratio (Croce and Hein, "Reliable evaluation of adversarial
   * robustness", ICML 2020, equations 6 and 7): (max over c != y of z[c] - z[y]) / (z1 - z3), z1
   * &gt;= z2 &gt;= ... being the sorted logits; with a target (z[t] - z[y]) / (z1 - (z3 + z4) / 2).
   * Neither a shift nor a positive factor of the logits changes it. The logits are {@link
   * Aim#merged}: were "rejected", which lies close to the largest class, sorted in among them, the
   * ratio would be -1 for all images that are right.
   */
  Loss DLR = new Named("dlr", Loss::ratio);

  /** Those that have a name. */
  List<Loss> ALL = List.of(CROSS_ENTROPY, MARGIN, DLR);

  /** What it is called: ce, margin, dlr. */
  String name();

  /**
   * The loss of each image, {@code [N]}, differentiable.
   *
   * @param logits {@code [N, classes]}, with "rejected" behind them where some are
   * @throws IllegalArgumentException where it is not defined for so few classes
   */
  Tensor of(Tensor logits, Aim aim);

  /**
   * This loss of logits multiplied by a factor, which undoes a defense's temperature; {@code ce*10}
   * by name.
   */
  default Loss scaled(double factor) {
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          "loss " + name() + "*" + factor + ": the factor must be above 0, and finite");
    }
    return new Named(name() + "*" + factor, (z, aim) -> of(z.mul(factor), aim));
  }

  /** The loss of this name, of scaled logits where a factor stands behind it. */
  static Loss byName(String name) {
    String[] parts = name.split("\\*", 2);
    for (Loss loss : ALL) {
      if (loss.name().equals(parts[0])) {
        return parts.length == 1 ? loss : loss.scaled(Numbers.parse(parts[1]));
      }
    }
    String known = ALL.stream().map(Loss::name).collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        "there is no loss '" + name + "'; the losses are " + known + ", or ce*10 of 10 z");
  }

  /** A formula under a name. */
  record Named(String name, Formula formula) implements Loss {
    /** Logits {@code [N, classes]} and aim to {@code [N]}. */
    interface Formula {
      Tensor of(Tensor logits, Aim aim);
    }

    @Override
    public Tensor of(Tensor logits, Aim aim) {
      return formula.of(logits, aim);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Tensor crossEntropy(Tensor logits, Aim aim) {
    if (aim.isTargeted()) {
      return Losses.crossEntropy(logits, aim.targets(), Losses.Reduction.NONE).neg();
    }
    if (!aim.rejects()) {
      return Losses.crossEntropy(logits, aim.labels(), Losses.Reduction.NONE);
    }
    int last = logits.shape().dim(1) - 1;
    Tensor rejected = logits.slice(1, last, last + 1, 1).reshape(-1);
    Tensor held = Tensor.stack(1, List.of(Logits.of(logits, aim.labels()), rejected)); // [N, 2]
    return logits.logSumExp(1).sub(held.logSumExp(1));
  }

  private static Tensor ratio(Tensor all, Aim aim) {
    Tensor logits = aim.merged(all);
    int classes = logits.shape().dim(1);
    int needed = aim.isTargeted() ? 4 : 3;
    if (classes < needed) {
      throw new IllegalArgumentException(
          "dlr: it divides by "
              + (aim.isTargeted() ? "z1 - (z3 + z4) / 2" : "z1 - z3")
              + " of the sorted logits, and the model has "
              + classes
              + "; take the margin loss");
    }
    Tensor[] z = Logits.largest(logits, needed);
    Tensor tail = aim.isTargeted() ? z[2].add(z[3]).mul(0.5) : z[2];
    Tensor other =
        aim.isTargeted()
            ? Logits.of(logits, aim.targets())
            : Logits.largestExcept(logits, aim.labels());
    return other.sub(Logits.of(logits, aim.labels())).div(z[0].sub(tail).add(1e-12));
  }
}
