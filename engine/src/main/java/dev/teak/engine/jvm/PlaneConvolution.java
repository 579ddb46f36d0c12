package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.WindowAxis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Convolutions of enough channels over images that are large enough, and the gradients of their
 * inputs, without im2col. A band of an image is laid out once ({@link Planes}), so that every tap
 * of the kernel finds what it sees of eight neighbouring pixels as the strips of a tile; a tap is
 * then a matrix product {@code [pixels, C] x [C, K]} that begins elsewhere in them.
 *
 * <p>Pixels are numbered on from one row to the next, so that a tile may lie across the end of a
 * row. What it computes of the padding in between is not used, which is why small images are better
 * off with {@link GemmConvolution}.
 */
final class PlaneConvolution {
  /** Fewer channels would fill strips with zeros. */
  private static final int LEAST_CHANNELS = 16;

  /** Pixels that are computed, padding with them, for one that is used. */
  private static final double MOST_WASTE = 1.15;

  /** Floats of a band's planes and sums: a part of L2. */
  private static final int BAND_FLOATS = 1 << 17;

  /** Tasks that keep many threads busy. */
  private static final int TASKS = 32;

  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;

  PlaneConvolution(Tile tile, Workers workers, Scratch scratch) {
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
  }

  /**
   * A tap of the kernel, the plane that it looks at, and where in it behind a pixel's own place.
   */
  private record Tap(int r, int s, int plane, int down, int across) {}

  /**
   * The output pixels {@code first + i step}, each way, that see the same taps: all of a
   * convolution, and of the gradient of its input those of one remainder.
   */
  private record Phase(int firstRow, int firstColumn, int rows, int columns, List<Tap> taps) {}

  /** What a convolution is to this class. */
  private record Form(
      List<Phase> phases, int stepDown, int stepAcross, int planesDown, int planesAcross) {

    static Form forward(ConvGeometry g) {
      int down = g.rows().stride();
      int across = g.columns().stride();
      List<Tap> taps = new ArrayList<>();
      for (int t = 0; t < g.r() * g.s(); t++) {
        int row = g.rows().at(0, t / g.s());
        int column = g.columns().at(0, t % g.s());
        int plane = Math.floorMod(row, down) * across + Math.floorMod(column, across);
        int rows = Math.floorDiv(row, down);
        taps.add(new Tap(t / g.s(), t % g.s(), plane, rows, Math.floorDiv(column, across)));
      }
      return new Form(List.of(new Phase(0, 0, g.p(), g.q(), taps)), 1, 1, down, across);
    }

    /**
     * An input pixel h gets something from the output pixels p = (h + before - r dilation) / stride
     * where that is whole.
     */
    static Form inputGrad(ConvGeometry g) {
      int stepDown = g.rows().stride();
      int stepAcross = g.columns().stride();
      List<Phase> phases = new ArrayList<>();
      for (int row = 0; row < Math.min(stepDown, g.h()); row++) {
        for (int column = 0; column < Math.min(stepAcross, g.w()); column++) {
          List<Tap> taps = new ArrayList<>();
          for (int t = 0; t < g.r() * g.s(); t++) {
            int down = row - g.rows().at(0, t / g.s());
            int across = column - g.columns().at(0, t % g.s());
            if (Math.floorMod(down, stepDown) == 0 && Math.floorMod(across, stepAcross) == 0) {
              taps.add(new Tap(t / g.s(), t % g.s(), 0, down / stepDown, across / stepAcross));
            }
          }
          int rows = (g.h() - row + stepDown - 1) / stepDown;
          int columns = (g.w() - column + stepAcross - 1) / stepAcross;
          phases.add(new Phase(row, column, rows, columns, taps));
        }
      }
      return new Form(phases, stepDown, stepAcross, 1, 1);
    }
  }

  static boolean suitsForward(ConvGeometry g) {
    return suits(g, g.c(), g.rows(), g.columns(), g.p(), g.q());
  }

  static boolean suitsInputGrad(ConvGeometry g) {
    int rows = (g.h() + g.rows().stride() - 1) / g.rows().stride();
    int columns = (g.w() + g.columns().stride() - 1) / g.columns().stride();
    return suits(g, g.k(), g.rows(), g.columns(), rows, columns);
  }

