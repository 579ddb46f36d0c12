package dev.teak.nn.train;

/** Is told how far something is; from any thread. */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress SILENT = (task, done, total, detail) -> {};

  /**
   * So much of a task is done.
   *
   * @param task its name
   * @param done units of work
   * @param total units of work; 0 where it is not known
   * @param detail what there is to say beside; may be empty
   */
  void at(String task, long done, long total, String detail);
}
