package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

/** Ends of a range that are no floats, and bounds to the last bit. */
class ThreatModelTest {
  /** Red of ImageNet, normalised. */
  private static final double LOW = (0 - 0.485) / 0.229;

  private static final double HIGH = (1 - 0.485) / 0.229;

  private static final Module NET =
      Layers.of(
          x -> {
            Tensor sum = x.sum(1, 2, 3).reshape(-1, 1);
            return Tensor.concat(1, java.util.List.of(sum, sum.neg()));
          });

  private static AdversarialBatch attacked(Attack attack, float... pixels) {
    Tensor x = Tensor.of(pixels, 1, 1, pixels.length, 1);
    return attack.perturb(NET, x, Tensor.ofInts(new int[1], 1));
  }

  @Example
  void anAttackTakesWhatItHasMade() {
    try (Scope scope = Scope.open()) {
      Fgsm fgsm = Fgsm.of(new ThreatModel(Norm.LINF, 0.3, -0.1, 0.9));
      float[] made = attacked(fgsm, 0.1f, 0.2f).images().toFloats();
      for (float p : made) {
        assertTrue(p >= -0.1, "in double precision " + (double) p + " is below -0.1");
      }
      assertEquals(-0.1, made[0], 1e-7);
      attacked(fgsm, made);
    }
  }

  @Example
  void theFloatsNearestToTheEndsAreInTheRange() {
    try (Scope scope = Scope.open()) {
      float[] ends = {(float) LOW, (float) HIGH};
      for (Norm norm : Norm.values()) {
        ThreatModel none = new ThreatModel(norm, 0, LOW, HIGH);
        assertArrayEquals(ends, attacked(Pgd.of(none), ends).images().toFloats(), norm + "");
      }
      float beyond = Math.nextDown((float) LOW);
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      attacked(Fgsm.of(new ThreatModel(Norm.LINF, 0, LOW, HIGH)), beyond).success())
              .getMessage();
      assertTrue(message.contains("outside the threat model's range"), message);
    }
  }

  @Example
  void aRangeHasTwoFloatsAtLeast() {
    assertEquals(0.5f, new ThreatModel(Norm.LINF, 0, 0.5, Math.nextUp(0.5f)).least());
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new ThreatModel(Norm.LINF, 0, 0.5, 0.5 + 1e-12).most())
            .getMessage();
    assertTrue(message.contains("no two floats"), message);
  }

  @Property(tries = 200)
  void aStepHoldsTheBoundToTheLastBitInAnyRange(
      @ForAll long seed,
      @ForAll @DoubleRange(min = -300, max = 300) double low,
      @ForAll @DoubleRange(min = 0.1, max = 500) double range,
      @ForAll @DoubleRange(min = 0, max = 1) double share) {
    double high = low + range;
    ThreatModel threat = new ThreatModel(Norm.LINF, share * range, low, high);
    try (Scope scope = Scope.open()) {
      RandomStream random = new RandomStream(seed, "step");
      Tensor clean = threat.clip(random.uniform(Shape.of(1, 8, 8, 1), low, high));
      Tensor gradient = random.uniform(Shape.of(1, 8, 8, 1), -1, 1);
      Tensor x = threat.step(clean, clean, gradient, range);
      float[] before = clean.toFloats();
      float[] after = x.toFloats();
      for (int i = 0; i < after.length; i++) {
        assertTrue(after[i] >= low && after[i] <= high, after[i] + " in " + threat);
        double moved = Math.abs((double) after[i] - before[i]);
        assertTrue(moved <= threat.epsilon(), moved + " of " + threat);
      }
    }
  }
}
