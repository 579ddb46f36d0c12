package dev.teak.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Owns every tensor that its thread makes while it is the innermost open scope, and gives their
 * memory back when it closes. A training or attack step is one scope:
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *   Tensor loss = ...;
 *   loss.backward();                  // parameters' gradients outlive the scope
 *   return scope.keep(loss.detach()); // and so does what is kept: it moves to the scope outside
 * }
 * }</pre>
 *
 * Without any scope, tensors live until the garbage collector finds them.
 */
public final class Scope implements AutoCloseable {
  private static final ThreadLocal<Scope> INNERMOST = new ThreadLocal<>();

  private final Scope outer;
  private final List<Tensor> tensors = new ArrayList<>();
  private final Meter meter;
  private final long before; // bytes held when it opened
  private final long peakBefore; // of the scopes around it
  private boolean closed;

  private Scope(Scope outer) {
    this.outer = outer;
    this.meter = outer == null ? new Meter() : outer.meter;
    this.before = meter.live;
    this.peakBefore = meter.peak;
    meter.peak = meter.live;
  }

  /** Bytes of what was allocated in an outermost scope and those inside it. */
  static final class Meter {
    private long live;
    private long peak;

    void add(long bytes) {
      live += bytes;
      peak = Math.max(peak, live);
    }
  }

  Meter meter() {
    return meter;
  }

  /** Opens a scope inside the innermost one of this thread. */
  public static Scope open() {
    Scope scope = new Scope(INNERMOST.get());
    INNERMOST.set(scope);
    return scope;
  }

  static Scope innermost() {
    return INNERMOST.get();
  }

  void adopt(Tensor tensor) {
    tensors.add(tensor);
  }

  /** Moves a tensor to the scope outside this one (to nobody, if there is none); returns it. */
  public Tensor keep(Tensor tensor) {
    if (tensor.owner() == this) {
      tensor.moveTo(outer);
    }
    return tensor;
  }

  /** Releases every tensor made in this scope and not kept. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (INNERMOST.get() != this) {
      throw new IllegalStateException(
          "scope closed out of order: close the scopes opened inside it first, on the same thread");
    }
    closed = true;
    meter.peak = Math.max(meter.peak, peakBefore);
    if (outer == null) {
      INNERMOST.remove();
    } else {
      INNERMOST.set(outer);
    }
    for (Tensor t : tensors) {
      if (t.owner() == this) {
        t.release();
      }
    }
  }

  /**
   * What a scope holds; a buffer that several tensors share counts once.
   *
   * @param liveBytes allocated since the scope opened, in it and in scopes inside it, and not
   *     released yet, whoever owns it now
   * @param peakBytes the most that {@code liveBytes} was
   * @param byOp bytes of the tensors that it owns now, by the op that made them and most first;
   *     {@code (no graph)} stands for tensors that no recorded op made
   */
  public record Stats(long liveBytes, long peakBytes, Map<String, Long> byOp) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%,d bytes live, %,d at the peak; by op: %s", liveBytes, peakBytes, byOp);
    }
  }

  /** What this scope holds now; it must be the innermost open one of its thread. */
  public Stats stats() {
    if (closed || INNERMOST.get() != this) {
      throw new IllegalStateException(
          "scope statistics: ask the innermost open scope, on its own thread");
    }
    Map<String, Long> byOp = new HashMap<>();
    Set<Storage> counted = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Tensor t : tensors) {
      Storage storage = t.storage();
      if (t.owner() == this && storage != null && counted.add(storage)) {
        String op = t.gradFn() == null ? "(no graph)" : t.gradFn().op().name();
        byOp.merge(op, storage.bytes(), Long::sum);
      }
    }
    Map<String, Long> sorted = new LinkedHashMap<>();
    byOp.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(e -> sorted.put(e.getKey(), e.getValue()));
    return new Stats(meter.live - before, meter.peak - before, sorted);
  }
}
