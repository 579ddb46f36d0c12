package dev.teak.engine;

import java.util.Locale;

/**
 * A tensor as text: shape, a few values, and of larger ones statistics. What {@code toString}, and
 * with it the shell and every debugger, shows.
 */
final class TensorText {
  /** An axis longer than this is shown by its ends. */
  private static final int LONGEST = 8;

  private static final int ENDS = 3;

  /** A tensor of more values than these is not shown whole. */
  private static final int MOST = 64;

  private final int[] dims;
  private final String[] cells;
  private final StringBuilder text = new StringBuilder();
  private int width;

  private TensorText(int[] dims, String[] cells) {
    this.dims = dims;
    this.cells = cells;
  }

  static String of(Tensor t) {
    String head =
        "Tensor "
            + t.shape()
            + " "
            + t.dtype().toString().toLowerCase(Locale.ROOT)
            + " on "
            + t.device().name()
            + (t.requiresGrad() ? ", requires grad" : "");
    if (t.isReleased()) {
      return head + " (released)";
    }
    if (t.shape().size() == 0) {
      return head + ": empty";
    }
    double[] values = t.toNumbers();
    if (t.shape().rank() == 0) {
      return head + ": " + Numbers.shortest(values[0]);
    }
    String[] cells = new String[values.length];
    TensorText body = new TensorText(t.shape().dims(), cells);
    body.fill(values, 0, 0);
    body.write(0, 0);
    String statistics = values.length > LONGEST ? "\n" + Statistics.of(values) : "";
    return head + "\n" + body.text + statistics;
  }

  /** Of many values, the last two axes are shown by their ends, those before by their first. */
  private boolean isHidden(int axis, int i) {
    if (cells.length > MOST && axis < dims.length - 2) {
      return i > 0;
    }
    return dims[axis] > LONGEST && i >= ENDS && i < dims[axis] - ENDS;
  }

  /** Formats the cells that will be seen, and finds the widest. */
  private void fill(double[] values, int axis, int at) {
    if (axis == dims.length) {
      cells[at] = Numbers.shortest(values[at]);
      width = Math.max(width, cells[at].length());
      return;
    }
    for (int i = 0; i < dims[axis]; i++) {
      if (!isHidden(axis, i)) {
        fill(values, axis + 1, at * dims[axis] + i);
      }
    }
  }

  private void write(int axis, int at) {
    if (axis == dims.length) {
      text.append(" ".repeat(width - cells[at].length())).append(cells[at]);
      return;
    }
    text.append('[');
    for (int i = 0; i < dims[axis]; i++) {
      boolean hidden = isHidden(axis, i);
      if (!hidden || !isHidden(axis, i - 1)) {
        separate(axis, i);
      }
      if (!hidden) {
        write(axis + 1, at * dims[axis] + i);
      } else if (!isHidden(axis, i - 1)) {
        text.append("...");
      }
    }
    text.append(']');
  }

  private void separate(int axis, int i) {
    if (i > 0) {
      boolean last = axis == dims.length - 1;
      text.append(last ? ", " : "," + "\n".repeat(dims.length - 1 - axis) + " ".repeat(axis + 1));
    }
  }
}
