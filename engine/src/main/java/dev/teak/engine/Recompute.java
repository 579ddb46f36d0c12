package dev.teak.engine;

import dev.teak.engine.op.Call;
import dev.teak.engine.op.Op;
import dev.teak.engine.op.OpInfo;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Gradient checkpointing (Chen et al. 2016, "Training deep nets with sublinear memory cost"): a
 * function that is cut into stretches and keeps only what goes in and out of each; when the
 * backward pass comes to it, one stretch after the other runs again, the last one first. That costs
 * one more forward. The second run draws the same random numbers, so the gradients are those of the
 * plain function. They reach whatever the function used: its input, parameters, captured tensors.
 */
public final class Recompute implements Op {
  private static final OpInfo INFO =
      new OpInfo("recompute", "f(x), keeping x and y only", "f runs again, then as of f");

  /**
   * A part of the function between two tensors that are kept. It must depend on nothing that
   * changes before the backward pass.
   *
   * @param first what runs forward
   * @param again what runs in the backward pass: gives the same numbers and has no effects
   */
  public record Stretch(UnaryOperator<Tensor> first, UnaryOperator<Tensor> again) {
    /** Of a function without effects. */
    public Stretch(UnaryOperator<Tensor> function) {
      this(function, function);
    }
  }

  /** A stretch that ran: on what, with what, and where the random streams stood. */
  private static final class Run {
    private final UnaryOperator<Tensor> again;
    private final Tensor x;
    private final Run outer = RUNNING.get();
    private final Map<RandomStream, Long> streams = new IdentityHashMap<>();
    private final Set<Tensor> used = new LinkedHashSet<>(); // tensors equal only themselves

    private Run(UnaryOperator<Tensor> again, Tensor x) {
      this.again = again;
      this.x = x;
    }

    /** Runs the stretch and keeps its result alone. */
    Tensor forward(UnaryOperator<Tensor> first) {
      long since = Node.latest();
      RUNNING.set(this);
      try (Scope scope = Scope.open()) {
        Tensor result = first.apply(x);
        for (Node node : BackwardPass.recorded(result, since)) {
          for (Tensor input : node.inputs) {
            boolean outside = input.gradFn() == null || input.gradFn().number <= since;
            if (outside && input.requiresGrad() && input != x) {
              used.add(input);
            }
          }
        }
        Tensor y = scope.keep(result.alias());
        return result.requiresGrad() ? y.requiresGrad(true) : y;
      } finally {
        RUNNING.set(outer);
      }
    }

    Tensor again(Tensor x) {
      Map<RandomStream, Long> now = new IdentityHashMap<>();
      streams.forEach(
          (stream, position) -> {
            now.put(stream, stream.position());
            stream.seek(position);
          });
      try {
        return again.apply(x);
      } finally {
        now.forEach(RandomStream::seek);
      }
    }
  }

  private static final ThreadLocal<Run> RUNNING = new ThreadLocal<>();

  private final List<Run> runs;

  private Recompute(List<Run> runs) {
    this.runs = runs;
  }

  /** f(x) as one stretch. */
  public static Tensor of(UnaryOperator<Tensor> f, Tensor x) {
    return of(List.of(new Stretch(f)), x);
  }

  /** The stretches one after the other, beginning with x. */
  public static Tensor of(List<Stretch> stretches, Tensor x) {
    Tensor y = x;
    if (!Autograd.isEnabled()) {
      for (Stretch s : stretches) {
        y = s.first.apply(y);
      }
      return y;
    }
    List<Run> runs = new ArrayList<>();
    Set<Tensor> inputs = new LinkedHashSet<>();
    inputs.add(x);
    for (Stretch s : stretches) {
      Run run = new Run(s.again, y);
      y = run.forward(s.first);
      runs.add(run);
      inputs.addAll(run.used);
    }
    return Autograd.record(new Recompute(runs), y.alias(), inputs.toArray(new Tensor[0]));
  }

  /** A stream is about to be drawn from. */
  static void drawing(RandomStream stream) {
    for (Run run = RUNNING.get(); run != null; run = run.outer) {
      run.streams.putIfAbsent(stream, stream.position());
    }
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public Tensor[] vjp(Tensor gradient, Call call) {
    Set<Tensor> needed = BackwardPass.identitySet(List.of());
    for (int i = 0; i < call.inputs().length; i++) {
      if (call.needs(i)) {
        needed.add(call.input(i));
      }
    }
    Map<Tensor, Tensor> found =
        Autograd.isEnabled()
            ? Autograd.pullback(() -> whole(call.input(0)), gradient, needed)
            : stretchByStretch(gradient, needed, call.isLast());
    Tensor[] products = new Tensor[call.inputs().length];
    for (int i = 0; i < products.length; i++) {
      products[i] = found.get(call.input(i));
    }
    return products;
  }

  /** For a gradient that may be differentiated again: everything at once, for all of it is kept. */
  private Tensor whole(Tensor x) {
    Tensor y = x;
    for (Run run : runs) {
      y = run.again(y);
    }
    return y;
  }

  private Map<Tensor, Tensor> stretchByStretch(
      Tensor gradient, Set<Tensor> needed, boolean isLast) {
    Map<Tensor, Tensor> found = new IdentityHashMap<>();
    Tensor g = gradient;
    for (int i = runs.size() - 1; i >= 0 && g != null; i--) {
      Run run = runs.get(i);
      Set<Tensor> targets = BackwardPass.identitySet(run.used);
      targets.retainAll(needed);
      if (leadsOn(i, needed)) {
        targets.add(run.x);
      } else if (targets.isEmpty()) {
        break;
      }
      Map<Tensor, Tensor> part = Autograd.pullback(() -> run.again(run.x), g, targets);
      if (g != gradient) {
        g.release();
      }
      g = i == 0 ? null : part.remove(run.x);
      part.forEach((t, product) -> found.merge(t, product, Tensor::add));
      if (isLast && i > 0) {
        run.x.release();
      }
    }
    return found;
  }

  /** Whether something that needs a gradient lies before stretch {@code i}. */
  private boolean leadsOn(int i, Set<Tensor> needed) {
    if (i == 0) {
      return needed.contains(runs.get(0).x);
    }
    for (Run before : runs.subList(0, i)) {
      if (needed.contains(before.x) || !java.util.Collections.disjoint(before.used, needed)) {
        return true;
      }
    }
    return false;
  }

  /** What lies between the stretches is nobody else's; the input and the output are. */
  @Override
  public void free() {
    for (Run run : runs.subList(1, runs.size())) {
      run.x.release();
    }
  }
}
