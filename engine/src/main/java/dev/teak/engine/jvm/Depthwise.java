package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.WindowAxis;

/**
 * Convolutions of each channel by itself (Howard et al. 2017, "MobileNets", depthwise), and both of
 * their gradients: nothing is summed over channels, so a vector of channels takes the place of a
 * matrix's row, and a pixel adds up the taps that it sees.
 */
final class Depthwise {
  /** Slices of the images with sums of their own in a weight's gradient. */
  private static final int SLICES = 16;

  /** Tasks that keep many threads busy. */
  private static final int TASKS = 128;

  private final TapLoops loops;
  private final Workers workers;
  private final Scratch scratch;

  Depthwise(TapLoops loops, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.workers = workers;
    this.scratch = scratch;
  }

  /**
   * Which taps each place along an axis sees, and where: entries {@code begin[i]} to {@code begin[i
   * + 1]} of the tables.
   */
  private static final class Axis {
    final int[] begin;
    final int[] tap;
    final int[] at;

    /** How many places from this one on see the same taps, each {@link #step} further. */
    final int[] alike;

    final int step;

    private Axis(int length, int taps, int step) {
      this.begin = new int[length + 1];
      this.tap = new int[length * taps];
      this.at = new int[length * taps];
      this.alike = new int[length];
      this.step = step;
    }

    /** Output pixels look at the input. */
    static Axis forward(WindowAxis a) {
      Axis axis = new Axis(a.out(), a.taps(), a.stride());
      for (int i = 0, n = 0; i < a.out(); i++) {
        for (int t = 0; t < a.taps(); t++) {
          n = axis.add(n, t, a.at(i, t), a.in());
        }
        axis.begin[i + 1] = n;
      }
      return axis.withRuns();
    }

    /** Input pixels look at the outputs that saw them. */
    static Axis back(WindowAxis a) {
      Axis axis = new Axis(a.in(), a.taps(), 1);
      for (int i = 0, n = 0; i < a.in(); i++) {
        for (int t = 0; t < a.taps(); t++) {
          int place = i - a.at(0, t);
          if (Math.floorMod(place, a.stride()) == 0) {
            n = axis.add(n, t, place / a.stride(), a.out());
          }
        }
        axis.begin[i + 1] = n;
      }
      return axis.withRuns();
    }

    private int add(int n, int t, int place, int length) {
      if (place < 0 || place >= length) {
        return n;
      }
      tap[n] = t;
      at[n] = place;
      return n + 1;
    }

    private Axis withRuns() {
      for (int i = alike.length - 1; i >= 0; i--) {
        boolean last = i == alike.length - 1;
        alike[i] = last || !likeNext(i) ? 1 : alike[i + 1] + 1;
      }
      return this;
    }

    private boolean likeNext(int i) {
      int count = begin[i + 1] - begin[i];
      boolean like = begin[i + 2] - begin[i + 1] == count;
      for (int j = 0; like && j < count; j++) {
        int mine = begin[i] + j;
        int next = begin[i + 1] + j;
        like = tap[mine] == tap[next] && at[next] == at[mine] + step;
      }
      return like;
    }
  }

  void forward(ConvGeometry g, float[] x, float[] w, float[] bias, Sink y) {
    Axis down = Axis.forward(g.rows());
    Axis across = Axis.forward(g.columns());
    slide(g, down, across, x, g.h() * g.w(), g.w(), w, bias, y, g.p(), g.q());
  }

  void inputGrad(ConvGeometry g, Source dy, float[] w, float[] dx) {
    Axis down = Axis.back(g.rows());
    Axis across = Axis.back(g.columns());
    Sink y = Sink.plain(dx, g.input());
    dy.whole(
        g.output(),
        workers,
        scratch,
        all -> slide(g, down, across, all, g.p() * g.q(), g.q(), w, null, y, g.h(), g.w()));
  }