  private static boolean suits(
      ConvGeometry g, int channels, WindowAxis down, WindowAxis across, int rows, int columns) {
    int more = (across.span() + across.stride() - 1) / across.stride() - 1;
    int computed =
        ((rows - 1) * (columns + more) + columns + Tile.ROWS - 1) / Tile.ROWS * Tile.ROWS;
    return g.groups() == 1
        && channels >= LEAST_CHANNELS
        && g.r() * g.s() > 1
        && computed <= MOST_WASTE * rows * columns;
  }

  void forward(ConvGeometry g, float[] x, float[] w, float[] bias, Sink y) {
    Form form = Form.forward(g);
    int tapSize = g.c();
    int lineSize = g.r() * g.s() * g.c();
    Packing packing =
        (tap, first, valid, packed, at) ->
            tile.packPanelTransposed(
                w,
                first * lineSize + (tap.r * g.s() + tap.s) * tapSize,
                lineSize,
                valid,
                g.c(),
                packed,
                at);
    new Call(form, g.n(), x, g.h(), g.w(), g.c(), g.k(), bias, y, g.q()).run(packing);
  }

  void inputGrad(ConvGeometry g, Source dy, float[] w, float[] dx) {
    Form form = Form.inputGrad(g);
    int lineSize = g.r() * g.s() * g.c();
    Packing packing =
        (tap, first, valid, packed, at) ->
            tile.packPanel(
                w, (tap.r * g.s() + tap.s) * g.c() + first, lineSize, valid, g.k(), packed, at);
    Sink y = Sink.plain(dx, g.input());
    dy.whole(
        g.output(),
        workers,
        scratch,
        all -> new Call(form, g.n(), all, g.p(), g.q(), g.k(), g.c(), null, y, g.w()).run(packing));
  }

  /** Writes some columns of a tap's weights as a panel. */
  private interface Packing {
    void panel(Tap tap, int first, int valid, float[] packed, int at);
  }

  /** What the bands of one call share. */
  private final class Call {
    final Form form;
    final int images;
    final int k;
    final Sink sink;
    final int wideOut;
    final int c;
    final Planes planes;
    final int width = tile.columns();
    final int panels;

    /** Steps of a tap: even, as the tile wants them. */
    final int steps;

    /** Where each phase's weights begin. */
    final int[] packedAt;

    final float[] packed;

    /** What the sums begin with: of each panel, a tile of its biases. */
    final float[] start;

    Call(
        Form form,
        int images,
        float[] x,
        int h,
        int w,
        int c,
        int k,
        float[] bias,
        Sink sink,
        int wideOut) {
      this.form = form;
      this.images = images;
      this.c = c;
      this.k = k;
      this.sink = sink;
      this.wideOut = wideOut;
      this.planes = planes(x, h, w);
      this.panels = (k + width - 1) / width;
      this.steps = c + c % 2;
      this.packedAt = new int[form.phases.size()];
      int size = Scratch.START;
      for (int i = 0; i < packedAt.length; i++) {
        packedAt[i] = size;
        size += panels * form.phases.get(i).taps.size() * steps * width;
      }
      this.packed = scratch.shared(size);
      this.start = new float[panels * tile.size()];
      for (int i = 0; bias != null && i < start.length; i++) {
        int column = i / tile.size() * width + i % width;
        start[i] = column < k ? bias[column] : 0;
      }
    }

    private Planes planes(float[] x, int h, int w) {
      int top = 0;
      int bottom = 0;
      int left = 0;
      int right = 0;
      boolean[] seen = new boolean[form.planesDown * form.planesAcross];
      for (Phase phase : form.phases) {
        for (Tap tap : phase.taps) {
          seen[tap.plane] = true;
          top = Math.min(top, tap.down);
          bottom = Math.max(bottom, tap.down);
          left = Math.min(left, tap.across);
          right = Math.max(right, tap.across);
        }
      }
      int wide = form.phases.get(0).columns + right - left;
      return new Planes(
          x, h, w, c, form.planesDown, form.planesAcross, seen, top, bottom, left, wide, tile);
    }

