package dev.teak.kernels;

import dev.teak.engine.backend.Buffer;

/** Launches the kernels of {@code norm.cl}. */
final class Normalization {
  private static final int SMALLEST_CHUNK = 32;
  private static final int LARGEST_CHUNK = 1024;

  private final OpenClDevice device;
  private final DeviceTraits traits;
  private final Operands operands;

  Normalization(OpenClDevice device, Operands operands) {
    this.device = device;
    this.traits = device.traits();
    this.operands = operands;
  }

  /** Rows of a chunk, of which every unit should get many, and the chunks that makes. */
  private record Chunks(int rows, int count, int vectors) {
    int items() {
      return Math.toIntExact((long) count * vectors);
    }
  }

  private Chunks chunks(int rows, int channels) {
    int vectors = (channels + traits.lanes() - 1) / traits.lanes();
    long wanted = traits.units() * (traits.processor() ? 64L : 1024L);
    long even = (long) rows * vectors / wanted;
    int chunk = (int) Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, even));
    return new Chunks(chunk, (int) ((rows + chunk - 1L) / chunk), vectors);
  }

  private OpenClBuffer partial(Chunks chunks, int channels, int values) {
    return device.memory().scratch(Math.toIntExact((long) values * chunks.count * channels));
  }

  private Launch launch(int items) {
    return Launch.of(items, traits.flatGroup());
  }

  void stats(Buffer x, int rows, int channels, Buffer mean, Buffer variance) {
    String op = "channelStats";
    OpenClBuffer in = operands.reals(op, "input", x, (long) rows * channels);
    OpenClBuffer m = operands.reals(op, "mean", mean, channels);
    OpenClBuffer v = operands.reals(op, "variance", variance, channels);
    Chunks c = chunks(rows, channels);
    OpenClBuffer partial = partial(c, channels, 3);
    device.launch(
        Kernel.pass("channel_stats"),
        launch(c.items()),
        in,
        partial,
        c.items(),
        rows,
        channels,
        c.rows);
    device.launch(
        Kernel.pass("channel_stats_end"),
        launch(c.vectors),
        partial,
        m,
        v,
        c.vectors,
        rows,
        channels,
        c.rows,
        c.count);
    partial.release();
  }

  void normalize(
      Buffer x,
      int rows,
      int channels,
      Buffer mean,
      Buffer scale,
      Buffer shift,
      Buffer residual,
      boolean relu,
      Buffer out) {
    String op = "normalize";
    long size = (long) rows * channels;
    OpenClBuffer in = operands.reals(op, "input", x, size);
    Object[] args = {
      in,
      operands.reals(op, "mean", mean, channels),
      operands.reals(op, "scale", scale, channels),
      operands.reals(op, "shift", shift, channels),
      residual == null ? in : operands.reals(op, "residual", residual, size),
      operands.reals(op, "output", out, size)
    };
    device.flat(
        Kernel.pass("normalize_rows"),
        rows,
        traits.smallBlock(rows),
        args,
        channels,
        residual == null ? 0 : 1,
        relu ? 1 : 0);
  }

  void sums(
      Buffer grad,
      Buffer y,
      Buffer x,
      int rows,
      int channels,
      Buffer mean,
      Buffer sum,
      Buffer sumOfProducts) {
    String op = "normalizeSums";
    long size = (long) rows * channels;
    OpenClBuffer g = operands.reals(op, "gradient", grad, size);
    OpenClBuffer open = y == null ? g : operands.reals(op, "y", y, size);
    OpenClBuffer in = operands.reals(op, "input", x, size);
    OpenClBuffer m = operands.reals(op, "mean", mean, channels);
    OpenClBuffer first = operands.reals(op, "sum", sum, channels);
    OpenClBuffer second = operands.reals(op, "sum of products", sumOfProducts, channels);
    Chunks c = chunks(rows, channels);
    OpenClBuffer partial = partial(c, channels, 2);
    device.launch(
        Kernel.pass("normalize_sums"),
        launch(c.items()),
        g,
        open,
        in,
        m,
        partial,
        c.items(),
        rows,
        channels,
        c.rows,
        y == null ? 0 : 1);
    device.launch(
        Kernel.pass("normalize_sums_end"),
        launch(c.vectors),
        partial,
        first,
        second,
        c.vectors,
        channels,
        c.count);
    partial.release();
  }

  void grad(
      Buffer grad,
      Buffer y,
      Buffer x,
      int rows,
      int channels,
      Buffer mean,
      Buffer ofGrad,
      Buffer ofInput,
      Buffer constant,
      Buffer out,
      Buffer residualGrad) {
    String op = "normalizeGrad";
    long size = (long) rows * channels;
    OpenClBuffer g = operands.reals(op, "gradient", grad, size);
    OpenClBuffer o = operands.reals(op, "output", out, size);
    Object[] args = {
      g,
      y == null ? g : operands.reals(op, "y", y, size),
      operands.reals(op, "input", x, size),
      operands.reals(op, "mean", mean, channels),
      operands.reals(op, "factor of the gradient", ofGrad, channels),
      operands.reals(op, "factor of the input", ofInput, channels),
      operands.reals(op, "constant", constant, channels),
      o,
      residualGrad == null ? o : operands.reals(op, "residual's gradient", residualGrad, size)
    };
    device.flat(
        Kernel.pass("normalize_grad"),
        rows,
        traits.smallBlock(rows),
        args,
        channels,
        y == null ? 0 : 1,
        residualGrad == null ? 0 : 1);
  }
}
