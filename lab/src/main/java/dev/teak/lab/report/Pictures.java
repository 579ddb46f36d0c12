package dev.teak.lab.report;

import static j2html.TagCreator.emptyTag;

import j2html.tags.EmptyTag;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Images and perturbations as PNG data URIs, each pixel kept whole by the page's style. */
public final class Pictures {
  private static final float[] FOR = {1, 0.45f, 0.05f};
  private static final float[] AGAINST = {0.1f, 0.5f, 1};

  /** The share of a map's pixels that full strength is not below. */
  private static final double MOST = 0.99;

  private Pictures() {}

  /** An image of values in 0..1, {@code [H, W, C]} with C of 1 (grey) or 3 (red, green, blue). */
  public static EmptyTag<?> image(float[] pixels, int height, int width, int channels) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = (y * width + x) * channels;
        int red = level(pixels[at]);
        int green = channels == 3 ? level(pixels[at + 1]) : red;
        int blue = channels == 3 ? level(pixels[at + 2]) : red;
        picture.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return emptyTag("img").attr("src", dataUri(picture)).withClass("pixels");
  }

  /** A perturbation: grey is no change, white +scale, black -scale. */
  public static EmptyTag<?> perturbation(
      float[] clean, float[] adversarial, int height, int width, int channels, double scale) {
    float[] shown = new float[clean.length];
    for (int i = 0; i < shown.length; i++) {
      double change = scale == 0 ? 0 : (adversarial[i] - clean[i]) / (2 * scale);
      shown[i] = (float) (0.5 + change);
    }
    return image(shown, height, width, channels);
  }

  /**
   * A map over the image in grey: what is above 0 in orange, what is below in blue, and as strong
   * as it is large. Full strength is what 99 of 100 pixels do not exceed, so that a few do not
   * leave the others pale (Smilkov et al. 2017, section 3.1). Where the map is no number nothing is
   * laid.
   *
   * @param map a number a pixel, {@code [H, W]}
   */
  public static EmptyTag<?> overlay(
      float[] pixels, float[] map, int height, int width, int channels) {
    double full = strength(map);
    float[] shown = new float[height * width * 3];
    for (int p = 0; p < map.length; p++) {
      double grey = 0;
      for (int c = 0; c < channels; c++) {
        grey += pixels[p * channels + c] / channels;
      }
      double share = full > 0 && Double.isFinite(map[p]) ? Math.min(1, Math.abs(map[p]) / full) : 0;
      float[] color = map[p] < 0 ? AGAINST : FOR;
      for (int c = 0; c < 3; c++) {
        shown[3 * p + c] = (float) ((1 - share) * (0.15 + 0.7 * grey) + share * color[c]);
      }
    }
    return image(shown, height, width, 3);
  }

  private static double strength(float... map) {
    double[] sizes =
        IntStream.range(0, map.length)
            .mapToDouble(i -> Math.abs(map[i]))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    if (sizes.length == 0) {
      return 0;
    }
    double most = sizes[(int) Math.ceil(MOST * sizes.length) - 1];
    return most > 0 ? most : sizes[sizes.length - 1];
  }

  private static int level(float v) {
    return Math.round(255 * Math.min(1, Math.max(0, v)));
  }

  private static String dataUri(BufferedImage picture) {
    try {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(picture, "png", png);
      return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("writing a PNG to memory failed", e);
    }
  }
}
