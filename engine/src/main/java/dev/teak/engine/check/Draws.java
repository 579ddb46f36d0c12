package dev.teak.engine.check;

import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.OpSample.Input;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * What samples are drawn with: extents and values by a seed. Values are all different, and no kink
 * is near.
 */
final class Draws {
  final SplittableRandom random;
  private final List<OpSample> samples = new ArrayList<>();

  Draws(long seed) {
    this.random = new SplittableRandom(seed);
  }

  List<OpSample> samples() {
    return samples;
  }

  /** 1 to {@code most}. */
  int upTo(int most) {
    return 1 + random.nextInt(most);
  }

  /** Distinct values spread over (low, high), shuffled: neighbours differ by (high - low) / n. */
  Input spread(double low, double high, int... dims) {
    int n = Shape.of(dims).size();
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = low + (high - low) * (i + 0.5) / n;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
    return new Input(values, dims);
  }

  /** Values in (-2, 2); where there is an odd number of them, shifted so that none is 0. */
  Input values(int... dims) {
    return spread(-1.97, 2.01, dims);
  }

  /** Moves values to odd or even multiples of 0.005: of two inputs, no values can tie. */
  static Input onGrid(int odd, Input in) {
    double[] v = in.values();
    for (int i = 0; i < v.length; i++) {
      v[i] = (2 * Math.rint(v[i] * 100) + odd) * 0.005;
    }
    return in;
  }

  /** One to four extents of 1 to 5. */
  int[] dims() {
    int[] d = new int[upTo(4)];
    Arrays.setAll(d, i -> upTo(5));
    return d;
  }

  void add(String op, Function<List<Tensor>, Tensor> function, Input... inputs) {
    addExempt(op, null, function, inputs);
  }

  void addExempt(
      String op, String exempt, Function<List<Tensor>, Tensor> function, Input... inputs) {
    samples.add(new OpSample(op, List.of(inputs), function, exempt));
  }

  /** Values at least 0.02 from every multiple of a half, where rounding and signs jump. */
  Input awayFromKinks(int... dims) {
    Input in = values(dims);
    double[] v = in.values();
    for (int i = 0; i < v.length; i++) {
      double nearest = Math.rint(v[i] * 2) / 2;
      if (Math.abs(v[i] - nearest) < 0.02) {
        v[i] = nearest + 0.05;
      }
    }
    return in;
  }
}
