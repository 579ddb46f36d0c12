package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.WindowAxis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Convolutions of few channels or of groups, and the gradients of their inputs, without any im2col.
 * Each image is copied once into scratch with its padding, where it stays in L2; then a register
 * tile of 8 neighbouring output pixels x 2 vectors of channels walks the taps of the kernel over
 * it, by tables of where its values lie. Where the values of a kernel's row fill a cache line, they
 * are copied into strips first.
 */
final class SlidingConvolution {
  /** Input channels that are packed together: a cache line of them. */
  private static final int CHANNELS = 16;

  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;

  SlidingConvolution(Tile tile, Workers workers, Scratch scratch) {
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
  }

  void forward(ConvGeometry g, float[] x, float[] w, float[] bias, Sink y) {
    WindowAxis down = g.rows();
    WindowAxis across = g.columns();
    PaddedImages in =
        new PaddedImages(
            Source.of(x, g.input()),
            g.h(),
            g.w(),
            g.c(),
            down.before(),
            across.before(),
            down.seen(),
            across.seen(),
            down.stride(),
            across.stride());
    List<Phase.Tap> taps = new ArrayList<>();
    for (int t = 0; t < g.r() * g.s(); t++) {
      int r = t / g.s();
      int s = t % g.s();
      taps.add(new Phase.Tap(r, s, r * down.dilation(), s * across.dilation()));
    }
    Phase all = new Phase(0, 0, g.p(), g.q(), taps, in, g.cGroup());
    Weights weights = new Weights(w, g, g.r() * g.s() * g.cGroup(), 1);
    new Slide(g, in, List.of(all), 1, 1, g.k(), g.kGroup(), g.cGroup(), weights, bias, y).run();
  }

  /**
   * An input pixel h gets something from the output pixels p = (h + before - r dilation) / stride.
   */
  void inputGrad(ConvGeometry g, Source dy, float[] w, float[] dx) {
    int top = zeros(g.rows());
    int left = zeros(g.columns());
    int stepDown = g.rows().stride();
    int stepAcross = g.columns().stride();
    int height = top + (g.h() + g.rows().before()) / stepDown + 1;
    int wide = left + (g.w() + g.columns().before()) / stepAcross + 1 + Tile.ROWS;
    PaddedImages in = new PaddedImages(dy, g.p(), g.q(), g.k(), top, left, height, wide, 1, 1);
    List<Phase> phases = new ArrayList<>();
    for (int i = 0; i < stepDown * stepAcross; i++) {
      int row = i / stepAcross;
      int column = i % stepAcross;
      if (row < g.h() && column < g.w()) {
        phases.add(phase(g, row, column, in));
      }
    }
    Weights weights = new Weights(w, g, 1, g.r() * g.s() * g.cGroup());
    Sink y = Sink.plain(dx, g.input());
    new Slide(g, in, phases, stepDown, stepAcross, g.c(), g.cGroup(), g.kGroup(), weights, null, y)
        .run();
  }

  /** Zeros in front of the gradient, for the pixels that see less of it. */
  private static int zeros(WindowAxis a) {
    return (Math.max(0, a.span() - 1 - a.before()) + a.stride() - 1) / a.stride();
  }

  private static Phase phase(ConvGeometry g, int row, int column, PaddedImages in) {
    int stepDown = g.rows().stride();
    int stepAcross = g.columns().stride();
    List<Phase.Tap> taps = new ArrayList<>();
    for (int t = 0; t < g.r() * g.s(); t++) {
      int down = row - g.rows().at(0, t / g.s());
      int across = column - g.columns().at(0, t % g.s());
      if (Math.floorMod(down, stepDown) == 0 && Math.floorMod(across, stepAcross) == 0) {
        int r = t / g.s();
        int s = t % g.s();
        taps.add(new Phase.Tap(r, s, in.top() + down / stepDown, in.left() + across / stepAcross));
      }
    }
    int rows = (g.h() - row + stepDown - 1) / stepDown;
    int columns = (g.w() - column + stepAcross - 1) / stepAcross;
    return new Phase(row, column, rows, columns, taps, in, g.kGroup());
  }

