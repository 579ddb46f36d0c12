package dev.teak.lab.experiment;

import dev.teak.nn.train.EpochResult;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether an adversarial training by single steps has collapsed: it then holds against FGSM and
 * falls to PGD, mostly within an epoch (Wong, Rice and Kolter, "Fast is better than free", ICLR
 * 2020, section 5). It is seen where both judge the epochs ({@link AttackJudge}), as by {@code
 * judges: [fgsm(8/255), pgd(eps=8/255 steps=10 step_size=2/255)]}.
 *
 * <p>An epoch has it if PGD leaves less than half of what it left in the best epoch before, while
 * FGSM leaves nine tenths or more of what it left in that one. Where training as a whole goes
 * wrong, both fall.
 */
public final class CatastrophicOverfitting {
  private static final String PGD = "pgd";
  private static final String FGSM = "fgsm";

  private CatastrophicOverfitting() {}

  /**
   * What to say of the last of some epochs; empty where it does not have it, or was not judged by
   * both attacks.
   */
  public static Optional<String> in(List<EpochResult> history) {
    EpochResult last = history.get(history.size() - 1);
    EpochResult best = last;
    for (EpochResult epoch : history) {
      best = figure(epoch, PGD) > figure(best, PGD) ? epoch : best;
    }
    boolean fell = figure(last, PGD) < figure(best, PGD) / 2;
    boolean holds = figure(last, FGSM) >= 0.9 * figure(best, FGSM);
    if (!fell || !holds) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "catastrophic overfitting: pgd leaves %.1f%%, was %.1f%% in epoch %d; fgsm leaves"
                + " %.1f%%, was %.1f%%",
            100 * figure(last, PGD),
            100 * figure(best, PGD),
            best.epoch(),
            100 * figure(last, FGSM),
            100 * figure(best, FGSM)));
  }

  /** NaN, of which nothing is less and nothing more, where there is none. */
  private static double figure(EpochResult epoch, String name) {
    return epoch.figures().getOrDefault(name, Double.NaN);
  }
}
