package dev.teak.engine.check;

import dev.teak.engine.ImageQuality;
import dev.teak.engine.Images;
import dev.teak.engine.Resampling;
import dev.teak.engine.Shape;
import dev.teak.engine.SpatialTransform;
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
    s.sampling();
    s.quality();
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

  /** An image of 5 x 3 pixels and places off their middles and edges, within and without it. */
  private void sampling() {
    Input image = d.values(2, 5, 3, d.upTo(3));
    boolean corners = d.random.nextBoolean();
    for (String padding : new String[] {"zeros", "border", "reflection"}) {
      Input grid = d.spread(-1.7, 1.7, 2, 2, 3, 2);
      awayFromPixels(grid.values(), corners);
      d.add(
          "grid_sample",
          x -> SpatialTransform.gridSample(x.get(0), x.get(1), "bilinear", padding, corners),
          image,
          grid);
      d.add(
          "grid_sample",
          x -> SpatialTransform.gridSample(x.get(0), grid.tensor(), "nearest", padding, corners),
          image);
    }
    d.add(
        "affine_grid",
        x -> SpatialTransform.affineGrid(x.get(0), Shape.of(2, 3, 4, 1), corners),
        d.values(2, 2, 3));
  }

  /**
   * Moves columns and rows, in turn, away from where the pixels of an image of 3 columns and 5 rows
   * lie, and from the middles between them.
   */
  private static void awayFromPixels(double[] grid, boolean corners) {
    for (int i = 0; i < grid.length; i++) {
      int size = i % 2 == 0 ? 3 : 5;
      double scale = (corners ? size - 1 : size) / 2.0;
      double at = grid[i] * scale * 2; // in half pixels: kinks are at the whole ones
      double nearest = Math.rint(at);
      grid[i] = Math.abs(at - nearest) < 0.1 ? (nearest + 0.2) / (2 * scale) : grid[i];
    }
  }

  private void quality() {
    int[] dims = {d.upTo(2), 11 + d.upTo(2), 12, d.upTo(2)};
    Input x = d.spread(0, 1, dims);
    Input y = d.spread(0, 1, dims);
    d.add("ssim", in -> ImageQuality.ssim(in.get(0), in.get(1), 1), x, y);
    d.add("psnr", in -> ImageQuality.psnr(in.get(0), in.get(1), 1), x, y);
  }
}
