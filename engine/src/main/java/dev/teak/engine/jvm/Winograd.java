package dev.teak.engine.jvm;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.HeapBuffer;
import dev.teak.engine.jvm.WinogradPoints.Grid;
import dev.teak.engine.jvm.WinogradPoints.Images;
import dev.teak.engine.jvm.WinogradPoints.Layout;

/**
 * 3x3 convolutions of stride 1, and the gradients of their inputs, by Winograd's F(m x m, 3 x 3)
 * (Lavin and Gray 2016): with m = 4, 16 outputs from 36 products a channel pair instead of 144.
 *
 * <pre>
 *   pixels 6x6 --input--> 36 points --x kernel's 36 points, summed over channels--> 36 points --output--> 4x4 pixels
 * </pre>
 *
 * <p>A point is a matrix product of its own, {@code [tiles, C] x [C, K]}. Rows of tiles are taken
 * in blocks; a block's input points lie as strips, and its result is made a panel of channels at a
 * time, so that the panel's sums stay in L2 until they are pixels.
 *
 * <p>With few channels, each thread takes blocks of its own whose points stay in its L2, and reads
 * the whole kernel for each. With many channels the kernel is what is large: then all threads work
 * on one block, a panel of it each, and each part of the kernel is read once. If nobody kept that
 * kernel's points, they are made where they are used, and never lie in memory.
 *
 * <p>An output is computed from the whole of its tile, also from pixels that it does not see. So a
 * NaN, an infinity or a huge value would spoil its neighbors: {@link #forward} and {@link
 * #inputGrad} name the images that hold one, for another method to do again. And {@link
 * EqualPatches} keeps equal what a direct convolution makes equal.
 */
final class Winograd {
  /** Floats of input points and a panel's sums that a thread's own block may have: in L2. */
  private static final int LOCAL_FLOATS = 216 * 1024;

  /** Tiles from which a thread's own block pays. */
  private static final int OWN_TILES = 24;

  /** Floats of input points that a shared block may have. */
  private static final int SHARED_FLOATS = 4 << 20;

  /** Floats of a panel's sums in a shared block. */
  private static final int SUM_FLOATS = 144 * 1024;

  /** Largest magnitude whose rounding errors, about a millionth, leave its neighbors right. */
  private static final float LARGEST = 0x1p20f;

  private final Tile tile;
  private final WinogradTransforms transforms;
  private final WinogradPoints points;
  private final WinogradKernel kernels;
  private final Loops loops;
  private final Workers workers;
  private final Scratch scratch;

  Winograd(
      Loops loops, Tile tile, WinogradTransforms transforms, Workers workers, Scratch scratch) {
    this.loops = loops;
    this.tile = tile;
    this.transforms = transforms;
    this.points = new WinogradPoints(transforms, scratch);
    this.kernels = new WinogradKernel(transforms, tile, workers, scratch);
    this.workers = workers;
    this.scratch = scratch;
  }

  /** Whether this is a convolution of the kind. */
  static boolean fits(ConvGeometry g) {
    return g.r() == 3
        && g.s() == 3
        && g.rows().isDense()
        && g.columns().isDense()
        && g.groups() == 1
        && Math.max(g.rows().before(), g.rows().after()) <= 2
        && Math.max(g.columns().before(), g.columns().after()) <= 2;
  }

  /** Gives for each image whether it is to be done again, by another method. */
  boolean[] forward(ConvGeometry g, float[] x, HeapBuffer w, float[] bias, Sink y) {
    Source pixels = Source.of(x, g.input());
    Images in = Images.padded(g, pixels);
    Grid grid = new Grid(g.n(), g.p(), g.q(), transforms.out());
    return new Call(in, grid, w, new WinogradKernel.Shape(false, g.c(), g.k()), bias, y).run();
  }

  /** As {@link #forward}. */
  boolean[] inputGrad(ConvGeometry g, Source dy, HeapBuffer w, float[] dx) {
    int top = 2 - g.rows().before();
    int left = 2 - g.columns().before();
    Images in = new Images(dy, g.n(), g.p(), g.q(), g.k(), top, left);
    Grid grid = new Grid(g.n(), g.h(), g.w(), transforms.out());
    Sink y = Sink.plain(dx, g.input());
    return new Call(in, grid, w, new WinogradKernel.Shape(true, g.k(), g.c()), null, y).run();
  }

  /** What the blocks of one call share. */
  private final class Call {
    final Images in;
    final Grid grid;
    final WinogradKernel.Shape shape;
    final float[] w;
    final Sink sink;
    final int width = tile.columns();
    final int depth;
    final int panels;
    final float[] biases;

