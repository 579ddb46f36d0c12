package dev.teak.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Products with Jacobian and Hessian, and gradients through steps that took gradients. */
class DerivativesTest {
  private static final double STEP = 1e-5;

  private Devices.Use use;

  @BeforeEach
  void onTheReference() {
    use = Devices.use("reference");
  }

  @AfterEach
  void restore() {
    use.close();
  }

  private static Tensor leaf(double... values) {
    return Tensor.of(values, values.length).requiresGrad(true);
  }

  /** y = (x0 x1, x1^2, sin x0); J = ((x1, x0), (0, 2 x1), (cos x0, 0)). */
  private static Tensor threeOfTwo(Tensor x) {
    Tensor a = x.rows(0, 1);
    Tensor b = x.rows(1, 2);
    return Tensor.concat(0, List.of(a.mul(b), b.square(), a.sin()));
  }

  @Test
  void theJacobianHasARowForEachOutput() {
    Tensor x = leaf(0.5, 2);
    Tensor y = threeOfTwo(x);
    Tensor j = Derivatives.jacobian(y, x);
    assertEquals(Shape.of(3, 2), j.shape());
    double[] expected = {2, 0.5, 0, 4, Math.cos(0.5), 0};
    assertArrayEquals(expected, j.toDoubles(), 1e-14);
  }

  @Test
  void vjpAndJvpAreTheJacobiansProducts() {
    Tensor x = leaf(0.5, 2);
    Tensor y = threeOfTwo(x);
    Tensor left = Tensor.of(new double[] {1, 10, 100}, 3);
    Tensor right = Tensor.of(new double[] {3, -1}, 2);
    double[] vjp = Derivatives.vjp(y, List.of(x), left).get(0).toDoubles();
    assertArrayEquals(new double[] {2 + 100 * Math.cos(0.5), 40.5}, vjp, 1e-12);
    double[] jvp = Derivatives.jvp(y, List.of(x), List.of(right)).toDoubles();
    assertArrayEquals(new double[] {5.5, -4, 3 * Math.cos(0.5)}, jvp, 1e-14);
  }

  @Test
  void jvpOfALinearFunctionAndOfAConstantOne() {
    Tensor x = leaf(1, 2);
    Tensor v = Tensor.of(new double[] {3, 4}, 2);
    assertArrayEquals(
        new double[] {6, 8}, Derivatives.jvp(x.mul(2), List.of(x), List.of(v)).toDoubles());
    assertArrayEquals(new double[2], Derivatives.jvp(x.sign(), List.of(x), List.of(v)).toDoubles());
  }

  @Test
  void theHessianOfAProductOfPowers() {
    Tensor x = leaf(2, 3);
    Tensor y = x.rows(0, 1).pow(3).mul(x.rows(1, 2).square()).sum(); // a^3 b^2
    Tensor h = Derivatives.hessian(y, x);
    double[] expected = {6 * 2 * 9, 3 * 4 * 2 * 3, 3 * 4 * 2 * 3, 2 * 8};
    assertArrayEquals(expected, h.toDoubles(), 1e-10);
    Tensor v = Tensor.of(new double[] {1, -1}, 2);
    double[] product =
        Derivatives.hessianVectorProduct(y, List.of(x), List.of(v)).get(0).toDoubles();
    assertArrayEquals(new double[] {108 - 72, 72 - 16}, product, 1e-10);
  }

  @Test
  void theHessianOfALinearFunctionIsZero() {
    Tensor x = leaf(2, 3);
    assertArrayEquals(new double[4], Derivatives.hessian(x.mul(3).sum(), x).toDoubles());
  }

  @Test
  void resultsCanBeDifferentiatedAgain() {
    Tensor x = leaf(2);
    Tensor y = x.pow(4).sum();
    Tensor v = Tensor.ones(1);
    Tensor hvp =
        Derivatives.hessianVectorProduct(
                y, List.of(x), List.of(v), Autograd.Options.PLAIN.withGraph())
            .get(0);
    assertEquals(48, hvp.item(), 1e-10);
    assertEquals(48, Autograd.grad(hvp.sum(), x).item(), 1e-10, "24 x");
  }

