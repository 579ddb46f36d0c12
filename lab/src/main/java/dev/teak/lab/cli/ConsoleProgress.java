package dev.teak.lab.cli;

import dev.teak.nn.train.Progress;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress on standard error: a bar with an estimate of the time left where that is a terminal,
 * else a plain line every few seconds, and one at the end.
 */
final class ConsoleProgress implements Progress, AutoCloseable {
  private static final long LINE_NANOS = 5_000_000_000L;

  /** Told by the launcher: System.console() speaks of the other two streams, if of any. */
  private static final boolean ON_TERMINAL = Boolean.getBoolean("teak.terminal");

  private final String name;
  private final PrintStream err = System.err;
  private final long start = System.nanoTime();
  private ProgressBar bar;
  private long lastLine = start;

  /** Begins something. */
  ConsoleProgress(String name) {
    this.name = name;
  }

  /** Says something in a line of its own. */
  synchronized void note(String message) {
    clearBar();
    err.println(name + ": " + message);
  }

  /** Prints a line of the results while this goes on. */
  synchronized void print(PrintWriter console, String line) {
    clearBar();
    console.println(line);
    console.flush();
  }

  /** Makes room for a line; the bar is drawn again below it. */
  private void clearBar() {
    if (bar != null) {
      err.print("\r\u001b[2K");
      err.flush();
    }
  }

  @Override
  public synchronized void at(String task, long done, long total, String detail) {
    long now = System.nanoTime();
    // What the name says already is not said again.
    String what = name.endsWith(task) || name.startsWith(task) ? detail : join(task, detail);
    if (ON_TERMINAL) {
      bar(total);
      bar.stepTo(done);
      bar.setExtraMessage(" " + what);
    } else if (now - lastLine > LINE_NANOS) {
      lastLine = now;
      err.println(name + ": " + line(done, total, what, (now - start) * 1e-9));
    }
  }

  private static String join(String task, String detail) {
    return detail.isEmpty() ? task : task + ", " + detail;
  }

  private static String line(long done, long total, String what, double seconds) {
    if (total <= 0 || done <= 0) {
      return what;
    }
    String left =
        done < total
            ? String.format(Locale.ROOT, ", about %s left", time(seconds * (total - done) / done))
            : "";
    return String.format(Locale.ROOT, "%d%%%s, %s", 100 * done / total, left, what);
  }

  /** {@code 50 s}, {@code 12 min} or {@code 3.5 h}. */
  static String time(double seconds) {
    if (seconds < 100) {
      return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
    }
    return seconds < 6000
        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }

  private void bar(long total) {
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setInitialMax(total)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .setConsumer(new ConsoleProgressBarConsumer(err))
              .build();
    }
    bar.maxHint(total);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    } else {
      err.println(name + ": done in " + time((System.nanoTime() - start) * 1e-9));
    }
  }
}
