package dev.teak.engine;

import dev.teak.engine.op.Op;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.stream.Collectors;

/**
 * Anomaly mode: reads back all that ops give, forward and backward, and throws at the first value
 * that is NaN or infinite. What happens inside a vjp is not looked at, only what comes out of it: a
 * rule may well make an infinity and then choose the other branch.
 */
final class Anomaly implements GraphObserver {
  private static final StackWalker STACK = StackWalker.getInstance();

  /** Where the user called each op whose gradient may still be asked for. */
  private final Map<Node, String> calls = new WeakHashMap<>();

  @Override
  public void forward(Op op, Tensor output, Tensor... inputs) {
    String call = usersLine();
    if (output.gradFn() != null) {
      calls.put(output.gradFn(), call);
    }
    String found = Autograd.inBackward() ? null : anomaly(output);
    if (found == null) {
      return;
    }
    StringBuilder message = new StringBuilder("anomaly: " + op.name() + " made " + found);
    for (int i = 0; i < inputs.length; i++) {
      String before = anomaly(inputs[i]);
      message.append("; input ").append(i).append(' ').append(inputs[i].shape());
      message.append(before == null ? " is finite" : " already held " + before);
    }
    throw new ArithmeticException(message + "; called at " + call);
  }

  @Override
  public void backward(Node node, Tensor gradient, Tensor... products) {
    for (int i = 0; i < products.length; i++) {
      String found = products[i] == null ? null : anomaly(products[i]);
      if (found != null) {
        String incoming = anomaly(gradient);
        throw new ArithmeticException(
            "anomaly: the gradient of "
                + node.op.name()
                + " in its input "
                + i
                + " is "
                + found
                + "; the gradient of its output "
                + node.output.shape()
                + (incoming == null ? " is finite" : " already held " + incoming)
                + "; its inputs are "
                + Arrays.stream(node.inputs)
                    .map(t -> t.shape().toString())
                    .collect(Collectors.joining(", "))
                + "; the op was called at "
                + calls.getOrDefault(node, "a line before anomaly mode was on"));
      }
    }
  }

  /** {@code NaN at [0, 2] of [3, 4] (5 of 12 are not finite)}, or null where all are finite. */
  private static String anomaly(Tensor t) {
    if (!t.dtype().isFloat() || t.isReleased()) {
      return null;
    }
    double[] values = t.toDoubles();
    int first = -1;
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        first = count++ == 0 ? i : first;
      }
    }
    return count == 0
        ? null
        : String.format(
            Locale.ROOT,
            "%s at %s of %s (%d of %d are not finite)",
            values[first],
            Arrays.toString(t.shape().index(first)),
            t.shape(),
            count,
            values.length);
  }

  /** The innermost stack frame outside the engine and the layers. */
  private static String usersLine() {
    return STACK.walk(
        frames ->
            frames
                .filter(f -> !isTeak(f.getClassName()))
                .findFirst()
                .map(f -> f.toStackTraceElement().toString())
                .orElse("an unknown line"));
  }

  private static boolean isTeak(String className) {
    return className.startsWith("dev.teak.engine.")
        || className.startsWith("dev.teak.nn.")
        || className.startsWith("java.");
  }
}