  @Test
  void aDirectionThatDoesNotFitAndAnInputWithoutAPathAreErrors() {
    Tensor x = leaf(1, 2);
    Tensor y = x.square().sum();
    String shape =
        assertThrows(
                ShapeException.class, () -> Derivatives.jvp(y, List.of(x), List.of(Tensor.ones(3))))
            .getMessage();
    assertEquals("jvp: direction 0 is [3], its input [2]; they must be equal", shape);
    String path =
        assertThrows(IllegalStateException.class, () -> Derivatives.hessian(y, leaf(1)))
            .getMessage();
    assertTrue(path.contains("does not depend on the input"), path);
  }

  @Test
  void anInputWithoutAPathHasZerosWhereThatIsAllowed() {
    Tensor x = leaf(1, 2);
    Tensor other = leaf(3);
    Tensor y = x.square();
    Autograd.Options unused = Autograd.Options.PLAIN.allowingUnused();
    assertArrayEquals(new double[2], Derivatives.jacobian(y, other, unused).toDoubles());
    assertArrayEquals(new double[1], Derivatives.hessian(y.sum(), other, unused).toDoubles());
    List<Tensor> both = List.of(x, other);
    List<Tensor> vjp = Derivatives.vjp(y, both, Tensor.ones(2), unused);
    assertArrayEquals(new double[] {2, 4}, vjp.get(0).toDoubles());
    assertArrayEquals(new double[1], vjp.get(1).toDoubles());
    List<Tensor> v = List.of(Tensor.ones(2), Tensor.ones(1));
    assertArrayEquals(new double[] {2, 4}, Derivatives.jvp(y, both, v, unused).toDoubles());
    List<Tensor> hvp = Derivatives.hessianVectorProduct(y.sum(), both, v, unused);
    assertArrayEquals(new double[] {2, 2}, hvp.get(0).toDoubles());
    assertArrayEquals(new double[1], hvp.get(1).toDoubles());
  }

