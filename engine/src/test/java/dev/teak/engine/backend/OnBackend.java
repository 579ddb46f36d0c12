package dev.teak.engine.backend;

/** A test of one backend; {@link SkipWithoutDevice} skips it where the machine lacks that. */
public interface OnBackend {
  /** The backend under test; gives up with an assumption where it is not there. */
  Backend backend();
}
