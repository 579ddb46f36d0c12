package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SampleRandomTest {
  private static final int PIXELS = 6;

  private static SampleRandom random(long seed, String use, float... pixels) {
    return SampleRandom.of(SampleRandom.identities(pixels, pixels.length / PIXELS), seed, use);
  }

  private static float[] images(int... values) {
    float[] all = new float[values.length * PIXELS];
    for (int i = 0; i < values.length; i++) {
      Arrays.fill(all, i * PIXELS, (i + 1) * PIXELS, values[i]);
    }
    return all;
  }

  private static float[] row(float[] all, int i, int size) {
    return Arrays.copyOfRange(all, i * size, (i + 1) * size);
  }

  @Test
  void anImagesNumbersAreItsOwnInAnyBatch() {
    try (Scope scope = Scope.open()) {
      Shape image = Shape.of(5);
      for (int k = 0; k < 3; k++) {
        SampleRandom three = random(7, "x", images(1, 2, 3));
        SampleRandom two = random(7, "x", images(3, 1));
        float[] a = draw(three, k, image);
        float[] b = draw(two, k, image);
        assertArrayEquals(row(a, 2, 5), row(b, 0, 5));
        assertArrayEquals(row(a, 0, 5), row(b, 1, 5));
        assertNotEquals(a[0], a[5]);
      }
    }
  }

  private static float[] draw(SampleRandom random, int kind, Shape image) {
    random.advance(3);
    return switch (kind) {
      case 0 -> random.uniform(image, -1, 1).toFloats();
      case 1 -> random.normal(image).toFloats();
      default -> row(random.peek(0, 5), 0, 5).length == 5 ? both(random) : null;
    };
  }

  private static float[] both(SampleRandom random) {
    float[] all = new float[random.size() * 5];
    for (int i = 0; i < random.size(); i++) {
      System.arraycopy(random.peek(i, 5), 0, all, i * 5, 5);
    }
    return all;
  }

  @Test
  void seedUseAndPlaceMakeOtherNumbers() {
    float[] one = images(1);
    float first = random(1, "a", one).peek(0, 1)[0];
    assertNotEquals(first, random(2, "a", one).peek(0, 1)[0]);
    assertNotEquals(first, random(1, "b", one).peek(0, 1)[0]);
    SampleRandom later = random(1, "a", one);
    later.advance(1);
    assertNotEquals(first, later.peek(0, 1)[0]);
  }

  @Test
  void normalsHaveMeanZeroAndVarianceOne() {
    try (Scope scope = Scope.open()) {
      float[] z = random(3, "n", images(1, 2)).normal(Shape.of(20_001)).toFloats();
      double mean = 0;
      double square = 0;
      for (float v : z) {
        mean += v / z.length;
        square += (double) v * v / z.length;
      }
      // 40,002 draws: standard errors of 0.005 and 0.007; four of them.
      assertEquals(0, mean, 0.02);
      assertEquals(1, square, 0.03);
    }
  }

  @Test
  void signsAreHalfAndHalf() {
    try (Scope scope = Scope.open()) {
      float sum = 0;
      for (float v : random(3, "s", images(1)).signs(Shape.of(10_000)).toFloats()) {
        assertTrue(v == 1 || v == -1);
        sum += v;
      }
      assertEquals(0, sum, 400); // four standard deviations of 100
    }
  }
}
