package dev.teak.kernels;

import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.WindowAxis;
import java.util.ArrayList;
import java.util.List;

/**
 * A walk of windows over images, as {@code window.cl} draws it: what a forward convolution is one
 * of, and the gradient of its input as many as the product of the strides, one for each remainder
 * of a pixel's row and column.
 *
 * @param images images that are walked over
 * @param height rows of an image that is looked at
 * @param width columns of it
 * @param channels channels of it
 * @param down rows of the grid
 * @param across columns of the grid
 * @param stepsDown how it steps down
 * @param stepsAcross how it steps across
 * @param out where a grid point's result lies
 * @param outChannels channels of the output, all groups together
 * @param groups channel groups that do not see each other
 * @param taps which weights the walk uses
 */
record Walk(
    int images,
    int height,
    int width,
    int channels,
    int down,
    int across,
    Steps stepsDown,
    Steps stepsAcross,
    Output out,
    int outChannels,
    int groups,
    Taps taps) {

  /**
   * The steps along one axis.
   *
   * @param stride pixels between neighbours of the grid
   * @param dilation pixels between neighbouring taps; negative where later taps look back
   * @param first pixel that the first tap of the first grid point looks at
   */
  record Steps(int stride, int dilation, int first) {}

  /**
   * The output's rows and columns, and where in it grid point (i, j) lies: i stepDown + top, j
   * stepAcross + left.
   */
  record Output(int height, int width, int stepDown, int stepAcross, int top, int left) {}

  /**
   * The weights as the right side of a product {@code [taps x channels, columns]}: how far the
   * elements lie apart in memory. A group's lie {@code group} behind those of the one before.
   */
  record Taps(
      int down,
      int across,
      int first,
      int column,
      int channel,
      int tapDown,
      int tapAcross,
      int group) {
    int count() {
      return down * across;
    }
  }

  /** A forward convolution: from x {@code [N, H, W, C]} to y {@code [N, P, Q, K]}. */
  static Walk forward(ConvGeometry g) {
    int filter = g.r() * g.s() * g.cGroup();
    return new Walk(
        g.n(),
        g.h(),
        g.w(),
        g.c(),
        g.p(),
        g.q(),
        forward(g.rows()),
        forward(g.columns()),
        new Output(g.p(), g.q(), 1, 1, 0, 0),
        g.k(),
        g.groups(),
        new Taps(g.r(), g.s(), 0, filter, 1, g.s() * g.cGroup(), g.cGroup(), g.kGroup() * filter));
  }

  private static Steps forward(WindowAxis a) {
    return new Steps(a.stride(), a.dilation(), a.first(0));
  }

  /**
   * The gradient of the input: from dy {@code [N, P, Q, K]} to dx {@code [N, H, W, C]}. Pixel h
   * gets from tap r what output p = (h + before - r dilation) / stride got, where that is a whole
   * number; for pixels of one remainder these are the taps of one remainder.
   */
  static List<Walk> inputGrad(ConvGeometry g) {
    List<Walk> walks = new ArrayList<>();
    for (int a = 0; a < Math.min(g.rows().stride(), g.h()); a++) {
      for (int b = 0; b < Math.min(g.columns().stride(), g.w()); b++) {
        walks.add(inputGrad(g, Axis.of(g.rows(), a), Axis.of(g.columns(), b)));
      }
    }
    return walks;
  }

  private static Walk inputGrad(ConvGeometry g, Axis rows, Axis columns) {
    int tapsDown = columns.taps == 0 ? 0 : rows.taps;
    int tapsAcross = rows.taps == 0 ? 0 : columns.taps;
    int filter = g.r() * g.s() * g.cGroup();
    Taps taps =
        new Taps(
            tapsDown,
            tapsAcross,
            (rows.firstTap * g.s() + columns.firstTap) * g.cGroup(),
            1,
            filter,
            rows.tapStep * g.s() * g.cGroup(),
            columns.tapStep * g.cGroup(),
            g.kGroup() * filter);
    return new Walk(
        g.n(),
        g.p(),
        g.q(),
        g.k(),
        rows.points,
        columns.points,
        rows.steps(g.rows()),
        columns.steps(g.columns()),
        new Output(
            g.h(),
            g.w(),
            g.rows().stride(),
            g.columns().stride(),
            rows.remainder,
            columns.remainder),
        g.c(),
        g.groups(),
        taps);
  }

  /**
   * One axis of a remainder: its pixels, its taps, and the output that the first of both meet in.
   */
  private record Axis(int remainder, int points, int taps, int firstTap, int tapStep, int from) {
    static Axis of(WindowAxis a, int remainder) {
      int points = (a.in() - remainder + a.stride() - 1) / a.stride();
      int step = a.stride() / gcd(a.stride(), a.dilation());
      for (int tap = 0; tap < Math.min(step, a.taps()); tap++) {
        int distance = remainder - a.at(0, tap);
        if (Math.floorMod(distance, a.stride()) == 0) {
          int taps = (a.taps() - tap + step - 1) / step;
          return new Axis(remainder, points, taps, tap, step, Math.floorDiv(distance, a.stride()));
        }
      }
      return new Axis(remainder, points, 0, 0, step, 0);
    }

    Steps steps(WindowAxis a) {
      return new Steps(1, -a.dilation() * tapStep / a.stride(), from);
    }

    private static int gcd(int a, int b) {
      return b == 0 ? a : gcd(b, a % b);
    }
  }

  /** Points of the grid, over all images. */
  int points() {
    return images * down * across;
  }

  /** Channels that a group sees. */
  int groupChannels() {
    return channels / groups;
  }

  /** Channels that a group makes. */
  int columns() {
    return outChannels / groups;
  }

  /** Summed extent of the product. */
  int depth() {
    return taps.count() * groupChannels();
  }

  /** Additions and multiplications of the product. */
  double operations() {
    return 2.0 * points() * depth() * outChannels;
  }

  /** The first vector of {@code window.cl}. */
  int[] first() {
    return new int[] {
      height,
      width,
      channels,
      down,
      across,
      taps.down,
      taps.across,
      stepsDown.stride,
      stepsDown.dilation,
      stepsDown.first,
      stepsAcross.first,
      out.height,
      out.width,
      out.stepDown,
      out.top,
      out.left
    };
  }

  /** The steps across, its second vector. */
  int[] second() {
    return new int[] {stepsAcross.stride, stepsAcross.dilation, out.stepAcross, 0};
  }
}