    /** The images that this method spoils. */
    final boolean[] spoiled;

    /** Which results are equal; null in a gradient's pass. */
    final EqualPatches equal;

    /** The kernel's points; null where each panel makes its own. */
    float[] kernel;

    Call(Images in, Grid grid, HeapBuffer w, WinogradKernel.Shape shape, float[] bias, Sink sink) {
      this.in = in;
      this.grid = grid;
      this.shape = shape;
      this.w = w.floats();
      this.sink = sink;
      this.depth = shape.depth();
      this.panels = kernels.panels(shape);
      this.kernel = kernels.keptPoints(w, shape);
      this.biases = new float[panels * width];
      this.spoiled = new boolean[grid.n()];
      boolean forward = !shape.turned();
      this.equal = forward ? new EqualPatches(grid.n(), grid.p() * grid.q(), scratch) : null;
      if (bias != null) {
        System.arraycopy(bias, 0, biases, 0, shape.out());
      }
    }

    boolean[] run() {
      if (grid.tiles() == 0) {
        return spoiled;
      }
      if (equal != null) {
        workers.run(grid.n(), this::findEqual);
        sink.expect(equal);
      }
      int perTile = transforms.points() * (Tile.stripped(depth) / Tile.ROWS + width);
      int ownTiles = LOCAL_FLOATS / perTile;
      // A block reads the kernel once for all its tiles; a panel reads the points once for all its
      // columns. Whichever are more are read less often.
      boolean own = ownTiles >= OWN_TILES;
      int tiles = own ? ownTiles : SHARED_FLOATS / perTile;
      int blockRows = Math.min(grid.rows(), Math.max(1, tiles / grid.across()));
      boolean once = !own && blockRows == grid.rows() && chunkRows(blockRows) == blockRows;
      float[] made = null;
      if (kernel == null && !once) {
        made = scratch.shared(kernels.at(shape, panels, 0));
        kernels.fill(w, shape, made);
        kernel = made;
      }
      if (own) {
        workers.ranges(grid.rows(), blockRows, this::block);
      } else {
        for (int row = 0; row < grid.rows(); row += blockRows) {
          block(row, Math.min(grid.rows(), row + blockRows));
        }
      }
      if (made != null) {
        scratch.giveBack(made);
      }
      if (equal != null) {
        workers.run(grid.n(), this::even);
      }
      return spoiled;
    }

    void findEqual(int image) {
      float[] x = in.pixels().array();
      int at = in.at(image, 0);
      equal.find(
          image,
          new EqualPatches.Seen(
              x, at, in.h(), in.w(), in.c(), in.top(), in.left(), grid.p() + 2, grid.q() + 2),
          scratch);
    }

    void even(int image) {
      if (equal.in(image)) {
        sink.even(image);
      }
    }

    /** Rows of a block whose sums one task makes: enough tasks for all threads, in L2. */
    int chunkRows(int rows) {
      int most = SUM_FLOATS / (transforms.points() * width * grid.across());
      int tasks = 2 * workers.count();
      int even = rows * panels / tasks;
      return Math.max(1, Math.min(rows, Math.min(most, Math.max(even, 16 / grid.across()))));
    }

    /** Rows of tiles; inside a thread's own work what follows runs there, else on all threads. */
    void block(int from, int to) {
      int rows = to - from;
      int group = Tile.stripped(depth);
      int groups = (rows * grid.across() + Tile.ROWS - 1) / Tile.ROWS;
      Layout strips = new Layout(groups * group, Tile.ROWS, group, Tile.STRIP, Lanes.STRIPS);
      float[] x = scratch.local(Scratch.A, Scratch.START + transforms.points() * strips.point());
      workers.run(rows, i -> input(from + i, i, x, strips));
      int chunk = chunkRows(rows);
      // Chunks begin with whole groups.
      while (chunk < rows && chunk * grid.across() % Tile.ROWS != 0) {
        chunk++;
      }
      int size = chunk;
      int chunks = (rows + size - 1) / size;
      workers.run(
          panels * chunks,
          i -> {
            int first = i % chunks * size;
            panel(i / chunks, from, first, Math.min(rows, first + size), x, strips);
          });
    }

    /** The points of a row of tiles, the i-th of its block. */
    void input(int row, int i, float[] x, Layout strips) {
      WinogradPoints.Pixels seen = points.ofInput(in, grid, row, x, strips, i * grid.across());
      if (depth > in.c()) {
        clearLast(x, strips, i * grid.across());
      }
      if (!loops.within(LARGEST, seen.x(), seen.from(), seen.count())) {
        spoiled[row / grid.down()] = true;
      }
    }

