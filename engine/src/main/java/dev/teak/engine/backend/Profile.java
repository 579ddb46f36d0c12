package dev.teak.engine.backend;

import java.util.List;

/** Where a device's time goes: counts every kernel from when it was opened until it is closed. */
public interface Profile extends AutoCloseable {
  /** One row for each kernel that ran so far, the longest first; waits for those under way. */
  List<KernelTime> rows();

  @Override
  void close();

  /**
   * All runs of one kernel.
   *
   * @param kernel its name
   * @param calls how often it ran
   * @param seconds how long, by the device's own clock
   * @param operations additions and multiplications; 0 where nobody counted
   * @param bytes sizes of all buffers it was given: the least that it had to move
   */
  record KernelTime(String kernel, long calls, double seconds, double operations, double bytes) {
    /** Billions of operations a second; 0 where nobody counted. */
    public double gflops() {
      return seconds > 0 ? operations / seconds * 1e-9 : 0;
    }

    /** Billions of bytes a second. */
    public double gigabytes() {
      return seconds > 0 ? bytes / seconds * 1e-9 : 0;
    }
  }
}
