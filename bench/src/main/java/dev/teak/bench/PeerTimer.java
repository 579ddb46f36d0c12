package dev.teak.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Times the sides of a pair turn by turn, so that whatever slows the machine for a while slows all,
 * and reports medians, which a short disturbance does not move.
 *
 * @param warmupSeconds a window of the warm-up: after each, the side's time is looked at
 * @param sampleSeconds about how long one sample takes; short work is run several times for it
 * @param rounds samples of each side
 */
public record PeerTimer(double warmupSeconds, double sampleSeconds, int rounds) {
  private static final double NANOS = 1e9;
  private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();
  private static final int MOST_WINDOWS = 30;
  private static final int CALM_WINDOWS = 3;
  private static final double STILL_FASTER = 0.95;

  /** Share of a window that the JIT may take and still count as idle. */
  private static final double BUSY = 0.1;

  /** Nanoseconds of a run by whose end all that it takes is compiled. */
  private static final double LONG_RUN = 0.5 * NANOS;

  /** OpenMP's threads spin for 200 ms by default before they sleep. */
  private static final long SETTLE_MILLIS = 220;

  /** Rejects settings that would measure nothing. */
  public PeerTimer {
    if (!(warmupSeconds >= 0) || !(sampleSeconds > 0) || rounds < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "peer timer: warm-up %s s, sample %s s, %d rounds; wanted >= 0, > 0 and >= 1",
              warmupSeconds,
              sampleSeconds,
              rounds));
    }
  }

  /** What a table for publication takes: about twenty seconds a work. */
  public static PeerTimer full() {
    return new PeerTimer(0.5, 0.1, 25);
  }

  /** A first impression: about four seconds a work, so that all of them take three minutes. */
  public static PeerTimer quick() {
    return new PeerTimer(0.15, 0.05, 3);
  }

  /**
   * Measures one pair on some sides, each a row.
   *
   * @param peer whom they are compared with, or null where there is none
   */
  public List<PeerRow> measure(PeerPair pair, List<Works> sides, Works peer) {
    List<Works> all = new ArrayList<>(sides);
    if (peer != null) {
      all.add(peer);
    }
    List<Work> works = new ArrayList<>();
    try {
      all.forEach(side -> works.add(pair.open().apply(side)));
      double[][] millis = sampled(works);
      List<PeerRow> rows = new ArrayList<>();
      for (int i = 0; i < sides.size(); i++) {
        double[] theirs = peer == null ? new double[0] : millis[sides.size()];
        rows.add(row(pair, sides.get(i).name(), millis[i], theirs));
      }
      return rows;
    } finally {
      works.forEach(Work::close);
    }
  }

  /** Milliseconds of each work in each round. */
  private double[][] sampled(List<Work> works) {
    int[] runs = works.stream().mapToInt(this::warmUp).toArray();
    double[][] millis = new double[works.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < runs.length; i++) {
        millis[i][round] = sample(works.get(i), runs[i]);
      }
    }
    return millis;
  }

  private static PeerRow row(PeerPair pair, String backend, double[] ours, double[] theirs) {
    double millis = median(ours);
    Double rate = pair.flops() > 0 ? pair.flops() / millis / 1e6 : null;
    if (theirs.length == 0) {
      return new PeerRow(pair.work(), backend, millis, null, null, rate);
    }
    double[] ratios = new double[ours.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = theirs[i] / ours[i];
    }
    return new PeerRow(pair.work(), backend, millis, median(theirs), median(ratios), rate);
  }

  /**
   * Runs window after window, until in some of them on end the work got no faster and the JIT was
   * idle, or a single run is so long that it has seen to both. Says how many runs fill one sample.
   */
  private int warmUp(Work work) {
    double best = Double.MAX_VALUE;
    int calm = 0;
    for (int window = 0; window < MOST_WINDOWS && calm < CALM_WINDOWS; window++) {
      long begin = System.nanoTime();
      long compiled = compiled();
      double now = bestOfWindow(work);
      double compiling = (compiled() - compiled) * 1e6;
      boolean idle = compiling < BUSY * (System.nanoTime() - begin);
      if (idle && now > LONG_RUN) {
        return 1;
      }
      calm = idle && now > STILL_FASTER * best ? calm + 1 : 0;
      best = Math.min(best, now);
    }
    return (int) Math.max(1, Math.round(sampleSeconds * NANOS / best));
  }

  /** Milliseconds that the JIT has worked; 0 in a JVM without one. */
  private static long compiled() {
    return COMPILER == null ? 0 : COMPILER.getTotalCompilationTime();
  }

  /** Nanoseconds of the fastest run. */
  private double bestOfWindow(Work work) {
    double best = Double.MAX_VALUE;
    long begin = System.nanoTime();
    long now = begin;
    do {
      long last = now;
      work.run();
      now = System.nanoTime();
      best = Math.min(best, now - last);
    } while (now - begin < warmupSeconds * NANOS);
    return best;
  }

  /**
   * Milliseconds a run. The other side's idle threads spin for a while after its last run and would
   * take a core from this one, so they are waited out; then the first runs of short work do not
   * count.
   */
  private static double sample(Work work, int runs) {
    settle();
    for (int i = 0; runs > 1 && i < 1 + runs / 4; i++) {
      work.run();
    }
    long begin = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      work.run();
    }
    return (System.nanoTime() - begin) / 1e6 / runs;
  }

  private static void settle() {
    try {
      Thread.sleep(SETTLE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the measurement was interrupted", e);
    }
  }

  private static double median(double[] values) {
    return StatUtils.percentile(values, 50);
  }
}
