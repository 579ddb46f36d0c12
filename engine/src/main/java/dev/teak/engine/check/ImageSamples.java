package dev.teak.engine.check;

import dev.teak.engine.Images;
import dev.teak.engine.Resampling;
import dev.teak.engine.backend.SparseMatrix;
import dev.teak.engine.check.OpSample.Input;
import dev.teak.engine.op.Resample;

/** Samples of what is done to images. */
final class ImageSamples {
  private final Draws d;

  private ImageSamples(Draws d) {
    this.d = d;
  }

  static void addTo(Draws d) {
    ImageSamples s = new ImageSamples(d);
    s.resizing();
    s.paddingAndChannels();
  }

  private Input image() {
    return d.values(d.upTo(2), d.upTo(5), d.upTo(5), d.upTo(3));
  }

  private void resizing() {
    SparseMatrix m = Resampling.linear(4, 7, Resampling.halfPixel(0.5));
    d.add("resample", x -> Resample.apply(m, x.get(0), -2), d.values(d.upTo(3), 4, d.upTo(4)));
    int[] size = {d.upTo(7), d.upTo(7)};
    for (String mode : new String[] {"nearest", "nearest-exact", "area", "bilinear", "bicubic"}) {
      d.add("interpolate", x -> Images.interpolate(x.get(0), size, mode), image());
    }
    boolean corners = d.random.nextBoolean();
    for (String mode : new String[] {"bilinear", "bicubic"}) {
      d.add(
          "interpolate",
          x -> Images.interpolate(x.get(0), size, mode, corners, true),
          d.values(1, 6, 5, 2));
    }
    double[] factors = {1 + d.random.nextDouble(), 1 + d.random.nextDouble()};
    d.add(
        "interpolate",
        x -> Images.interpolate(x.get(0), factors, "bilinear", false, false, false),
        image());
    d.add(
        "adaptive_avg_pool2d", x -> Images.adaptiveAvgPool2d(x.get(0), size[0], size[1]), image());
  }

  private void paddingAndChannels() {
    for (String mode : new String[] {"constant", "reflect", "replicate", "circular"}) {
      d.add("pad", x -> Images.pad(x.get(0), 1, 2, 0, -1, mode), d.values(2, 3, 4, d.upTo(3)));
    }
    d.add("gaussian_blur", x -> Images.gaussianBlur(x.get(0), 5, 0.9), d.values(1, 3, 4, 2));
    int r = d.upTo(3);
    int[] deep = {d.upTo(2), d.upTo(2), d.upTo(3), 2 * r * r};
    int[] wide = {deep[0], deep[1] * r, deep[2] * r, 2};
    d.add("pixel_shuffle", x -> Images.pixelShuffle(x.get(0), r), d.values(deep));
    d.add("depth_to_space", x -> Images.depthToSpace(x.get(0), r), d.values(deep));
    d.add("pixel_unshuffle", x -> Images.pixelUnshuffle(x.get(0), r), d.values(wide));
    d.add("space_to_depth", x -> Images.spaceToDepth(x.get(0), r), d.values(wide));
  }
}
