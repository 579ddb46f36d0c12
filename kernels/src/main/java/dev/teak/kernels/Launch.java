package dev.teak.kernels;

/**
 * How much there is to do.
 *
 * @param items work-items, rounded up to whole groups; none means nothing is launched
 * @param group work-items in a group
 * @param operations additions and multiplications of all items together, for the profile; 0 where
 *     nobody counted
 */
record Launch(long items, int group, double operations) {
  static Launch of(long items, int group) {
    return new Launch(items, group, 0);
  }

  /** Work-items rounded up to whole groups. */
  long global() {
    return (items + group - 1) / group * group;
  }

  /** An argument that is local memory of so many bytes, not a value. */
  record LocalMemory(long bytes) {}
}
