package dev.teak.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What this machine can do at most, measured: the two roofs under which every kernel works.
 *
 * @param fmaGflops fused multiply-adds in registers on all cores, in GFLOP/s (two operations each);
 *     null where the JVM runs without the Vector API
 * @param copyGbps copying arrays larger than the caches on all cores, bytes read plus bytes
 *     written, in GB/s
 */
public record Roofline(
    @JsonProperty("fma_gflops") Double fmaGflops, @JsonProperty("copy_gbps") double copyGbps) {
  private static final int ROUNDS = 7;
  private static final int FMAS = 4_000_000;
  private static final int CHAINS = 12;
  private static final int COPY = 16 << 20;

  /** Measures for about two seconds. */
  public static Roofline measure() {
    int threads = Runtime.getRuntime().availableProcessors();
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    Double fma = vectors ? best(threads, Fma::operations, Fma.class.getSimpleName()) : null;
    float[][] from = new float[threads][COPY];
    float[][] to = new float[threads][COPY];
    double copy = best(threads, i -> copy(from[i], to[i]), "copy");
    return new Roofline(fma, copy);
  }

  /** Does work on one thread; says how much it was. */
  private interface Part {
    double run(int thread);
  }

  /** The best round's work a nanosecond, all threads together. */
  private static double best(int threads, Part part, String name) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      double[] done = new double[threads];
      List<Thread> all = new ArrayList<>();
      long begin = System.nanoTime();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        all.add(new Thread(() -> done[thread] = part.run(thread), "roofline-" + name + i));
        all.get(i).start();
      }
      double sum = 0;
      for (int i = 0; i < threads; i++) {
        join(all.get(i));
        sum += done[i];
      }
      best = Math.max(best, sum / (System.nanoTime() - begin));
    }
    return best;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the measurement was interrupted", e);
    }
  }

  private static double copy(float[] from, float[] to) {
    int times = 4;
    for (int i = 0; i < times; i++) {
      System.arraycopy(from, 0, to, 0, from.length);
    }
    return 2.0 * times * from.length * Float.BYTES;
  }

  /** A class of its own, so that it is not loaded where there is no Vector API. */
  private static final class Fma {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static volatile float sink;

    /** Chains of multiply-adds that do not wait for each other: as many as hide the latency. */
    static double operations(int thread) {
      FloatVector x = FloatVector.broadcast(S, 1.0f + thread * 1e-9f);
      FloatVector y = FloatVector.broadcast(S, 1e-9f);
      FloatVector a = y;
      FloatVector b = x;
      FloatVector c = y;
      FloatVector d = x;
      FloatVector e = y;
      FloatVector f = x;
      FloatVector g = y;
      FloatVector h = x;
      FloatVector p = y;
      FloatVector q = x;
      FloatVector r = y;
      FloatVector s = x;
      for (int i = 0; i < FMAS; i++) {
        a = a.fma(x, y);
        b = b.fma(x, y);
        c = c.fma(x, y);
        d = d.fma(x, y);
        e = e.fma(x, y);
        f = f.fma(x, y);
        g = g.fma(x, y);
        h = h.fma(x, y);
        p = p.fma(x, y);
        q = q.fma(x, y);
        r = r.fma(x, y);
        s = s.fma(x, y);
      }
      sink = a.add(b).add(c.add(d)).add(e.add(f)).add(g.add(h)).add(p.add(q)).add(r.add(s)).lane(0);
      return 2.0 * CHAINS * S.length() * FMAS;
    }
  }

  /** One line. */
  public String text() {
    String fma =
        fmaGflops == null ? "no Vector API" : String.format(Locale.ROOT, "%.0f GFLOP/s", fmaGflops);
    return String.format(Locale.ROOT, "roofs: multiply-adds %s, copying %.1f GB/s", fma, copyGbps);
  }
}
