package dev.teak.nn.attribution;

import dev.teak.engine.Autograd;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.settings.Optional;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far the logit falls where a square of one color hides a part of the image (Zeiler and Fergus,
 * "Visualizing and understanding convolutional networks", ECCV 2014, section 4.2). A pixel is given
 * the mean over the squares that hide it. It needs no gradient, but a forward pass a square.
 *
 * @param window side of the square in pixels; null for an eighth of the image's shorter side
 * @param stride pixels from one square to the next; null for half a window. The last squares of a
 *     row and of a column end at the edge
 * @param fill value of its pixels in all channels; the paper's square is grey
 */
public record Occlusion(@Optional Integer window, @Optional Integer stride, double fill)
    implements Attribution {
  /** Copies of an image that go through the model at a time. */
  private static final int COPIES = 16;

  /** Rejects sizes below 1, and a color that is no number. */
  public Occlusion {
    requirePositive("window", window);
    requirePositive("stride", stride);
    if (!Double.isFinite(fill)) {
      throw new IllegalArgumentException("fill: " + fill + " must be finite");
    }
  }

  private static void requirePositive(String setting, Integer value) {
    if (value != null && value < 1) {
      throw new IllegalArgumentException(setting + ": " + value + " must be 1 or more");
    }
  }

  /** A place of the square. */
  private record Place(int top, int left) {}

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the square is larger than the images
   */
  @Override
  public Tensor of(ClassScore score, Tensor images) {
    int n = images.shape().dim(0);
    int height = images.shape().dim(1);
    int width = images.shape().dim(2);
    int side = side(height, width);
    List<Place> places = places(height, width, side);
    double[] falls = new double[n * height * width];
    double[] counts = new double[height * width];
    try (Autograd.Mode plain = Autograd.noGrad()) {
      double[] whole = score.of(images).toDoubles();
      for (int from = 0; from < places.size(); from += COPIES) {
        List<Place> some = places.subList(from, Math.min(places.size(), from + COPIES));
        some.forEach(place -> add(counts, 0, place, side, width, 1));
        try (Scope scope = Scope.open()) {
          Tensor square = square(some, side, height, width);
          for (int i = 0; i < n; i++) {
            Tensor hidden = square.where(Tensor.scalar(fill), images.rows(i, i + 1));
            double[] left = score.copies(i, some.size()).of(hidden).toDoubles();
            for (int p = 0; p < left.length; p++) {
              add(falls, i * counts.length, some.get(p), side, width, whole[i] - left[p]);
            }
          }
        }
      }
    }
    for (int i = 0; i < falls.length; i++) {
      falls[i] /= counts[i % counts.length];
    }
    return Tensor.of(falls, n, height, width, 1);
  }

  private int side(int height, int width) {
    int shorter = Math.min(height, width);
    int side = window == null ? Math.max(1, Math.round(shorter / 8f)) : window;
    if (side > shorter) {
      throw new IllegalArgumentException(
          "occlusion: window " + side + " is larger than the images, " + height + " x " + width);
    }
    return side;
  }

  private List<Place> places(int height, int width, int side) {
    int step = stride == null ? Math.max(1, side / 2) : stride;
    if (step > side) {
      throw new IllegalArgumentException(
          "occlusion: stride " + step + " leaves pixels out between squares of " + side);
    }
    List<Place> places = new ArrayList<>();
    for (int top : starts(height - side, step)) {
      for (int left : starts(width - side, step)) {
        places.add(new Place(top, left));
      }
    }
    return places;
  }

  /** 0, step, 2 step and so on below {@code last}, and that. */
  private static int[] starts(int last, int step) {
    return IntStream.concat(
            IntStream.iterate(0, at -> at < last, at -> at + step), IntStream.of(last))
        .toArray();
  }

  /** 1 in the square and 0 around it, at each of the places: {@code [places, H, W, 1]}. */
  private static Tensor square(List<Place> places, int side, int height, int width) {
    double[] mask = new double[places.size() * height * width];
    for (int p = 0; p < places.size(); p++) {
      add(mask, p * height * width, places.get(p), side, width, 1);
    }
    return Tensor.of(mask, places.size(), height, width, 1);
  }

  /** Adds a value to all pixels of the square, in an image that begins at {@code from}. */
  private static void add(double[] to, int from, Place place, int side, int width, double value) {
    for (int y = place.top; y < place.top + side; y++) {
      for (int x = place.left; x < place.left + side; x++) {
        to[from + y * width + x] += value;
      }
    }
  }
}
