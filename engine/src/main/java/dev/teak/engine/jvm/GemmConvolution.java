package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Convolutions of any kernel and stride with enough channels, and the gradients of their inputs, as
 * matrix products {@code [pixels, taps x channels] x [taps x channels, K]}. The left matrix is
 * never whole in memory: a block of its rows is written just before it is multiplied ({@link
 * Patches}).
 */
final class GemmConvolution {
  /** Fewer channels would make patches of very short pieces. */
  private static final int LEAST_CHANNELS = 16;

  private static final int BLOCK_PIXELS = 64;
  private static final int BLOCK_PANELS = 8;

  /** Tasks that keep many threads busy. */
  private static final int TASKS = 32;

  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;

  GemmConvolution(Tile tile, Workers workers, Scratch scratch) {
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Whether it is for a convolution of so many channels. */
  static boolean suits(ConvGeometry g, int channels) {
    return g.groups() == 1 && channels >= LEAST_CHANNELS;
  }

  /** The patches of a convolution's input. */
  static Patches patches(ConvGeometry g, float[] x, Tile tile) {
    // The columns of a kernel's row lie side by side, unless it is spread.
    int together = g.columns().dilation() == 1 ? g.s() : 1;
    List<Patches.Run> runs = new ArrayList<>();
    for (int r = 0; r < g.r(); r++) {
      for (int s = 0; s < g.s(); s += together) {
        runs.add(new Patches.Run(g.rows().at(0, r), g.columns().at(0, s), together));
      }
    }
    int down = g.rows().stride();
    return new Patches(x, g.h(), g.w(), g.c(), down, g.columns().stride(), runs, tile);
  }

  /** Of images {@code from} (with) to {@code to} (without). */
  void forward(ConvGeometry g, int from, int to, float[] x, float[] w, float[] bias, Sink y) {
    Patches patches = patches(g, x, tile);
    Pixels pixels = new Pixels(from, to - from, 0, 0, g.p(), g.q(), 1, 1, g.q());
    Call call = new Call(patches, pixels, g.k(), bias, y);
    int depth = patches.depth();
    call.run(
        (panel, columns, at) -> {
          int first = panel * tile.columns() * depth;
          tile.packPanelTransposed(w, first, depth, columns, depth, call.packed, at);
        });
  }

  /**
   * An input pixel h gets something from the output pixels p = (h + before - r dilation) / stride,
   * where that is whole: the input's pixels fall into as many phases as the strides' product, which
   * see the same taps each. Of images {@code from} (with) to {@code to} (without).
   */
  void inputGrad(ConvGeometry g, int from, int to, Source dy, float[] w, float[] dx) {
    dy.whole(
        g.output(),
        workers,
        scratch,
        pixels -> {
          int across = g.columns().stride();
          for (int i = 0; i < g.rows().stride() * across; i++) {
            phase(g, from, to, i / across, i % across, pixels, w, dx);
          }
        });
  }

  private void phase(
      ConvGeometry g, int from, int to, int row, int column, float[] dy, float[] w, float[] dx) {
    if (row >= g.h() || column >= g.w()) {
      return;
    }
    int stepDown = g.rows().stride();
    int stepAcross = g.columns().stride();
    List<Patches.Run> runs = new ArrayList<>();
    List<Integer> taps = new ArrayList<>();
    for (int t = 0; t < g.r() * g.s(); t++) {
      int down = row - g.rows().at(0, t / g.s());
      int across = column - g.columns().at(0, t % g.s());
      if (Math.floorMod(down, stepDown) == 0 && Math.floorMod(across, stepAcross) == 0) {
        taps.add(t);
        runs.add(new Patches.Run(down / stepDown, across / stepAcross, 1));
      }
    }
    Patches patches = new Patches(dy, g.p(), g.q(), g.k(), 1, 1, runs, tile);
    int rows = (g.h() - row + stepDown - 1) / stepDown;
    int columns = (g.w() - column + stepAcross - 1) / stepAcross;
    Pixels pixels =
        new Pixels(from, to - from, row, column, rows, columns, stepDown, stepAcross, g.w());
    Call call = new Call(patches, pixels, g.c(), null, Sink.plain(dx, g.input()));
    int tapSize = g.r() * g.s() * g.c();
    call.run(
        (panel, valid, at) -> {
          for (int i = 0; i < taps.size(); i++) {
            int tap = taps.get(i) * g.c() + panel * tile.columns();
            int place = at + i * g.k() * tile.columns();
            tile.packPanel(w, tap, tapSize, valid, g.k(), call.packed, place);
          }
        });
  }

  /**
   * The pixels of some images of a result that is {@code wide}: {@code first + i step}, each way.
   */
  private record Pixels(
      int firstImage,
      int images,
      int firstRow,
      int firstColumn,
      int rows,
      int columns,
      int stepDown,
      int stepAcross,
      int wide) {}

  /** Writes a panel of the right matrix, with so many columns that are there. */
  private interface Packing {
    void panel(int panel, int columns, int at);
  }

  /** What the blocks of one call share. */
  private final class Call {
    final Patches patches;
    final Pixels pixels;
    final int k;
    final Sink sink;
    final int width = tile.columns();
    final int panels;

    /** Steps of a panel: even, as the tile wants them. */
    final int steps;

    final float[] packed;

    /** What the sums begin with: of each panel, a tile of its biases. */
    final float[] start;

    /** Rows that come together, and all such units of an image. */
    final int unit;

    final int units;

    Call(Patches patches, Pixels pixels, int k, float[] bias, Sink sink) {
      this.patches = patches;
      this.pixels = pixels;
      this.k = k;
      this.sink = sink;
      this.panels = (k + width - 1) / width;
      this.steps = patches.depth() + patches.depth() % 2;
      this.packed = scratch.shared(Scratch.START + panels * steps * width);
      this.start = new float[panels * tile.size()];
      for (int i = 0; bias != null && i < start.length; i++) {
        int column = i / tile.size() * width + i % width;
        start[i] = column < k ? bias[column] : 0;
      }
      this.unit = sink.band();
      this.units = (pixels.rows + unit - 1) / unit;
    }

    void run(Packing packing) {
      int depth = patches.depth();
      workers.run(
          panels,
          panel -> {
            int at = Scratch.START + panel * steps * width;
            packing.panel(panel, Math.min(width, k - panel * width), at);
            Arrays.fill(packed, at + depth * width, at + steps * width, 0);
          });
      int all = pixels.images * units;
      int slots = unit * pixels.columns;
      int together = Math.max(1, BLOCK_PIXELS / slots);
      int most = Math.max(1, BLOCK_PIXELS * BLOCK_PANELS / (together * slots));
      int blocks = (all + together - 1) / together;
      int even = Math.max(1, blocks * panels / TASKS);
      int panelBlock = Math.min(panels, Math.min(most, even));
      int panelBlocks = (panels + panelBlock - 1) / panelBlock;
      workers.run(
          blocks * panelBlocks,
          t -> {
            int first = t % blocks * together;
            int panel = t / blocks * panelBlock;
            int last = Math.min(panels, panel + panelBlock);
            block(first, Math.min(all, first + together), panel, last);
          });
      scratch.giveBack(packed);
    }

    /** Some panels of some units' pixels. */
    private void block(int first, int last, int firstPanel, int lastPanel) {
      int slots = unit * pixels.columns;
      int count = (last - first) * slots;
      int groups = (count + Tile.ROWS - 1) / Tile.ROWS;
      int many = lastPanel - firstPanel;
      float[] strips =
          scratch.local(Scratch.A, Scratch.START + groups * Tile.stripped(Tile.BLOCK_DEPTH));
      float[] sums = scratch.local(Scratch.B, Scratch.START + groups * many * tile.size());
      int k0 = 0;
      do { // at least once: pixels that see no tap are their bias
        int depth = Math.min(Tile.BLOCK_DEPTH, steps - k0);
        pack(first, count, k0, depth, strips);
        float[] from = k0 == 0 ? start : null;
        int fo = firstPanel * tile.size();
        int b = Scratch.START + (firstPanel * steps + k0) * width;
        tile.block(
            depth, groups, strips, packed, b, steps * width, many, from, fo, tile.size(), sums);
        k0 += Tile.BLOCK_DEPTH;
      } while (k0 < steps);
      int channel = firstPanel * width;
      Sink.Band band = new Sink.Band(unit, channel, Math.min(lastPanel * width, k) - channel);
      for (int u = first; u < last; u++) {
        put(u, (u - first) * slots, groups, sums, band);
      }
    }

    private void pack(int firstUnit, int count, int k0, int depth, float[] strips) {
      int slots = unit * pixels.columns;
      int size = Tile.stripped(depth);
      int last = Math.min(k0 + depth, patches.depth());
      for (int i = 0; i < count; i++) {
        int u = firstUnit + i / slots;
        int p = u % units * unit + i % slots / pixels.columns;
        int at = Scratch.START + i / Tile.ROWS * size + i % Tile.ROWS * Tile.STRIP;
        if (p < pixels.rows) {
          int q = i % pixels.columns;
          patches.put(
              pixels.firstImage + u / units, p, q, k0, last, strips, at, Tile.ROWS * Tile.STRIP);
        }
        if (last < k0 + depth) {
          int odd = last - k0;
          strips[at + odd / Tile.STRIP * Tile.ROWS * Tile.STRIP + odd % Tile.STRIP] = 0;
        }
      }
    }

    /** Writes a unit's pixels, whose first is in such a slot. */
    private void put(int u, int slot, int groups, float[] sums, Sink.Band band) {
      int top = u % units * unit;
      int channels = band.channels();
      band.to(pixels.firstImage + u / units, pixels.firstRow + top * pixels.stepDown);
      float[] y = sink.array(band);
      int pixel = sink.pixel(band);
      int corner = sink.at(band) + pixels.firstColumn * pixel;
      int rows = Math.min(unit, pixels.rows - top);
      for (int i = 0; i < rows * pixels.columns; i++) {
        int at = slot + i;
        int from = Scratch.START + at / Tile.ROWS * tile.size() + at % Tile.ROWS * width;
        int column = i % pixels.columns * pixels.stepAcross;
        int to = corner + (i / pixels.columns * pixels.wide + column) * pixel;
        for (int c = 0; c < channels; c += width, from += groups * tile.size()) {
          tile.putRow(sums, from, y, to + c, Math.min(width, channels - c));
        }
      }
      sink.done(band, rows);
    }
  }
}
