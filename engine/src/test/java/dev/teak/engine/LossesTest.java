package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Losses.Options;
import dev.teak.engine.Losses.Reduction;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Expected numbers are PyTorch's in double precision. */
class LossesTest {
  private static final double CLOSE = 1e-14;
  private static final Options PLAIN = Options.DEFAULT;

  private Devices.Use use;
  private Tensor x;
  private Tensor soft;
  private Tensor weight;
  private Tensor sides;

  @BeforeEach
  void onTheReference() {
    use = Devices.use("reference");
    x = Tensor.of(new double[] {1, -2, 0.5, 0, 3, -1}, 2, 3);
    soft = Tensor.of(new double[] {0.2, 0.3, 0.5, 1, 0, 0}, 2, 3);
    weight = Tensor.of(new double[] {1, 2, 0.5}, 3);
    sides = Tensor.of(new double[] {1, -1}, 2);
  }

  @AfterEach
  void backAgain() {
    use.close();
  }

  private static Tensor labels(int... labels) {
    return Tensor.ofInts(labels, labels.length);
  }

  private static void says(String part, Runnable call) {
    Exception e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void theMeanOfCrossEntropyDividesByTheWeightsOfItsLabels() {
    Options both = PLAIN.withWeight(weight).withLabelSmoothing(0.1);
    double[] each = {0.7192715779939607, 2.9336486354867195};
    Tensor t = labels(2, 0);
    assertArrayEquals(
        each, Losses.crossEntropy(x, t, both.withReduction(Reduction.NONE)).toDoubles(), CLOSE);
    assertEquals(2.4352801423204538, Losses.crossEntropy(x, t, both).item(), CLOSE);
    Tensor sum = Losses.crossEntropy(x, t, both.withReduction(Reduction.SUM));
    assertEquals(3.6529202134806806, sum.item(), CLOSE);
  }

  @Test
  void whatIsIgnoredHasNoLossAndNoGradientAndIsNotCounted() {
    Options weighed = PLAIN.withWeight(weight);
    Tensor leaf = x.detach().requiresGrad(true);
    Tensor loss = Losses.crossEntropy(leaf, labels(-100, 0), weighed);
    assertEquals(3.0658839037574293, loss.item(), CLOSE);
    double[] g = Autograd.grad(loss, leaf).toDoubles();
    assertTrue(g[0] == 0 && g[1] == 0 && g[2] == 0 && g[3] != 0);
    assertTrue(Double.isNaN(Losses.crossEntropy(x, labels(7, 7), PLAIN.withIgnoreIndex(7)).item()));
    says("label -1 of sample 0", () -> Losses.crossEntropy(x, labels(-1, 0)));
  }

  @Test
  void softTargetsTakeWeightsAndSmoothingToo() {
    Options both = PLAIN.withWeight(weight).withLabelSmoothing(0.1);
    assertEquals(2.7050978400700556, Losses.crossEntropy(x, soft, both).item(), CLOSE);
  }

  @Test
  void logitsMayHaveAnyNumberOfAxes() {
    Tensor four = x.reshape(1, 2, 1, 3);
    Tensor t = Tensor.ofInts(new int[] {2, 0}, 1, 2, 1);
    Tensor each = Losses.crossEntropy(four, t, Reduction.NONE);
    assertEquals(Shape.of(1, 2, 1), each.shape());
    assertEquals(Losses.crossEntropy(x, labels(2, 0)).item(), each.mean().item(), CLOSE);
    Tensor one = Tensor.ofInts(new int[] {1});
    assertEquals(Shape.SCALAR, Losses.nll(weight, one, PLAIN).shape());
    assertThrows(ShapeException.class, () -> Losses.crossEntropy(four, labels(2, 0)));
  }

  @Test
  void theLossesOfClassesArePyTorchs() {
    Tensor t = labels(2, 0);
    assertEquals(-1 / 6.0, Losses.nll(x, t, PLAIN.withWeight(weight)).item(), CLOSE);
    Tensor margin = Losses.multiMargin(x, t, 1, 1, weight, Reduction.MEAN);
    assertEquals(0.7916666666666666, margin.item(), CLOSE);
    says("nll: label smoothing", () -> Losses.nll(x, t, PLAIN.withLabelSmoothing(0.1)));
    says("must be in [0, 1]", () -> PLAIN.withLabelSmoothing(1.1));
    says("no label may be ignored", () -> Losses.multiMargin(x, labels(-100, 0)));
  }

  @Test
  void theLossesOfNumbersArePyTorchs() {
    assertEquals(1.35, Losses.l1(x, soft).item(), CLOSE);
    assertEquals(2.8216666666666668, Losses.mse(x, soft).item(), CLOSE);
    assertEquals(0.7408333333333332, Losses.huber(x, soft, Reduction.MEAN, 0.7).item(), CLOSE);
    assertEquals(1.0583333333333333, Losses.smoothL1(x, soft, Reduction.MEAN, 0.7).item(), CLOSE);
    says("delta 0.0 must be above 0", () -> Losses.huber(x, soft, Reduction.MEAN, 0));
    assertThrows(ShapeException.class, () -> Losses.mse(x, weight));
  }

  @Test
  void theLossesOfProbabilitiesArePyTorchs() {
    Tensor bce = Losses.binaryCrossEntropyWithLogits(x, soft, null, Reduction.MEAN, weight);
    assertEquals(1.1898036766101796, bce.item(), CLOSE);
    Tensor kl = Losses.klDiv(x, soft, Reduction.BATCH_MEAN, false);
    assertEquals(-0.4398265070322868, kl.item(), CLOSE);
  }

  @Test
  void theLossesOfPairsArePyTorchs() {
    Tensor first = Tensor.of(new double[] {1, 0}, 2);
    Tensor second = Tensor.of(new double[] {-2, 3}, 2);
    assertEquals(1, Losses.hingeEmbedding(first, sides, 1, Reduction.MEAN).item(), CLOSE);
    assertEquals(0, Losses.marginRanking(first, second, sides, 0.5, Reduction.MEAN).item(), CLOSE);
    Tensor cosine = Losses.cosineEmbedding(x, soft, sides, -0.5, Reduction.MEAN);
    assertEquals(0.8030994244052843, cosine.item(), CLOSE);
    double[] similarity = {-0.10619884881071825, 0};
    assertArrayEquals(similarity, Losses.cosineSimilarity(x, soft).toDoubles(), CLOSE);
  }

  /** PyTorch subtracts (1 - target) x from a softplus, and inf from inf. */
  @Test
  void aCertainAnswerThatIsRightCostsNothing() {
    double inf = Double.POSITIVE_INFINITY;
    Tensor sure = Tensor.of(new double[] {inf, -inf, 50, -50}, 4).requiresGrad(true);
    Tensor right = Tensor.of(new double[] {1, 0, 1, 0}, 4);
    Tensor each = Losses.binaryCrossEntropyWithLogits(sure, right, null, Reduction.NONE, null);
    double small = Math.exp(-50);
    assertArrayEquals(new double[] {0, 0, small, small}, each.toDoubles(), small * CLOSE);
    double[] g = Autograd.grad(each.sum(), sure).toDoubles();
    assertArrayEquals(new double[] {0, 0, -small, small}, g, small * CLOSE);
  }

  @Test
  void theHuberLossIsCurvedWhereInputAndTargetAreEqual() {
    Tensor leaf = x.detach().requiresGrad(true);
    Autograd.Options graph = Autograd.Options.PLAIN.withGraph();
    Tensor g = Autograd.grad(Losses.huber(leaf, x, Reduction.SUM, 1), List.of(leaf), graph).get(0);
    assertArrayEquals(new double[6], g.toDoubles());
    double[] second = Autograd.grad(g.sum(), leaf).toDoubles();
    assertArrayEquals(new double[] {1, 1, 1, 1, 1, 1}, second);
  }
}
