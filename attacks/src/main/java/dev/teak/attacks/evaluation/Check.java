package dev.teak.attacks.evaluation;

/**
 * One sign by which gradient masking shows (Athalye et al. 2018, section 3; Carlini et al., "On
 * evaluating adversarial robustness", 2019).
 *
 * @param number from 1 to 10
 * @param name what is looked at
 * @param value what was measured
 * @param limit the largest value that passes
 * @param meaning the value in words
 */
public record Check(int number, String name, double value, double limit, String meaning) {
  /** Whether nothing speaks against the evaluation here; a NaN does. */
  public boolean passed() {
    return value <= limit;
  }

  /** {@code pass} or {@code fail}. */
  public String verdict() {
    return passed() ? "pass" : "fail";
  }
}