  @Test
  void aSeedAmongTheOptionsIsRefused() {
    Tensor x = leaf(1, 2);
    Autograd.Options seeded = Autograd.Options.PLAIN.withSeed(Tensor.ones(2));
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> Derivatives.jacobian(x.square(), x, seeded))
            .getMessage();
    assertEquals("jacobian: the options have a seed [2]; it takes none", message);
  }

  // --- a small CNN of explicit parameters ---

  private static final int[] CONV = {3, 3, 3, 2};
  private static final int[] FC = {4, 3};

  private static double[] random(String name, int n, double scale) {
    double[] v = new RandomStream(7, name).uniform(Shape.of(n)).toDoubles();
    for (int i = 0; i < n; i++) {
      v[i] = (v[i] - 0.5) * scale;
    }
    return v;
  }

  private static Tensor images() {
    return Tensor.of(random("images", 4 * 6 * 6 * 2, 2), 4, 6, 6, 2);
  }

  /** Convolution, tanh, pooling, batch norm, dense, cross-entropy; smooth but for the pooling. */
  private static Tensor loss(Tensor x, List<Tensor> p) {
    Tensor h = Functional.conv2d(x, p.get(0), null, 1, 1, 1, 1).tanh();
    Tensor pooled = Functional.maxPool2d(h, 2, 2, 0);
    Tensor normed =
        Functional.batchNorm(pooled, Tensor.ones(3), Tensor.zeros(3), null, 1e-2, false).y();
    Tensor logits = Functional.linear(normed.mean(1, 2), p.get(1), null);
    return Losses.crossEntropy(logits, Tensor.ofInts(new int[] {0, 1, 2, 3}, 4));
  }

  private static List<Tensor> parameters(double[] conv, double[] fc) {
    return List.of(Tensor.of(conv, CONV).requiresGrad(true), Tensor.of(fc, FC).requiresGrad(true));
  }

  @Test
  void hessianVectorProductsOfACnnAgreeWithDifferencesOfItsGradient() {
    double[] conv = random("conv", 54, 1);
    double[] fc = random("fc", 12, 1);
    double[] v = random("v", 54, 1);
    double[] u = random("u", 12, 1);
    List<Tensor> p = parameters(conv, fc);
    List<Tensor> direction = List.of(Tensor.of(v, CONV), Tensor.of(u, FC));
    List<Tensor> product = Derivatives.hessianVectorProduct(loss(images(), p), p, direction);
    List<double[]> up = gradient(moved(conv, v, STEP), moved(fc, u, STEP));
    List<double[]> down = gradient(moved(conv, v, -STEP), moved(fc, u, -STEP));
    for (int i = 0; i < 2; i++) {
      double[] analytic = product.get(i).toDoubles();
      for (int j = 0; j < analytic.length; j++) {
        double numeric = (up.get(i)[j] - down.get(i)[j]) / (2 * STEP);
        assertEquals(numeric, analytic[j], 1e-6 * Math.max(1, Math.abs(numeric)));
      }
    }
  }

  private static double[] moved(double[] from, double[] along, double by) {
    double[] to = from.clone();
    for (int i = 0; i < to.length; i++) {
      to[i] += by * along[i];
    }
    return to;
  }

  private static List<double[]> gradient(double[] conv, double[] fc) {
    List<Tensor> p = parameters(conv, fc);
    return Autograd.grad(loss(images(), p), p, Autograd.Options.PLAIN).stream()
        .map(Tensor::toDoubles)
        .toList();
  }

  /** Loss after five SGD steps, as a function of the learning rate and of the images. */
  private static Tensor unrolled(Tensor rate, Tensor images) {
    List<Tensor> p = parameters(random("conv", 54, 1), random("fc", 12, 1));
    for (int step = 0; step < 5; step++) {
      List<Tensor> g = Autograd.grad(loss(images, p), p, Autograd.Options.PLAIN.withGraph());
      p = List.of(p.get(0).sub(g.get(0).mul(rate)), p.get(1).sub(g.get(1).mul(rate)));
    }
    return loss(images, p);
  }

  @Test
  void theMetaGradientThroughFiveStepsOfSgdAgreesWithDifferences() {
    Tensor rate = leaf(0.4);
    Tensor images = images().requiresGrad(true);
    List<Tensor> g =
        Autograd.grad(unrolled(rate, images), List.of(rate, images), Autograd.Options.PLAIN);
    assertDifference(g.get(0), rate, 0, r -> unrolled(r, images()));
    for (int element : new int[] {0, 17, 100, 200, 287}) {
      assertDifference(g.get(1), images, element, x -> unrolled(Tensor.scalar(0.4), x));
    }
  }

  /** Loss after three steps of an L2 attack on the images, as a function of the weights. */
  private static Tensor attacked(Tensor conv) {
    Tensor fc = Tensor.of(random("fc", 12, 1), FC).requiresGrad(true);
    Tensor clean = images();
    Tensor x = clean.detach().requiresGrad(true);
    for (int step = 0; step < 3; step++) {
      Tensor g =
          Autograd.grad(loss(x, List.of(conv, fc)), List.of(x), Autograd.Options.PLAIN.withGraph())
              .get(0);
      Tensor norm = g.square().sum(1, 2, 3).sqrt().reshape(-1, 1, 1, 1);
      x = clean.add(x.add(g.div(norm).mul(0.3)).sub(clean).clip(-0.2, 0.2));
    }
    return loss(x, List.of(conv, fc));
  }

  @Test
  void theGradientThroughAnUnrolledAttackAgreesWithDifferences() {
    double[] values = random("conv", 54, 1);
    Tensor conv = Tensor.of(values, CONV).requiresGrad(true);
    Tensor g = Autograd.grad(attacked(conv), conv);
    for (int element : new int[] {0, 9, 27, 53}) {
      assertDifference(g, conv, element, w -> attacked(w.requiresGrad(true)));
    }
  }

  private static void assertDifference(
      Tensor gradient, Tensor at, int element, Function<Tensor, Tensor> f) {
    double[] value = new double[2];
    for (int side = 0; side < 2; side++) {
      double[] v = at.toDoubles();
      v[element] += side == 0 ? STEP : -STEP;
      value[side] = f.apply(Tensor.of(v, at.shape().dims())).item();
    }
    double numeric = (value[0] - value[1]) / (2 * STEP);
    assertEquals(numeric, gradient.toDoubles()[element], 1e-6 * Math.max(1, Math.abs(numeric)));
    assertTrue(Math.abs(numeric) > 1e-5, "a zero would show nothing: " + numeric);
  }
}
