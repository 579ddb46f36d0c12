package dev.teak.nn.train;

/**
 * Where a training is.
 *
 * @param number of the step, from 0 over the whole training
 * @param total steps of the whole training
 * @param epoch from 0
 * @param epochs of the whole training
 */
public record Step(long number, long total, int epoch, int epochs) {
  /** How much of the training is done: 0 at the first step, below 1 at the last. */
  public double share() {
    return (double) number / total;
  }
}
