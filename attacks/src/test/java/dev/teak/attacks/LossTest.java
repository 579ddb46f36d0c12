package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Tensor;
import org.junit.jupiter.api.Test;

class LossTest {
  private static final double[] LOGITS = {3, -1, 2, 0.5, /* */ -7, -4, -5, -9};
  private final Devices.Use use = Devices.use("reference");
  private final Tensor z = Tensor.of(LOGITS, 2, 4);
  private final Aim away = new Aim(Tensor.ofInts(new int[] {0, 2}, 2), null, false);
  private final Aim at = away.at(Tensor.ofInts(new int[] {3, 0}, 2));

  @org.junit.jupiter.api.AfterEach
  void close() {
    use.close();
  }

  private static double[] of(Loss loss, Tensor z, Aim aim) {
    return loss.of(z, aim).toDoubles();
  }

  @Test
  void marginIsTheLargestOtherLessTheLabelsEvenWhereAllAreNegative() {
    assertArrayEquals(new double[] {2 - 3, -4 + 5}, of(Loss.MARGIN, z, away));
  }

  @Test
  void targetedMarginIsTheTargetsLessTheLargestOther() {
    assertArrayEquals(new double[] {0.5 - 3, -7 + 4}, of(Loss.MARGIN, z, at));
  }

  @Test
  void dlrDividesByTheDistanceToTheThird() {
    // Sorted: 3, 2, 0.5, -1 and -4, -5, -7, -9.
    assertArrayEquals(new double[] {(2 - 3) / 2.5, (-4 + 5) / 3.0}, of(Loss.DLR, z, away), 1e-11);
    double[] targeted = {(0.5 - 3) / (3 + 0.25), (-7 + 5) / (-4 + 8.0)};
    assertArrayEquals(targeted, of(Loss.DLR, z, at), 1e-11);
  }

  @Test
  void dlrKnowsNeitherShiftNorScale() {
    for (Aim aim : new Aim[] {away, at}) {
      assertArrayEquals(of(Loss.DLR, z, aim), of(Loss.DLR, z.mul(100).add(7), aim), 1e-11);
    }
  }

  @Test
  void dlrOfEqualLogitsIsFinite() {
    double[] equal = of(Loss.DLR, Tensor.zeros(2, 4), away);
    assertArrayEquals(new double[] {0, 0}, equal);
    // Two are largest: the third largest is still the third.
    Tensor tie = Tensor.of(new double[] {3, 3, 1, 0, 3, 3, 1, 0}, 2, 4);
    assertArrayEquals(new double[] {0, 1}, of(Loss.DLR, tie, away), 1e-11);
  }

  @Test
  void dlrSaysWhyItCannotServeFewClasses() {
    Aim two = new Aim(Tensor.ofInts(new int[] {0}, 1), null, false);
    Tensor pair = Tensor.of(new double[] {1, 2}, 1, 2);
    String message =
        assertThrows(IllegalArgumentException.class, () -> Loss.DLR.of(pair, two)).getMessage();
    assertTrue(message.contains("z1 - z3") && message.contains("the model has 2"), message);
    Aim three = two.at(Tensor.ofInts(new int[] {1}, 1));
    Tensor triple = Tensor.of(new double[] {1, 2, 3}, 1, 3);
    message =
        assertThrows(IllegalArgumentException.class, () -> Loss.DLR.of(triple, three)).getMessage();
    assertTrue(message.contains("(z3 + z4) / 2"), message);
  }

  @Test
  void crossEntropyIsTurnedRoundForATarget() {
    double[] p = z.logSoftmax().toDoubles();
    assertArrayEquals(new double[] {-p[0], -p[6]}, of(Loss.CROSS_ENTROPY, z, away), 1e-12);
    assertArrayEquals(new double[] {p[3], p[4]}, of(Loss.CROSS_ENTROPY, z, at), 1e-12);
  }

  @Test
  void scalingIsOfTheLogits() {
    assertArrayEquals(
        of(Loss.CROSS_ENTROPY, z.mul(0.01), away), of(Loss.CROSS_ENTROPY.scaled(0.01), z, away));
    Loss byName = Loss.byName("ce*0.01");
    assertEquals("ce*0.01", byName.name());
    assertArrayEquals(of(Loss.CROSS_ENTROPY.scaled(0.01), z, away), of(byName, z, away));
    assertThrows(IllegalArgumentException.class, () -> Loss.byName("ce*x"));
    assertThrows(IllegalArgumentException.class, () -> Loss.byName("ce*-1"));
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    double h = 1e-6;
    for (Loss loss : Loss.ALL) {
      for (Aim aim : new Aim[] {away, at}) {
        Tensor leaf = z.detach().requiresGrad(true);
        double[] slopes = Autograd.grad(loss.of(leaf, aim).sum(), leaf).toDoubles();
        for (int i = 0; i < LOGITS.length; i++) {
          double[] up = LOGITS.clone();
          double[] down = LOGITS.clone();
          up[i] += h;
          down[i] -= h;
          double difference =
              of(loss, Tensor.of(up, 2, 4), aim)[i / 4]
                  - of(loss, Tensor.of(down, 2, 4), aim)[i / 4];
          assertEquals(difference / (2 * h), slopes[i], 1e-6, loss + " at " + i);
        }
      }
    }
  }

  @Test
  void likelyClassesAreRankedWithoutTheLabel() {
    int[] labels = {0, 2};
    assertArrayEquals(new int[] {2, 1}, Logits.likely(z, labels, 1).toInts());
    assertArrayEquals(new int[] {3, 0}, Logits.likely(z, labels, 2).toInts());
    assertArrayEquals(new int[] {1, 3}, Logits.likely(z, labels, 3).toInts());
    assertThrows(IllegalArgumentException.class, () -> Logits.likely(z, labels, 4));
    // A class that is never there is the last, and the label is none of the wrong ones.
    float no = Float.NEGATIVE_INFINITY;
    Tensor impossible = Tensor.of(new float[] {no, no, no, Float.NaN}, 1, 4);
    for (int k = 1; k < 4; k++) {
      assertArrayEquals(
          new int[] {k}, Logits.likely(impossible, new int[1], k).toInts(), "rank " + k);
    }
  }

  @Test
  void anUnknownNameIsAnErrorThatNamesTheKnown() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Loss.byName("hinge")).getMessage();
    assertTrue(message.contains("ce, margin, dlr"), message);
  }
}
