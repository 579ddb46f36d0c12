package dev.teak.engine.backend;

/**
 * The reductions that a backend must offer, always in a fixed order, so that runs repeat exactly.
 */
public enum ReduceFunction {
  /** Sum; 0 over nothing. */
  SUM,
  /** Largest element; NaN if any is NaN; -infinity over nothing. */
  MAX
}