    /** An odd number of channels has one more, of zeros. */
    void clearLast(float[] x, Layout strips, int first) {
      for (int t = first; t < first + grid.across(); t++) {
        int at = strips.at(t) + strips.lanes().at(depth - 1);
        for (int p = 0; p < transforms.points(); p++) {
          x[at + p * strips.point()] = 0;
        }
      }
    }

    /** A panel of the pixels of rows {@code first} to {@code last} of a block. */
    void panel(int panel, int block, int first, int last, float[] x, Layout strips) {
      int firstGroup = first * grid.across() / Tile.ROWS;
      int lastGroup = (last * grid.across() + Tile.ROWS - 1) / Tile.ROWS;
      int sumStep = (lastGroup - firstGroup) * tile.size();
      float[] sums = scratch.local(Scratch.B, Scratch.START + transforms.points() * sumStep);
      for (int k0 = 0; k0 < depth; k0 += WinogradKernel.BLOCK) {
        int steps = Math.min(WinogradKernel.BLOCK, depth - k0);
        float[] b = kernel;
        int at = kernels.at(shape, panel, k0);
        if (kernel == null) {
          b = scratch.local(Scratch.KERNEL, Scratch.START + transforms.points() * steps * width);
          at = Scratch.START;
          kernels.block(w, shape, panel, k0, b, at);
        }
        for (int p = 0; p < transforms.points(); p++) {
          int from =
              Scratch.START + p * strips.point() + firstGroup * strips.groupStep() + k0 * Tile.ROWS;
          int end = Scratch.START + (p + 1) * sumStep;
          for (int t = end - sumStep; t < end; t += tile.size()) {
            if (k0 == 0) {
              tile.strips(steps, x, from, Tile.STRIP_STEP, b, at, tile.zeros(), 0, sums, t);
            } else {
              tile.strips(steps, x, from, Tile.STRIP_STEP, b, at, sums, t, sums, t);
            }
            from += strips.groupStep();
          }
          at += steps * width;
        }
      }
      int channels = Math.min(width, shape.out() - panel * width);
      Sink.Band band = new Sink.Band(transforms.out(), panel * width, channels);
      for (int row = first; row < last; row++) {
        int t = row * grid.across() - firstGroup * Tile.ROWS;
        outputPixels(sums, sumStep, t, block + row, panel, band);
        int count = Math.min(transforms.out(), grid.p() - band.row());
        sink.done(band, count);
      }
    }

    /** A row of tiles' pixels, of a panel's channels, from their sums. */
    void outputPixels(float[] sums, int step, int first, int row, int panel, Sink.Band band) {
      int out = transforms.out();
      int side = transforms.in();
      int top = row % grid.down() * out;
      int channels = band.channels();
      band.to(row / grid.down(), top);
      float[] y = sink.array(band);
      int pixels = sink.at(band);
      int pixel = sink.pixel(band);
      int rows = Math.min(out, grid.p() - top);
      float[] down = scratch.local(Scratch.DOWN, Scratch.START + (side + 1) * out * width);
      float[] noBias = scratch.local(Scratch.ZEROS, width);
      int spare = Scratch.START + side * out * width;
      int b = panel * width;
      for (int i = 0; i < grid.across(); i++) {
        int t = first + i;
        int from = Scratch.START + t / Tile.ROWS * tile.size() + t % Tile.ROWS * width;
        int line = side * width;
        transforms.output(
            sums,
            from,
            side * step,
            step,
            down,
            Scratch.START,
            line,
            width,
            side,
            width,
            noBias,
            0);
        int columns = Math.min(out, grid.q() - i * out);
        int to = pixels + i * out * pixel;
        if (columns == out) {
          transforms.output(
              down,
              Scratch.START,
              width,
              line,
              y,
              to,
              pixel,
              grid.q() * pixel,
              rows,
              channels,
              biases,
              b);
          continue;
        }
        for (int r = 0; r < rows; r++) {
          transforms.output(
              down,
              Scratch.START + r * line,
              width,
              0,
              down,
              spare,
              width,
              0,
              1,
              channels,
              biases,
              b);
          for (int j = 0; j < columns; j++) {
            System.arraycopy(down, spare + j * width, y, to + (r * grid.q() + j) * pixel, channels);
          }
        }
      }
    }
  }
}
