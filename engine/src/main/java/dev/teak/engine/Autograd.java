package dev.teak.engine;

import dev.teak.engine.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reverse-mode differentiation. Ops record themselves on the tensors they make; {@link #grad} walks
 * back over only those that lead to the inputs asked for, so an attack that wants the gradient of
 * an image never computes that of a weight. The walk itself is {@link BackwardPass}.
 */
public final class Autograd {
  /** What a thread is doing. */
  private static final class State {
    private boolean recording = true;
    private boolean backward;
    private GraphObserver observer;
  }

  private static final ThreadLocal<State> STATE = ThreadLocal.withInitial(State::new);

  private Autograd() {}

  /** Whether ops of this thread are being recorded. */
  public static boolean isEnabled() {
    return STATE.get().recording;
  }

  /** Whether a backward pass is under way on this thread: in a vjp, in a hook. */
  public static boolean inBackward() {
    return STATE.get().backward;
  }

  /** Stops recording on this thread until the returned handle is closed. */
  public static Mode noGrad() {
    Mode mode = new Mode();
    mode.state.recording = false;
    return mode;
  }

  /** Records on this thread until the returned handle is closed, inside {@link #noGrad} too. */
  public static Mode enableGrad() {
    Mode mode = new Mode();
    mode.state.recording = true;
    return mode;
  }

  /** Has an observer told of this thread's ops and backward passes until the handle is closed. */
  public static Mode observe(GraphObserver observer) {
    Mode mode = new Mode();
    mode.state.observer = observer;
    return mode;
  }

  /**
   * Anomaly mode on this thread until the handle is closed: the first op or gradient that is NaN or
   * infinite throws an {@link ArithmeticException} that names the op, the shapes and the line of
   * the user's own that called it. Every result is read back, so this is slow; when off, it costs
   * nothing.
   */
  public static Mode detectAnomaly() {
    return observe(new Anomaly());
  }

  static Mode backwardMode(boolean recording) {
    Mode mode = new Mode();
    mode.state.recording = recording;
    mode.state.backward = true;
    return mode;
  }

  /** Restores on close what this thread was doing before. */
  public static final class Mode implements AutoCloseable {
    private final State state = STATE.get();
    private final boolean recording = state.recording;
    private final boolean backward = state.backward;
    private final GraphObserver observer = state.observer;

    private Mode() {}

    @Override
    public void close() {
      state.recording = recording;
      state.backward = backward;
      state.observer = observer;
    }
  }

  /**
   * What {@link #grad} may do beside the plain gradient.
   *
   * @param seed gradient of the output, of its shape; null means 1 and asks for a scalar output
   * @param createGraph whether the gradients can be differentiated again
   * @param retainGraph whether the graph can be walked again
   * @param allowUnused whether an input that the output does not depend on gives null, no error
   */
  public record Options(
      Tensor seed, boolean createGraph, boolean retainGraph, boolean allowUnused) {
    /** The plain gradient of a scalar. */
    public static final Options PLAIN = new Options(null, false, false, false);

    /** With a gradient of the output to start from. */
    public Options withSeed(Tensor gradient) {
      return new Options(gradient, createGraph, retainGraph, allowUnused);
    }

    /** With gradients that can be differentiated again; retains the graph as well. */
    public Options withGraph() {
      return new Options(seed, true, true, allowUnused);
    }

    /** With the graph kept for another walk. */
    public Options retaining() {
      return new Options(seed, createGraph, true, allowUnused);
    }

    /** With null for inputs that the output does not depend on. */
    public Options allowingUnused() {
      return new Options(seed, createGraph, retainGraph, true);
    }
  }

  /** The gradient of a scalar with respect to one input. */
  public static Tensor grad(Tensor output, Tensor input) {
    return grad(output, List.of(input), Options.PLAIN).get(0);
  }

  /**
   * The gradients of {@code output} with respect to {@code inputs}, in their order and shapes.
   *
   * @throws IllegalStateException if nothing connects an input to the output (unless allowed), or
   *     the graph was freed by an earlier pass
   * @throws ShapeException if the output is no scalar and there is no seed, or the seed does not
   *     fit
   */
  public static List<Tensor> grad(Tensor output, List<Tensor> inputs, Options options) {
    for (Tensor input : inputs) {
      if (!input.requiresGrad() && !options.allowUnused) {
        throw new IllegalStateException(
            "grad: input "
                + input.shape()
                + " does not require a gradient; call requiresGrad(true) on"
                + " it before it is used");
      }
    }
    Set<Tensor> targets = BackwardPass.identitySet(inputs);
    Map<Tensor, Tensor> found = new BackwardPass(output, options).to(targets);
    List<Tensor> result = new ArrayList<>(inputs.size());
    for (Tensor input : inputs) {
      Tensor g = found.get(input);
      if (g == null && !options.allowUnused) {
        throw new IllegalStateException(noPath(output, input));
      }
      result.add(g);
    }
    return result;
  }

  private static String noPath(Tensor output, Tensor input) {
    return "grad: the output "
        + output.shape()
        + " does not depend on the input "
        + input.shape()
        + (output.requiresGrad()
            ? "; ask for an input that it was made from, or allow unused inputs to get null for it"
            : ": it has no graph, for it was made under noGrad(), or from tensors that do not"
                + " require a gradient, or by an op that has none, or it was detached");
  }

  /** Adds the gradient of {@code output} to {@code grad()} of every leaf that it depends on. */
  static void backward(Tensor output, Options options) {
    if (!output.requiresGrad()) {
      throw new IllegalStateException(
          "backward: nothing that made this tensor "
              + output.shape()
              + " requires a gradient, or it was made under noGrad(), or detached; call"
              + " requiresGrad(true) on what is to get one, before it is used");
    }
    BackwardPass pass = new BackwardPass(output, options);
    pass.to(pass.accumulating()).forEach(Tensor::accumulateGrad);
  }

  /** Records that {@code op} made {@code output}, where a gradient may be asked for; returns it. */
  public static Tensor record(Op op, Tensor output, Tensor... inputs) {
    State state = STATE.get();
    if (state.recording && anyRequiresGrad(inputs)) {
      output.recordedAs(new Node(op, output, inputs));
    } else {
      op.free();
    }
    if (state.observer != null) {
      state.observer.forward(op, output, inputs);
    }
    return output;
  }

  /** Whether an op of these inputs would be recorded: then it keeps what its gradient needs. */
  public static boolean records(Tensor... inputs) {
    return STATE.get().recording && anyRequiresGrad(inputs);
  }

  private static boolean anyRequiresGrad(Tensor... inputs) {
    for (Tensor input : inputs) {
      if (input.requiresGrad()) {
        return true;
      }
    }
    return false;
  }

  static void notifyBackward(Node node, Tensor gradient, Tensor... products) {
    GraphObserver observer = STATE.get().observer;
    if (observer != null) {
      observer.backward(node, gradient, products);
    }
  }

  /**
   * For the vjp of an op that stands for a whole function: runs the function, recorded, and takes
   * the gradient of its result back to those of {@code targets}, made before, that it depends on.
   */
  static Map<Tensor, Tensor> pullback(
      Supplier<Tensor> function, Tensor gradient, Set<Tensor> targets) {
    boolean createGraph = isEnabled();
    long since = Node.latest();
    Tensor result;
    try (Mode on = enableGrad()) {
      result = function.get();
    }
    Options options = new Options(gradient, createGraph, createGraph, true);
    return new BackwardPass(result, options, since).to(targets);
  }
}
