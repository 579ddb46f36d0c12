package dev.teak.lab.experiment;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;

/** The most memory that the heap of this process has held so far. */
final class PeakMemory {
  private PeakMemory() {}

  /** In MiB of Java's heap, where the java backend's tensors are. */
  static double mebibytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum()
        / (double) (1 << 20);
  }
}
