package dev.teak.lab.report;

import static j2html.TagCreator.emptyTag;

import j2html.tags.EmptyTag;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Images and perturbations as PNG data URIs, each pixel kept whole by the page's style. */
public final class Pictures {
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
