package dev.teak.lab.cli;

import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress on standard error: a bar with an estimate of the time left where that is a terminal,
 * else a plain line every few seconds.
 */
final class Progress implements AutoCloseable {
  private static final long LINE_NANOS = 5_000_000_000L;

  /** Told by the launcher: System.console() speaks of the other two streams, if of any. */
  private static final boolean ON_TERMINAL = Boolean.getBoolean("teak.terminal");

  private final String task;
  private final long total;
  private final ProgressBar bar;
  private final PrintStream err = System.err;
  private final long start = System.nanoTime();
  private long lastLine = start;

  /** Begins a task of {@code total} units. */
  Progress(String task, long total) {
    this.task = task;
    this.total = total;
    this.bar =
        ON_TERMINAL
            ? new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .setConsumer(new ConsoleProgressBarConsumer(err))
                .build()
            : null;
  }

  /** Says something in a line of its own. */
  void note(String message) {
    err.println(task + ": " + message);
  }

  /** Tells how far the task is, and what there is to say of it. */
  void at(long done, String message) {
    if (bar != null) {
      bar.stepTo(done);
      bar.setExtraMessage(" " + message);
      return;
    }
    long now = System.nanoTime();
    if (now - lastLine > LINE_NANOS && done > 0 && done < total) {
      lastLine = now;
      double left = (now - start) * 1e-9 * (total - done) / done;
      err.printf(
          Locale.ROOT, "%s: %d of %d, %s, about %.0f s left%n", task, done, total, message, left);
    }
  }

  /** Tells how far a part of a task of unknown length is. */
  void step(String part, long done, long of) {
    if (bar != null) {
      bar.maxHint(of);
      bar.stepTo(done);
      bar.setExtraMessage(" " + part);
      return;
    }
    long now = System.nanoTime();
    if (now - lastLine > LINE_NANOS) {
      lastLine = now;
      err.printf(Locale.ROOT, "%s: %s, %d of %d%n", task, part, done, of);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    } else {
      err.printf(Locale.ROOT, "%s: done in %.1f s%n", task, (System.nanoTime() - start) * 1e-9);
    }
  }
}
