package dev.teak.lab.data;

import static dev.teak.lab.data.Samples.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SyntheticDigitsTest {
  private static final int PIXELS = 28 * 28;

  private static float[] image(Dataset data, int i) {
    return Arrays.copyOfRange(data.images(), i * PIXELS, (i + 1) * PIXELS);
  }

  @Test
  void anImageDependsOnSeedSplitAndNumberAlone() {
    Dataset few = SyntheticDigits.generate(true, 20, 5);
    Dataset many = SyntheticDigits.generate(true, 300, 5);
    assertArrayEquals(few.images(), many.take(20).images());
    assertArrayEquals(few.labels(), many.take(20).labels());
  }

  @Test
  void everyImageOfEverySeedAndSplitIsAnother() {
    Dataset train = SyntheticDigits.generate(true, 100, 5);
    Dataset test = SyntheticDigits.generate(false, 100, 5);
    Dataset otherSeed = SyntheticDigits.generate(true, 100, 6);
    for (int i = 0; i < 100; i++) {
      assertFalse(Arrays.equals(image(train, i), image(test, i)));
      assertFalse(Arrays.equals(image(train, i), image(otherSeed, i)));
      assertFalse(Arrays.equals(image(train, i), image(train, (i + 1) % 100)));
    }
    assertFalse(Arrays.equals(train.labels(), test.labels()));
    assertFalse(Arrays.equals(train.labels(), otherSeed.labels()));
  }

  @Test
  void pixelsAreInRangeAndClassesAboutEquallyFrequent() {
    Dataset data = SyntheticDigits.generate(false, 2000, 1);
    for (float v : data.images()) {
      assertTrue(v >= 0 && v <= 1);
    }
    int[] counts = new int[10];
    for (int label : data.labels()) {
      counts[label]++;
    }
    for (int count : counts) {
      assertTrue(count > 140 && count < 260, Arrays.toString(counts)); // 200 +- 4.5 sigma
    }
  }

  @Test
  void aCountThatCannotBeDrawnIsRefused() {
    assertRefused(() -> SyntheticDigits.generate(true, 0, 1), "0 images");
    assertRefused(() -> SyntheticDigits.generate(true, -1, 1), "-1 images");
    assertRefused(() -> SyntheticDigits.generate(true, 3_000_000, 1), "3000000 images");
  }

  /** Neither trivial nor hopeless: a data set on which better models can show it. */
  @Test
  void aLinearModelLearnsThemInPart() {
    Dataset train = SyntheticDigits.generate(true, 4000, 1);
    Dataset test = SyntheticDigits.generate(false, 1000, 1);
    float[] trained = train.images();
    float[] tested = test.images();
    float[][] weights = new float[10][PIXELS + 1];
    int epochs = 30;
    for (int epoch = 0; epoch < epochs; epoch++) {
      float rate = 0.02f * (epochs - epoch) / epochs;
      for (int i = 0; i < train.size(); i++) {
        step(weights, trained, train.labels()[i], i, rate);
      }
    }
    int right = 0;
    for (int i = 0; i < test.size(); i++) {
      float[] p = probabilities(weights, tested, i);
      int best = 0;
      for (int k = 1; k < 10; k++) {
        best = p[k] > p[best] ? k : best;
      }
      right += best == test.labels()[i] ? 1 : 0;
    }
    double accuracy = right / (double) test.size();
    assertTrue(accuracy > 0.60 && accuracy < 0.95, "accuracy " + accuracy);
  }

  /** One step of stochastic gradient descent on softmax cross-entropy. */
  private static void step(float[][] weights, float[] x, int label, int i, float rate) {
    float[] p = probabilities(weights, x, i);
    p[label] -= 1;
    int from = i * PIXELS;
    for (int k = 0; k < 10; k++) {
      float[] row = weights[k];
      float by = rate * p[k];
      for (int j = 0; j < PIXELS; j++) {
        row[j] -= by * x[from + j];
      }
      row[PIXELS] -= by;
    }
  }

  private static float[] probabilities(float[][] weights, float[] x, int i) {
    int from = i * PIXELS;
    float[] p = new float[10];
    float max = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < 10; k++) {
      float[] row = weights[k];
      float s0 = row[PIXELS];
      float s1 = 0;
      float s2 = 0;
      float s3 = 0;
      for (int j = 0; j < PIXELS; j += 4) {
        s0 += row[j] * x[from + j];
        s1 += row[j + 1] * x[from + j + 1];
        s2 += row[j + 2] * x[from + j + 2];
        s3 += row[j + 3] * x[from + j + 3];
      }
      p[k] = s0 + s1 + s2 + s3;
      max = Math.max(max, p[k]);
    }
    float sum = 0;
    for (int k = 0; k < 10; k++) {
      p[k] = (float) Math.exp(p[k] - max);
      sum += p[k];
    }
    for (int k = 0; k < 10; k++) {
      p[k] /= sum;
    }
    return p;
  }
}
