package dev.teak.defenses.mask;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** What masks of any shape and ratio keep to. */
class MaskProperties {
  @Property(tries = 200)
  void insideIsTheFillAndOutsideTheImageToTheBit(
      @ForAll @IntRange(min = 0, max = 4) int n,
      @ForAll @IntRange(min = 1, max = 9) int h,
      @ForAll @IntRange(min = 1, max = 9) int w,
      @ForAll @IntRange(min = 1, max = 4) int c,
      @ForAll @DoubleRange(max = 1) double ratio,
      @ForAll boolean exact,
      @ForAll boolean each,
      @ForAll Mask.Vary vary) {
    Mask mask = Mask.random(ratio).varying(vary).filled(Fill.constant(2));
    mask = exact ? mask.exact() : mask;
    mask = each ? mask.eachChannel() : mask;
    try (Scope scope = Scope.open()) {
      Tensor x = new RandomStream(1, "x").uniform(Shape.of(n, h, w, c));
      Tensor y = mask.apply(x, 5, 7);
      assertEquals(x.shape(), y.shape());
      float[] before = x.toFloats();
      float[] after = y.toFloats();
      int[] inside = new int[n * c];
      for (int i = 0; i < after.length; i++) {
        assertTrue(after[i] == 2 || after[i] == before[i]);
        inside[i / (h * w * c) * c + i % c] += after[i] == 2 ? 1 : 0;
      }
      for (int count : inside) {
        assertTrue(!exact || count == Math.round(ratio * h * w), mask + ": " + count);
      }
      assertArrayEquals(after, mask.apply(x, 5, 7).toFloats());
    }
  }

  @Property(tries = 100)
  void everyRectangleThatFitsFillsItsArea(
      @ForAll @IntRange(min = 1, max = 9) int h,
      @ForAll @IntRange(min = 1, max = 9) int w,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll boolean each) {
    Mask mask = Mask.of(new Region.RandomRectangle(Math.min(h, height), Math.min(w, width)));
    mask = each ? mask.eachChannel() : mask;
    try (Scope scope = Scope.open()) {
      double kept = mask.apply(Tensor.ones(3, h, w, 2), 5, 7).sum().item();
      int area = Math.min(h, height) * Math.min(w, width);
      assertEquals(6.0 * (h * w - area), kept);
    }
  }

  @Property(tries = 100)
  void filtersKeepTheShapeAndTheMeanOfWhatIsFlat(
      @ForAll @IntRange(min = 0, max = 3) int n,
      @ForAll @IntRange(min = 1, max = 6) int h,
      @ForAll @IntRange(min = 1, max = 6) int w,
      @ForAll @IntRange(min = 1, max = 4) int c,
      @ForAll @IntRange(min = 0, max = 3) int half) {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensor.ones(n, h, w, c);
      Tensor y = Mask.filter(Fill.blur(2 * half + 1)).apply(x, 1, 0);
      assertEquals(x.shape(), y.shape());
      assertArrayEquals(x.toFloats(), y.toFloats(), 1e-5f); // at most 49 numbers of 1 / 49
    }
  }
}
