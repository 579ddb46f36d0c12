package dev.teak.lab.data;

import dev.teak.engine.Shape;
import dev.teak.nn.train.ByteImages;
import dev.teak.nn.train.Examples;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Digits drawn from strokes by code: 28 x 28 grey images of ten classes, for whoever has no data.
 * Each is turned, sheared, scaled, moved and wobbled, its strokes vary in width, and noise and
 * stray strokes lie over it, so that a linear model stays well under 95%. An image depends on the
 * seed, the split and its number alone.
 */
public final class SyntheticDigits {
  private static final int SIDE = 28;

  /**
   * The digits' strokes in the unit square, y downwards: polylines, and arcs as {@code {centreX,
   * centreY, radiusX, radiusY, fromDegrees, toDegrees}}. Two forms where people write two.
   */
  private static final double[][][][] FORMS = {
    {{arc(.5, .5, .24, .36, 0, 360)}},
    {{{.5, .12, .5, .88}}, {{.36, .28, .52, .12, .52, .88}}},
    {{arc(.5, .32, .22, .2, 180, 380), {.7, .4, .3, .86, .74, .86}}},
    {{arc(.48, .31, .2, .19, 200, 450), arc(.48, .68, .23, .2, 270, 520)}},
    {
      {{.6, .88, .6, .12, .26, .62, .78, .62}}, {{.32, .14, .3, .54, .74, .54}, {.66, .3, .62, .88}}
    },
    {{{.7, .14, .34, .14, .32, .46}, arc(.48, .64, .22, .22, 230, 510)}},
    {{{.62, .12, .36, .46}, arc(.5, .66, .2, .22, 0, 360)}},
    {{{.28, .14, .74, .14, .44, .88}}, {{.28, .16, .72, .14, .42, .88}, {.4, .5, .68, .5}}},
    {{arc(.5, .31, .18, .18, 0, 360), arc(.5, .68, .22, .2, 0, 360)}},
    {{arc(.5, .34, .2, .21, 0, 360), {.7, .36, .6, .88}}},
  };

  private SyntheticDigits() {}

  /** An arc as a polyline. */
  private static double[] arc(double cx, double cy, double rx, double ry, double from, double to) {
    int pieces = 20;
    double[] line = new double[2 * (pieces + 1)];
    for (int i = 0; i <= pieces; i++) {
      double t = Math.toRadians(from + (to - from) * i / pieces);
      line[2 * i] = cx + rx * StrictMath.cos(t);
      line[2 * i + 1] = cy + ry * StrictMath.sin(t);
    }
    return line;
  }

  /**
   * The first {@code count} images of a split under a seed. Each one's class is drawn at random, so
   * there are about, not exactly, as many of each.
   *
   * @throws DataException if {@code count} is less than one, or more than an array holds
   */
  public static Dataset generate(boolean train, int count, long seed) {
    if (count < 1 || count > Integer.MAX_VALUE / (SIDE * SIDE)) {
      throw new DataException("synthetic digits: " + count + " images cannot be drawn");
    }
    byte[] images = new byte[count * SIDE * SIDE];
    int[] labels = new int[count];
    long split = train ? 0x7A11L : 0x7E57L;
    IntStream.range(0, count)
        .parallel()
        .forEach(
            i -> {
              SplittableRandom random =
                  new SplittableRandom(
                      seed * 0x9E3779B97F4A7C15L ^ split << 40 ^ i * 0xD1342543DE82EF95L);
              random.nextLong(); // the first numbers of neighbouring seeds resemble each other
              labels[i] = random.nextInt(10);
              draw(labels[i], random, images, i * SIDE * SIDE);
            });
    Examples examples = new Examples(ByteImages.of(images, Shape.of(SIDE, SIDE, 1)), labels);
    return new Dataset("synthetic digits", examples, Dataset.numbered(10));
  }

