package dev.teak.attacks.blackbox;

import dev.teak.attacks.FixedEpsilonAttack;
import dev.teak.attacks.Goal;
import dev.teak.attacks.Norm;
import dev.teak.attacks.Run;
import dev.teak.attacks.SampleRandom;
import dev.teak.attacks.ThreatModel;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * Rotations and shifts (Engstrom et al., "Exploring the landscape of spatial robustness", ICML
 * 2019, section 3): all of a grid, 31 angles up to 30 degrees and 5 shifts up to 3 pixels each way
 * (a tenth of the side), or the worst of so many random ones. What comes in from outside is the
 * pixel range's lower end. No norm bounds it.
 *
 * @param threat only its range counts
 * @param goal what to reach
 * @param degrees largest rotation either way
 * @param shift largest shift either way, in pixels
 * @param angles of the grid, an odd number so that 0 is among them
 * @param shifts of the grid in each direction, likewise
 * @param random draws instead of the grid; 0 for the grid
 * @param seed of the draws
 */
public record Spatial(
    ThreatModel threat,
    Goal goal,
    double degrees,
    double shift,
    int angles,
    int shifts,
    int random,
    long seed)
    implements FixedEpsilonAttack {

  /** Rejects a grid without its middle and negative extents. */
  public Spatial {
    boolean odd = angles > 0 && shifts > 0 && angles % 2 == 1 && shifts % 2 == 1;
    if (!odd || random < 0 || !(degrees >= 0) || !(shift >= 0)) {
      throw new IllegalArgumentException(
          "spatial: angles "
              + angles
              + ", shifts "
              + shifts
              + ": must be odd; degrees "
              + degrees
              + ", shift "
              + shift
              + ", random "
              + random
              + ": 0 or more");
    }
  }

  /** The paper's grid for MNIST, in the pixel range of a threat model. */
  public static Spatial of(ThreatModel threat) {
    ThreatModel range =
        new ThreatModel(Norm.LINF, Double.POSITIVE_INFINITY, threat.low(), threat.high());
    return new Spatial(range, Goal.UNTARGETED, 30, 3, 31, 5, 0, 0);
  }

  @Override
  public String name() {
    return "spatial";
  }

  @Override
  public int rounds() {
    return random > 0 ? 1 : shifts * shifts;
  }

  @Override
  public void run(Run run) {
    int n = run.size();
    SampleRandom draws = run.random("draws");
    int count = random > 0 ? random : angles;
    float[] clean = run.images().toFloats();
    for (int k = 0; k < count; k++) {
      try (Scope scope = Scope.open()) {
        float[] moved = new float[clean.length];
        for (int i = 0; i < n; i++) {
          double[] how = random > 0 ? drawn(draws.peek(i, 4)) : onGrid(k, run.round());
          move(clean, moved, i, run.image(), how);
        }
        draws.advance(4);
        run.offer(Tensor.of(moved, run.images().shape().dims()));
      }
    }
  }

  private double[] drawn(float... u) {
    return new double[] {degrees * (2 * u[0] - 1), shift * (2 * u[1] - 1), shift * (2 * u[2] - 1)};
  }

  private double[] onGrid(int angle, int place) {
    return new double[] {
      degrees * along(angle, angles),
      shift * along(place / shifts, shifts),
      shift * along(place % shifts, shifts)
    };
  }

  /** Step i of n from -1 to 1. */
  private static double along(int i, int n) {
    return n == 1 ? 0 : 2.0 * i / (n - 1) - 1;
  }

  /** Turns image i about its middle and shifts it, by bilinear interpolation. */
  private void move(float[] from, float[] to, int i, Shape image, double... how) {
    int h = image.dim(0);
    int w = image.dim(1);
    int c = image.dim(2);
    double cos = Math.cos(Math.toRadians(how[0]));
    double sin = Math.sin(Math.toRadians(how[0]));
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double v = y - how[1] - (h - 1) / 2.0;
        double u = x - how[2] - (w - 1) / 2.0;
        double row = cos * v - sin * u + (h - 1) / 2.0;
        double column = sin * v + cos * u + (w - 1) / 2.0;
        for (int channel = 0; channel < c; channel++) {
          to[((i * h + y) * w + x) * c + channel] =
              interpolated(from, i * h * w * c + channel, image, row, column);
        }
      }
    }
  }

  private float interpolated(float[] from, int base, Shape image, double row, double column) {
    int y = (int) Math.floor(row);
    int x = (int) Math.floor(column);
    double sum = 0;
    for (int dy = 0; dy < 2; dy++) {
      for (int dx = 0; dx < 2; dx++) {
        double weight = Math.abs(1 - dy - (row - y)) * Math.abs(1 - dx - (column - x));
        boolean inside =
            y + dy >= 0 && y + dy < image.dim(0) && x + dx >= 0 && x + dx < image.dim(1);
        int place = base + ((y + dy) * image.dim(1) + x + dx) * image.dim(2);
        sum += weight * (inside ? from[place] : threat.low());
      }
    }
    return threat.clip(sum);
  }
}
