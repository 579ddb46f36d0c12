package dev.teak.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Functions that somebody wants called, in the order in which they were added: on a tensor's
 * gradient, on a layer's output.
 */
public final class Hooks<F> {
  /** An entry is a handle, so that a function added twice is two entries. */
  private final List<Entry> entries = new ArrayList<>();

  /** Adds a function behind the others. */
  public Handle add(F function) {
    Entry entry = new Entry(function);
    entries.add(entry);
    return entry;
  }

  /** The functions as they stand: adding and removing does not disturb whoever walks over them. */
  public List<F> inOrder() {
    return entries.isEmpty() ? List.of() : entries.stream().map(e -> e.function).toList();
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Takes a hook away again. */
  public interface Handle extends AutoCloseable {
    /** Removes the hook; harmless if done already. */
    void remove();

    @Override
    default void close() {
      remove();
    }
  }

  private final class Entry implements Handle {
    private final F function;

    private Entry(F function) {
      this.function = function;
    }

    @Override
    public void remove() {
      entries.remove(this);
    }
  }
}
