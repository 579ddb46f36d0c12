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
    double[] values = t.dtype().isFloat() ? t.toDoubles() : widen(t.toInts());
    if (t.shape().rank() == 0) {
      return head + ": " + number(values[0]);
    }
    String[] cells = new String[values.length];
    TensorText body = new TensorText(t.shape().dims(), cells);
    body.fill(values, 0, 0);
    body.write(0, 0);
    String statistics = values.length > LONGEST ? "\n" + statistics(values) : "";
    return head + "\n" + body.text + statistics;
  }

  private static double[] widen(int... ints) {
    double[] wide = new double[ints.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = ints[i];
    }
    return wide;
  }

  /** Five digits at most, and none that say nothing. */
  static String number(double v) {
    if (!Double.isFinite(v)) {
      return Double.toString(v);
    }
    if (v == Math.rint(v) && Math.abs(v) < 1e7) {
      return Long.toString((long) v);
    }
    double size = Math.abs(v);
    if (size < 1e-4 || size >= 1e6) {
      return String.format(Locale.ROOT, "%.3e", v);
    }
    int decimals = Math.max(0, 4 - (int) Math.floor(Math.log10(size)));
    return String.format(Locale.ROOT, "%." + Math.min(5, decimals) + "f", v)
        .replaceAll("(\\.\\d*?)0+$", "$1")
        .replaceAll("\\.$", "");
  }

  private static boolean isHidden(int extent, int i) {
    return extent > LONGEST && i >= ENDS && i < extent - ENDS;
  }

  /** Formats the cells that will be seen, and finds the widest. */
  private void fill(double[] values, int axis, int at) {
    if (axis == dims.length) {
      cells[at] = number(values[at]);
      width = Math.max(width, cells[at].length());
      return;
    }
    for (int i = 0; i < dims[axis]; i++) {
      if (!isHidden(dims[axis], i)) {
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
      if (!isHidden(dims[axis], i)) {
        separate(axis, i);
        write(axis + 1, at * dims[axis] + i);
      } else if (i == ENDS) {
        separate(axis, i);
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

  private static String statistics(double... values) {
    double sum = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    int bad = 0;
    for (double v : values) {
      if (Double.isFinite(v)) {
        sum += v;
        min = Math.min(min, v);
        max = Math.max(max, v);
      } else {
        bad++;
      }
    }
    int n = values.length - bad;
    double mean = sum / n;
    double squares = 0;
    for (double v : values) {
      squares += Double.isFinite(v) ? (v - mean) * (v - mean) : 0;
    }
    String finite =
        n == 0
            ? "no finite value"
            : "min %s, max %s, mean %s, deviation %s"
                .formatted(number(min), number(max), number(mean), number(Math.sqrt(squares / n)));
    return finite + (bad == 0 || n == 0 ? "" : "; " + bad + " NaN or infinite");
  }
}
