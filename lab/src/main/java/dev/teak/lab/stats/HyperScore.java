package dev.teak.lab.stats;

import java.util.Arrays;

/**
 * The score by which DFMCL ("dynamic feature masking and curriculum learning") ranks models: 100 (1
 * + sigmoid(beta ln V + gamma)^kappa) of the mean V of clean and adversarial accuracies, with beta
 * = 4, gamma = -ln 2 and kappa = 2. It grows with V from 100 to 111.1 and hardly moves below one
 * half, where it is 100.09.
 */
public final class HyperScore {
  private HyperScore() {}

  /**
   * Of a model.
   *
   * @param accuracies clean and under attacks, each in [0, 1]; all weigh alike
   * @return 100 of accuracies of 0; NaN where one is NaN
   * @throws IllegalArgumentException if there is none, or one is outside [0, 1]
   */
  public static double of(double... accuracies) {
    for (double a : accuracies) {
      if (a < 0 || a > 1) {
        throw new IllegalArgumentException("accuracy " + a + ": must be in [0, 1]");
      }
    }
    double v =
        Arrays.stream(accuracies)
            .average()
            .orElseThrow(() -> new IllegalArgumentException("accuracies: needs one or more"));
    double power = Math.pow(v, 4); // e^(4 ln v); sigmoid(4 ln v - ln 2) is v^4 / (v^4 + 2)
    double sigmoid = power / (power + 2);
    return 100 * (1 + sigmoid * sigmoid);
  }
}
