package dev.teak.lab.data;

import java.util.Arrays;

/**
 * Scales an image until its shorter side is {@code resize}, and cuts a square of {@code size} out
 * of the middle. Pixels are weighted by a triangle as wide as two pixels of the smaller image, so
 * that none is left out where an image shrinks: what Pillow calls bilinear, and torchvision
 * antialiased. It is written in plain arithmetic, to give the same bytes on every JDK.
 *
 * @param resize of the shorter side
 * @param size of the square, not above {@code resize}
 */
record Fit(int resize, int size) {
  /** Of one pixel of the result along one axis: what it is the mean of. */
  private record Tap(int from, float... weights) {}

  /**
   * Scales and cuts.
   *
   * @param pixels {@code [height, width, channels]}
   * @return {@code [size, size, channels]}
   */
  float[] of(float[] pixels, int height, int width, int channels) {
    double scale = (double) Math.min(height, width) / resize;
    Tap[] rows = taps(height, scale);
    Tap[] columns = taps(width, scale);
    float[] narrow = new float[height * size * channels];
    for (int y = 0; y < height; y++) { // [H, W, C] -> [H, size, C]
      for (int x = 0; x < size; x++) {
        int from = (y * width + columns[x].from) * channels;
        add(
            pixels,
            from,
            channels,
            columns[x].weights,
            narrow,
            (y * size + x) * channels,
            channels);
      }
    }
    float[] square = new float[size * size * channels];
    int row = size * channels;
    for (int y = 0; y < size; y++) { // [H, size, C] -> [size, size, C]
      add(narrow, rows[y].from * row, row, rows[y].weights, square, y * row, row);
    }
    return square;
  }

  /** Adds up {@code count} numbers of each of several places that are {@code stride} apart. */
  private static void add(
      float[] from, int at, int stride, float[] weights, float[] to, int out, int count) {
    for (int k = 0; k < weights.length; k++) {
      for (int i = 0; i < count; i++) {
        to[out + i] += weights[k] * from[at + k * stride + i];
      }
    }
  }

  private Tap[] taps(int extent, double scale) {
    double support = Math.max(1, scale);
    int first =
        (int) ((Math.round(extent / scale) - size) / 2); // of the square in the scaled image
    Tap[] taps = new Tap[size];
    for (int o = 0; o < size; o++) {
      double center = Math.min((first + o + 0.5) * scale, extent - 0.5 * Math.min(1, scale));
      int from = Math.max(0, (int) Math.floor(center - support));
      int to = Math.min(extent, (int) Math.ceil(center + support));
      double[] weights = new double[to - from];
      for (int i = from; i < to; i++) {
        weights[i - from] = Math.max(0, 1 - Math.abs(i + 0.5 - center) / support);
      }
      double sum = Arrays.stream(weights).sum();
      float[] shares = new float[weights.length];
      for (int i = 0; i < shares.length; i++) {
        shares[i] = (float) (weights[i] / sum);
      }
      taps[o] = new Tap(from, shares);
    }
    return taps;
  }
}
