package dev.teak.engine.jvm;

import dev.teak.engine.backend.HeapBuffer;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Kernels as Winograd's points: {@code [panel][block of input channels][point][channel][column]},
 * in the order in which a convolution reads them. What is used again while the weight stays the
 * same, as in an evaluation or an attack, is kept from its second use on, as long as memory allows.
 */
final class WinogradKernel {
  /** Input channels of a block: 128 x 32 floats are 16 KiB, half of L1. */
  static final int BLOCK = 128;

  private final WinogradTransforms transforms;
  private final Tile tile;
  private final Workers workers;
  private final Scratch scratch;
  private final Map<HeapBuffer, Kept[]> kept = new WeakHashMap<>();

  WinogradKernel(WinogradTransforms transforms, Tile tile, Workers workers, Scratch scratch) {
    this.transforms = transforms;
    this.tile = tile;
    this.workers = workers;
    this.scratch = scratch;
  }

  /**
   * A kernel from {@code in} to {@code out} channels.
   *
   * @param turned whether it leads from a convolution's outputs to its inputs: then {@code out} is
   *     the weight's last extent
   */
  record Shape(boolean turned, int in, int out) {
    /** Channels with one more to make them even, as the tile wants its steps. */
    int depth() {
      return in + in % 2;
    }
  }

  /** What is remembered of a weight. */
  private static final class Kept {
    Shape shape;
    int version;
    int uses;
    boolean filled;
    SoftReference<float[]> points = new SoftReference<>(null);
  }

  int panels(Shape s) {
    return (s.out + tile.columns() - 1) / tile.columns();
  }

  /** Where a panel's block begins that has its first channel at {@code k0}. */
  int at(Shape s, int panel, int k0) {
    return Scratch.START + (panel * s.depth() + k0) * transforms.points() * tile.columns();
  }

  /** The points of a weight that was used before and has not changed since, else null. */
  float[] keptPoints(HeapBuffer w, Shape s) {
    Kept entry;
    synchronized (kept) {
      entry = kept.computeIfAbsent(w, key -> new Kept[] {new Kept(), new Kept()})[s.turned ? 1 : 0];
    }
    synchronized (entry) {
      if (entry.version != w.version() || !s.equals(entry.shape)) {
        entry.shape = s;
        entry.version = w.version();
        entry.uses = 0;
        entry.filled = false;
      }
      if (++entry.uses < 2) {
        return null;
      }
      float[] points = entry.points.get();
      if (entry.filled && points != null) {
        return points;
      }
      int size = at(s, panels(s), 0);
      if (points == null || points.length != size) {
        points = new float[size];
        entry.points = new SoftReference<>(points);
      }
      fill(w.floats(), s, points);
      entry.filled = true;
      return points;
    }
  }

  /** Writes all points, panel by panel. */
  void fill(float[] w, Shape s, float[] points) {
    int blocks = (s.depth() + BLOCK - 1) / BLOCK;
    workers.run(
        panels(s) * blocks,
        i -> {
          int k0 = i % blocks * BLOCK;
          block(w, s, i / blocks, k0, points, at(s, i / blocks, k0));
        });
  }

  /** The points of a panel's block of channels; missing channels are zeros. */
  void block(float[] w, Shape s, int panel, int k0, float[] points, int at) {
    int width = tile.columns();
    int side = transforms.in();
    int depth = Math.min(BLOCK, s.depth() - k0);
    int step = depth * width;
    int first = panel * width;
    int columns = Math.min(width, s.out - first);
    float[] taps = scratch.local(Scratch.TAPS, (Tile.STRIP + 2 * side) * 9 * width);
    int down = Tile.STRIP * 9 * width;
    Arrays.fill(taps, 0, down, 0);
    for (int i0 = 0; i0 < depth; i0 += Tile.STRIP) {
      int count = Math.min(Tile.STRIP, s.in - k0 - i0);
      // Some channels at once, so that whichever way the weights lie, neighbours are read together.
      for (int j = 0; j < columns * 9; j++) {
        int o = j / 9;
        int tap = j % 9;
        for (int i = 0; i < count; i++) {
          int c = k0 + i0 + i;
          taps[(i * 9 + tap) * width + o] =
              s.turned
                  ? w[(c * 9 + 8 - tap) * s.out + first + o]
                  : w[((first + o) * 9 + tap) * s.in + c];
        }
      }
      for (int i = 0; i < count; i++) {
        int t = i * 9 * width;
        transforms.kernel(taps, t, 3 * width, width, taps, down, 3 * width, width, 3, width);
        int to = at + (i0 + i) * width;
        transforms.kernel(taps, down, width, 3 * width, points, to, step, side * step, side, width);
      }
    }
    if (k0 + depth > s.in) {
      for (int p = 0; p < transforms.points(); p++) {
        int to = at + p * step + (depth - 1) * width;
        Arrays.fill(points, to, to + width, 0);
      }
    }
  }
}