  /** Adds up what each pixel sees of images of {@code size} pixels, {@code wide} in a row. */
  private void slide(
      ConvGeometry g,
      Axis down,
      Axis across,
      float[] x,
      int size,
      int wide,
      float[] w,
      float[] bias,
      Sink y,
      int rows,
      int columns) {
    int c = g.c();
    float[] taps = byTap(g, w);
    float[] start = bias == null ? new float[c] : bias;
    int unit = y.band();
    int units = (rows + unit - 1) / unit;
    int all = g.n() * units;
    workers.ranges(
        all,
        Math.max(1, all / TASKS),
        (first, last) -> {
          Sink.Band band = new Sink.Band(unit, 0, c);
          int[] places = scratch.ints(Scratch.PLACES, 2 * g.r() * g.s());
          for (int u = first; u < last; u++) {
            int top = u % units * unit;
            float[] to = y.array(band.to(u / units, top));
            int at = y.at(band);
            int count = Math.min(unit, rows - top);
            int pixel = y.pixel(band);
            for (int p = top; p < top + count; p++) {
              for (int q = 0; q < columns; ) {
                int alike = across.alike[q];
                int seen = seen(g, down, p, across, q, wide, places);
                int from = u / units * size * c;
                loops.tapSum(
                    x, from, across.step * c, taps, places, seen, start, to, at, pixel, alike, c);
                q += alike;
                at += alike * pixel;
              }
            }
            y.done(band, count);
          }
        });
    scratch.giveBack(taps);
  }

  /** Where the taps are that a place sees, and which: pairs of offsets. */
  private static int seen(
      ConvGeometry g, Axis down, int p, Axis across, int q, int wide, int[] places) {
    int n = 0;
    for (int i = down.begin[p]; i < down.begin[p + 1]; i++) {
      for (int j = across.begin[q]; j < across.begin[q + 1]; j++) {
        places[n++] = (down.at[i] * wide + across.at[j]) * g.c();
        places[n++] = (down.tap[i] * g.s() + across.tap[j]) * g.c();
      }
    }
    return n;
  }

  /** The weight with its taps outermost. */
  private float[] byTap(ConvGeometry g, float[] w) {
    int taps = g.r() * g.s();
    float[] to = scratch.shared(taps * g.c());
    for (int c = 0; c < g.c(); c++) {
      for (int t = 0; t < taps; t++) {
        to[t * g.c() + c] = w[c * taps + t];
      }
    }
    return to;
  }

  void weightGrad(ConvGeometry g, float[] x, Source dy, float[] dw) {
    Axis down = Axis.forward(g.rows());
    Axis across = Axis.forward(g.columns());
    int size = g.r() * g.s() * g.c();
    int slices = Math.max(1, Math.min(SLICES, g.n()));
    float[] sums = scratch.zeros(slices * size);
    workers.run(
        slices,
        slice -> {
          int last = g.n() * (slice + 1) / slices;
          for (int i = g.n() * slice / slices; i < last; i++) {
            image(g, down, across, i, x, dy, sums, slice * size);
          }
        });
    for (int slice = 1; slice < slices; slice++) {
      for (int i = 0; i < size; i++) {
        sums[i] += sums[slice * size + i];
      }
    }
    int taps = g.r() * g.s();
    for (int i = 0; i < size; i++) {
      dw[i % g.c() * taps + i / g.c()] = sums[i];
    }
    scratch.giveBack(sums);
  }

  /** What an image adds to the gradient of each tap. */
  private void image(
      ConvGeometry g, Axis down, Axis across, int i, float[] x, Source dy, float[] sums, int at) {
    int c = g.c();
    float[] row = scratch.local(Scratch.BAND, g.q() * c);
    int[] places = scratch.ints(Scratch.PLACES, 2 * g.r() * g.s());
    for (int p = 0; p < g.p(); p++) {
      dy.row(i, p, row, 0);
      for (int q = 0; q < g.q(); ) {
        int alike = across.alike[q];
        int seen = seen(g, down, p, across, q, g.w(), places);
        int from = i * g.h() * g.w() * c;
        loops.tapAdd(x, from, across.step * c, row, q * c, alike, places, seen, sums, at, c);
        q += alike;
      }
    }
  }
}
