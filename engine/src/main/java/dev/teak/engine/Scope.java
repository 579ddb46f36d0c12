package dev.teak.engine;

import java.util.ArrayList;
import java.util.List;

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
  private boolean closed;

  private Scope(Scope outer) {
    this.outer = outer;
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
}