    void run(Packing packing) {
      for (int i = 0; i < packedAt.length; i++) {
        pack(packing, form.phases.get(i).taps, packedAt[i]);
      }
      int rows = form.phases.get(0).rows;
      int bandRows = bandRows(rows);
      int bands = (rows + bandRows - 1) / bandRows;
      workers.run(
          images * bands,
          t -> {
            int first = t % bands * bandRows;
            band(t / bands, first, Math.min(rows, first + bandRows));
          });
      scratch.giveBack(packed);
    }

    private void pack(Packing packing, List<Tap> taps, int from) {
      int tapSize = steps * width;
      workers.run(
          panels * taps.size(),
          i -> {
            int first = i / taps.size() * width;
            int at = from + i * tapSize;
            packing.panel(taps.get(i % taps.size()), first, Math.min(width, k - first), packed, at);
            Arrays.fill(packed, at + c * width, at + tapSize, 0);
          });
    }

    /** Rows of a band: such that it fits, and that there are tasks enough; whole units of them. */
    private int bandRows(int rows) {
      int unit = sink.band();
      int fit = BAND_FLOATS / (planes.rowFloats() + planes.wide() * width);
      int even = (rows * images + TASKS - 1) / TASKS;
      return Math.max(1, Math.min(fit, even) / unit) * unit;
    }

    /** Rows of all phases of an image. */
    private void band(int image, int first, int last) {
      float[] x = scratch.local(Scratch.A, Scratch.START + planes.floats(last - first));
      planes.place(image, first, last, x, Scratch.START);
      int tiles = (last - first) * planes.wide() / Tile.ROWS + 1;
      float[] sums = scratch.local(Scratch.B, Scratch.START + tiles * tile.size());
      for (int panel = 0; panel < panels; panel++) {
        for (int i = 0; i < packedAt.length; i++) {
          Phase phase = form.phases.get(i);
          int end = Math.min(last, phase.rows);
          if (first < end) {
            int b = packedAt[i] + panel * phase.taps.size() * steps * width;
            sum(phase, panel, b, end - first, last - first, x, sums);
            put(phase, panel, image, first, end, sums);
          }
        }
      }
    }

    /** The sums of a panel's channels over all taps. */
    private void sum(
        Phase phase, int panel, int b, int rows, int bandRows, float[] x, float[] sums) {
      int pixels = (rows - 1) * planes.wide() + phase.columns;
      for (int t = 0; t < pixels; t += Tile.ROWS) {
        int to = Scratch.START + t * width;
        System.arraycopy(start, panel * tile.size(), sums, to, tile.size());
      }
      int step = planes.stripStep(bandRows);
      int at = b;
      for (Tap tap : phase.taps) {
        int a = Scratch.START + planes.at(tap.plane, tap.down, tap.across, bandRows);
        for (int k0 = 0; k0 < steps; k0 += Tile.BLOCK_DEPTH) {
          int depth = Math.min(Tile.BLOCK_DEPTH, steps - k0);
          int block = a + k0 / Tile.STRIP * step;
          for (int t = 0; t < pixels; t += Tile.ROWS) {
            int to = Scratch.START + t * width;
            tile.strips(depth, x, block + t * Tile.STRIP, step, packed, at, sums, to, sums, to);
          }
          at += depth * width;
        }
      }
    }

    /** Writes what of the sums are pixels. */
    private void put(Phase phase, int panel, int image, int first, int last, float[] sums) {
      int unit = sink.band();
      int channels = Math.min(width, k - panel * width);
      Sink.Band band = new Sink.Band(unit, panel * width, channels);
      for (int top = first; top < last; top += unit) {
        float[] y = sink.array(band.to(image, phase.firstRow + top * form.stepDown));
        int pixel = sink.pixel(band);
        int at = sink.at(band) + phase.firstColumn * pixel;
        int count = Math.min(unit, last - top);
        for (int i = top; i < top + count; i++, at += wideOut * pixel) {
          int from = Scratch.START + (i - first) * planes.wide() * width;
          for (int j = 0, to = at; j < phase.columns; j++, to += form.stepAcross * pixel) {
            tile.putRow(sums, from + j * width, y, to, channels);
          }
        }
        sink.done(band, count);
      }
    }
  }
}