  /**
   * Where the weights lie: of group 0, tap 0, at {@code output lane + input step}; a group of
   * outputs, or of inputs, is a multiple of the group's weights further.
   */
  private record Weights(float[] w, ConvGeometry g, int lane, int step) {
    int at(int group, Phase.Tap tap) {
      return group * g.kGroup() * g.r() * g.s() * g.cGroup()
          + (tap.r() * g.s() + tap.s()) * g.cGroup();
    }
  }

  /** One sliding of a kernel: what all its images share. */
  private final class Slide {
    final PaddedImages in;
    final List<Phase> phases;
    final int stepDown;
    final int stepAcross;
    final int images;
    final int groups;
    final int kOut;
    final int k;
    final int cIn;
    final int width;
    final int panels;
    final Weights weights;
    final float[] packed;
    final float[] biasTiles;
    final Sink sink;
    final int height;
    final int wide;

    Slide(
        ConvGeometry g,
        PaddedImages in,
        List<Phase> phases,
        int stepDown,
        int stepAcross,
        int k,
        int kOut,
        int cIn,
        Weights weights,
        float[] bias,
        Sink sink) {
      this.in = in;
      this.phases = phases;
      this.stepDown = stepDown;
      this.stepAcross = stepAcross;
      this.images = g.n();
      this.groups = g.groups();
      this.k = k;
      this.kOut = kOut;
      this.cIn = cIn;
      this.weights = weights;
      this.sink = sink;
      this.width = tile.columns();
      this.panels = (kOut + width - 1) / width;
      boolean all = stepDown * stepAcross == 1; // pixels are of the first phase
      this.height = all ? phases.get(0).rows : g.h();
      this.wide = all ? phases.get(0).columns : g.w();
      int size = Scratch.START;
      for (Phase phase : phases) {
        phase.packedAt = size;
        size += groups * panels * depth(phase) * width;
      }
      this.packed = scratch.shared(Math.max(1, size));
      this.biasTiles = new float[groups * panels * tile.size()];
      for (int i = 0; bias != null && i < biasTiles.length; i++) {
        int panel = i / tile.size();
        int lane = panel % panels * width + i % tile.columns();
        if (i % tile.columns() < width && lane < kOut) {
          biasTiles[i] = bias[panel / panels * kOut + lane];
        }
      }
    }

    /** Steps of a phase, with one of zeros where they are odd: strips are walked by two. */
    private int depth(Phase phase) {
      return (phase.stepAt.length + 1) / 2 * 2;
    }

    void run() {
      int all = groups * panels;
      workers.run(phases.size() * all, i -> pack(phases.get(i / all), i % all));
      workers.run(images, this::image);
      scratch.giveBack(packed);
    }

    /** Output channels side by side in panels of {@code width}, missing ones as zeros. */
    private void pack(Phase phase, int panel) {
      int to = phase.packedAt + panel * depth(phase) * width;
      int first = panel % panels * width;
      int lanes = Math.min(width, kOut - first);
      for (Phase.Tap tap : phase.taps) {
        int from = weights.at(panel / panels, tap) + first * weights.lane;
        for (int c = 0; c < cIn; c += CHANNELS) {
          int count = Math.min(CHANNELS, cIn - c);
          pack(from + c * weights.step, lanes, count, to + c * width);
        }
        to += cIn * width;
      }
      if (depth(phase) > phase.stepAt.length) {
        Arrays.fill(packed, to, to + width, 0);
      }
    }

