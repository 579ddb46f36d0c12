package dev.teak.bench;

/** A piece of work that is timed, set up once and run many times. */
public interface Work extends AutoCloseable {
  /** Does one step; on return its results are computed, not merely queued. */
  void run();

  /** Gives back what the setup allocated. */
  @Override
  void close();
}