  private static void draw(int digit, SplittableRandom random, byte[] images, int at) {
    double[][] form = FORMS[digit][random.nextInt(FORMS[digit].length)];
    double[] map = transform(random);
    double width = between(random, 0.7, 1.7);
    float[] image = new float[SIDE * SIDE];
    for (double[] stroke : form) {
      stroke(image, placed(stroke, map, random), width, 1);
    }
    int strays = random.nextInt(3);
    for (int i = 0; i < strays; i++) {
      double x = between(random, 0, SIDE);
      double y = between(random, 0, SIDE);
      double[] stray = {x, y, x + between(random, -7, 7), y + between(random, -7, 7)};
      stroke(image, stray, 0.6, (float) between(random, 0.3, 0.8));
    }
    double noise = between(random, 0.02, 0.14);
    for (int p = 0; p < image.length; p++) {
      double v = image[p] + noise * (random.nextDouble() + random.nextDouble() - 1) * 1.7;
      images[at + p] = (byte) Math.round(255 * Math.min(1, Math.max(0, v)));
    }
  }

  private static double between(SplittableRandom random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  /**
   * The affine map from the unit square to pixels: x' = m0 x + m1 y + m2, y' = m3 x + m4 y + m5.
   */
  private static double[] transform(SplittableRandom random) {
    double turn = Math.toRadians(between(random, -28, 28));
    double shear = between(random, -0.25, 0.25);
    double sx = SIDE * between(random, 0.6, 1.0);
    double sy = SIDE * between(random, 0.62, 0.98);
    double cos = StrictMath.cos(turn);
    double sin = StrictMath.sin(turn);
    double a = cos * sx;
    double b = (cos * shear - sin) * sy;
    double c = sin * sx;
    double d = (sin * shear + cos) * sy;
    double dx = SIDE / 2.0 + between(random, -3.2, 3.2);
    double dy = SIDE / 2.0 + between(random, -3.2, 3.2);
    return new double[] {a, b, dx - (a + b) / 2, c, d, dy - (c + d) / 2};
  }

  private static double[] placed(double[] stroke, double[] m, SplittableRandom random) {
    double[] out = new double[stroke.length];
    double phase = between(random, 0, 2 * Math.PI);
    double wobble = between(random, 0, 0.03);
    for (int i = 0; i < stroke.length; i += 2) {
      double x = stroke[i] + wobble * StrictMath.sin(phase + 5 * stroke[i + 1]);
      double y = stroke[i + 1] + wobble * StrictMath.cos(phase + 5 * stroke[i]);
      out[i] = m[0] * x + m[1] * y + m[2];
      out[i + 1] = m[3] * x + m[4] * y + m[5];
    }
    return out;
  }

  /** Draws a polyline: ink falls off over one pixel at {@code width} from its line. */
  private static void stroke(float[] image, double[] line, double width, float ink) {
    for (int i = 0; i + 3 < line.length; i += 2) {
      segment(image, line[i], line[i + 1], line[i + 2], line[i + 3], width, ink);
    }
  }

  private static void segment(
      float[] image, double x0, double y0, double x1, double y1, double width, float ink) {
    double reach = width + 1;
    int left = (int) Math.max(0, Math.floor(Math.min(x0, x1) - reach));
    int right = (int) Math.min(SIDE - 1, Math.ceil(Math.max(x0, x1) + reach));
    int top = (int) Math.max(0, Math.floor(Math.min(y0, y1) - reach));
    int bottom = (int) Math.min(SIDE - 1, Math.ceil(Math.max(y0, y1) + reach));
    double dx = x1 - x0;
    double dy = y1 - y0;
    double length = Math.max(1e-9, dx * dx + dy * dy);
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        double t = ((x + 0.5 - x0) * dx + (y + 0.5 - y0) * dy) / length;
        t = Math.min(1, Math.max(0, t));
        double distance = Math.hypot(x + 0.5 - x0 - t * dx, y + 0.5 - y0 - t * dy);
        float v = ink * (float) Math.min(1, Math.max(0, width + 0.5 - distance));
        image[y * SIDE + x] = Math.max(image[y * SIDE + x], v);
      }
    }
  }
}