    /** Some channels of all lanes, so that whichever way they lie, neighbours are read together. */
    private void pack(int from, int lanes, int channels, int to) {
      for (int j = 0; j < lanes; j++) {
        for (int c = 0; c < channels; c++) {
          packed[to + c * width + j] = weights.w[from + j * weights.lane + c * weights.step];
        }
      }
      for (int c = 0; c < channels; c++) {
        Arrays.fill(packed, to + c * width + lanes, to + (c + 1) * width, 0);
      }
    }

    void image(int i) {
      float[] image = scratch.local(Scratch.A, in.size());
      in.place(i, tile, scratch, image);
      int rows = sink.band();
      Sink.Band band = new Sink.Band(rows, 0, k);
      for (int top = 0; top < height; top += rows) {
        band.to(i, top);
        float[] y = sink.array(band);
        int to = sink.at(band);
        int count = Math.min(rows, height - top);
        for (int p = top; p < top + count; p++, to += wide * k) {
          for (Phase phase : phases) {
            if (p % stepDown == phase.firstRow) {
              row(phase, p / stepDown, image, y, to);
            }
          }
        }
        sink.done(band, count);
      }
    }

    /** A row of a phase's pixels. */
    private void row(Phase phase, int p, float[] image, float[] y, int to) {
      for (int q = 0; q < phase.columns; q += Tile.ROWS) {
        int from = in.at(p * in.down(), q * in.stride());
        int at = to + (phase.firstColumn + q * stepAcross) * k;
        int rows = Math.min(Tile.ROWS, phase.columns - q);
        boolean packed = !in.isSpaced() && groups == 1 && phase.run >= Tile.STRIP;
        float[] a = packed ? strips(phase, image, from, rows) : image;
        for (int panel = 0; panel < groups * panels; panel++) {
          int group = panel / panels;
          int first = group * kOut + panel % panels * width;
          tile(phase, panel, packed, a, from + group * cIn, y, at + first, rows);
        }
      }
    }

    /** What a tile's rows see, in strips. */
    private float[] strips(Phase phase, float[] image, int from, int rows) {
      int depth = phase.stepAt.length;
      int line = Tile.stripped(depth) / Tile.ROWS;
      float[] lines = scratch.local(Scratch.LINES, Tile.ROWS * line + 2 * Tile.STRIP);
      for (int i = 0; i < rows; i++) {
        int to = i * line;
        for (int at : phase.runAt) {
          tile.copy(image, from + phase.rowAt[i] + at, phase.run, lines, to);
          to += phase.run;
        }
        lines[to] = 0; // the step of zeros must not meet a NaN
      }
      float[] strips = scratch.local(Scratch.STRIPS, Scratch.START + Tile.stripped(depth));
      tile.packRows(lines, 0, line, Tile.ROWS, line, strips, Scratch.START);
      return strips;
    }

    private void tile(
        Phase phase, int panel, boolean strips, float[] a, int from, float[] y, int to, int rows) {
      // Where a tile's rows lie side by side in the result, it is made there.
      boolean inPlace = k == width && kOut == width && stepAcross == 1 && rows == Tile.ROWS;
      float[] t = inPlace ? y : scratch.local(Scratch.TILE, Scratch.START + tile.size());
      int at = inPlace ? to : Scratch.START;
      int b = phase.packedAt + panel * depth(phase) * width;
      int bias = panel * tile.size();
      if (strips) {
        tile.strips(
            depth(phase), a, Scratch.START, Tile.STRIP_STEP, packed, b, biasTiles, bias, t, at);
      } else {
        int[] rowAt = phase.rowAt;
        int[] stepAt = phase.stepAt;
        int depth = stepAt.length;
        if (in.isSpaced()) {
          tile.spaced(depth, a, from, stepAt, packed, b, width, biasTiles, bias, t, at);
        } else {
          tile.gathered(depth, a, from, rowAt, stepAt, packed, b, width, biasTiles, bias, t, at);
        }
      }
      if (!inPlace) {
        int columns = Math.min(width, kOut - panel % panels * width);
        tile.put(t, at, y, to, stepAcross * k, rows, columns);
      }
    }
  }
}
