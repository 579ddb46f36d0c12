package dev.teak.kernels;

import dev.teak.engine.backend.ConvGeometry;

/**
 * What Winograd's method owes to images with a NaN, an infinity or a huge value, and to flat ones:
 * launches {@code winograd-edges.cl}, before and behind a convolution.
 */
final class WinogradEdges {
  private final OpenClDevice device;

  WinogradEdges(OpenClDevice device) {
    this.device = device;
  }

  /**
   * What is known of the images of one call, as whole numbers.
   *
   * @param spoiled {@code [n]}: those that another method must do again
   * @param flat {@code [n]}: those with equal results
   * @param first {@code [n, p, q]}: of a flat image's results, the first that equals each
   * @param runs working memory of the search
   */
  record Marks(OpenClBuffer spoiled, OpenClBuffer flat, OpenClBuffer first, OpenClBuffer runs) {
    private void release() {
      spoiled.release();
      if (flat != spoiled) {
        flat.release();
        first.release();
        runs.release();
      }
    }
  }

  /** Items that share an image to be done again: a processor's end at once in vain. */
  private int parts(ConvGeometry g) {
    return device.traits().processor() ? 2 : g.h();
  }

  private OpenClBuffer zeros(int n) {
    OpenClBuffer buffer = device.memory().scratch(n);
    device.flat(Kernel.pass("fill_int"), n, n, new Object[] {buffer, 0});
    return buffer;
  }

  /** Marks for the pass of a gradient, where nothing needs to be equal. */
  Marks marks(ConvGeometry g) {
    OpenClBuffer spoiled = zeros(g.n());
    return new Marks(spoiled, spoiled, spoiled, spoiled);
  }

  /** Marks for a forward convolution of x, with what is equal in its results. */
  Marks marks(ConvGeometry g, OpenClBuffer x) {
    int rows = g.p() + 2;
    int columns = g.q() + 2;
    OpenClBuffer flat = zeros(g.n());
    OpenClBuffer first = device.memory().scratch(g.n() * g.p() * g.q());
    OpenClBuffer runs = device.memory().scratch(Math.toIntExact(2L * g.n() * rows * columns));
    int items = g.n() * rows;
    int group = device.traits().flatGroup();
    device.launch(
        Kernel.pass("equal_any"),
        Launch.of(items, group),
        x,
        flat,
        items,
        g.h(),
        g.w(),
        g.c(),
        Winograd.padding(g),
        rows,
        columns);
    device.launch(
        Kernel.pass("equal_find"),
        Launch.of(g.n(), group),
        x,
        flat,
        first,
        runs,
        g.n(),
        g.h(),
        g.w(),
        g.c(),
        Winograd.padding(g),
        rows,
        columns);
    return new Marks(zeros(g.n()), flat, first, runs);
  }

  /**
   * Mends a forward convolution, and gives the marks back.
   *
   * @param winners of a pooling of 2 x 2 that is done to y already; null for none
   */
  void mend(
      ConvGeometry g,
      Marks marks,
      OpenClBuffer x,
      OpenClBuffer w,
      OpenClBuffer bias,
      boolean relu,
      OpenClBuffer y,
      OpenClBuffer winners) {
    int n = g.n();
    int group = device.traits().flatGroup();
    if (winners == null) {
      int items = n * g.p();
      device.launch(
          Kernel.pass("even_pixels"),
          Launch.of(items, group),
          marks.flat,
          marks.first,
          y,
          items,
          g.p(),
          g.q(),
          g.k());
    } else {
      device.launch(
          Kernel.pass("even_windows"),
          Launch.of(n, group),
          marks.flat,
          marks.first,
          marks.runs,
          y,
          winners,
          n,
          g.p(),
          g.q(),
          g.k());
    }
    device.launch(
        Kernel.pass("conv_again"),
        Launch.of((long) n * parts(g), group),
        marks.spoiled,
        x,
        w,
        bias == null ? w : bias,
        y,
        winners == null ? y : winners,
        n * parts(g),
        parts(g),
        g.h(),
        g.w(),
        g.c(),
        g.p(),
        g.q(),
        g.k(),
        Winograd.padding(g),
        bias == null ? 0 : 1,
        relu ? 1 : 0,
        winners == null ? 1 : 2);
    marks.release();
  }

  /** Mends the gradient of an input, and gives the marks back. */
  void mendGrad(ConvGeometry g, Marks marks, OpenClBuffer dy, OpenClBuffer w, OpenClBuffer dx) {
    device.launch(
        Kernel.pass("conv_grad_again"),
        Launch.of((long) g.n() * parts(g), device.traits().flatGroup()),
        marks.spoiled,
        dy,
        w,
        dx,
        g.n() * parts(g),
        parts(g),
        g.h(),
        g.w(),
        g.c(),
        g.p(),
        g.q(),
        g.k(),
        Winograd.padding(g));
    marks.release();
  }
}
