package dev.teak.defenses.detect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.attacks.Attack;
import dev.teak.attacks.Loss;
import dev.teak.attacks.Victim;
import dev.teak.attacks.evaluation.Robustness;
import dev.teak.attacks.evaluation.Subject;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.defenses.Defended;
import dev.teak.defenses.Halves;
import dev.teak.defenses.Trainee;
import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Examples;
import dev.teak.nn.train.TrainingHooks;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureSqueezingTest {
  private static final FeatureSqueezing ONE_BIT = new FeatureSqueezing(1, 1, 0.05);

  private final Devices.Use use = Devices.use("reference");

  @AfterEach
  void close() {
    use.close();
  }

  /** Logits are the pixels, multiplied. */
  private static Trainee trainee(double factor) {
    Module model = Layers.of(x -> x.reshape(-1, 3).mul(factor));
    return Trainee.of(model, Shape.of(1, 3, 1), 3, 1);
  }

  private static Module attackedThrough(FeatureSqueezing defense, Trainee trainee) {
    return defense.attackedThrough(trainee, defense.score(trainee));
  }

  private static Tensor image() {
    return Tensor.of(new double[] {0.6, 0.9, 0.2}, 1, 1, 3, 1);
  }

  private static double[] gradient(UnaryOperator<Tensor> f) {
    Tensor x = image().requiresGrad(true);
    return Autograd.grad(f.apply(x).sum(), x).toDoubles();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 10, 5000})
  void whoeverKnowsOfItSeesTheSameScore(double factor) {
    // One bit makes (1, 1, 0) of the image.
    Tensor p = image().reshape(-1).mul(factor).softmax();
    Tensor q = Tensor.of(new double[] {1, 1, 0}, 3).mul(factor).softmax();
    double score = ONE_BIT.score(trainee(factor)).forward(image()).item();
    assertEquals(p.sub(q).abs().sum().item(), score, 1e-12);
    assertEquals(score, attackedThrough(ONE_BIT, trainee(factor)).forward(image()).item());
  }

  @Test
  void itsOwnGradientIsThatOfTheImageAloneAndZeroWhereProbabilitiesAre() {
    Tensor q = Tensor.of(new double[] {1, 1, 0}, 3).softmax();
    double[] expected = gradient(x -> x.reshape(-1).softmax().sub(q).abs());
    assertArrayEquals(expected, gradient(ONE_BIT.score(trainee(1))::forward), 1e-12);
    assertArrayEquals(new double[3], gradient(ONE_BIT.score(trainee(5000))::forward));
  }

  /** log (sum (p - q) (log p - log q) + 0.1), q being of an image that moves as the first does. */
  private static Tensor followed(Tensor x, double factor) {
    Tensor moved = x.add(Tensor.of(new double[] {0.4, 0.1, -0.2}, 1, 1, 3, 1));
    Tensor logP = x.reshape(-1).mul(factor).logSoftmax();
    Tensor logQ = moved.reshape(-1).mul(factor).logSoftmax();
    return logP.exp().sub(logQ.exp()).mul(logP.sub(logQ)).sum().add(0.1).log();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 10, 5000})
  void whoeverKnowsOfItFollowsTheDivergenceAlsoWhereProbabilitiesAreFlat(double factor) {
    double[] expected = gradient(x -> followed(x, factor));
    double[] found = gradient(attackedThrough(ONE_BIT, trainee(factor))::forward);
    assertArrayEquals(expected, found, 1e-12 * factor);
    assertTrue(Math.abs(found[0]) > 0.01, "it is flat: " + found[0]);
  }

  private static long fooled(Victim victim, Examples examples, Attack attack) {
    Robustness found = Robustness.of(Subject.of(victim, examples, 64), attack);
    return Math.round((found.cleanAccuracy() - found.robustAccuracy()) * examples.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ce", "margin"})
  void anAttackThatKnowsOfItFoolsMore(String loss) throws IOException {
    Examples examples = Halves.examples(1, 64);
    Module model = Halves.model();
    Halves.train(model, TrainingHooks.NONE, 0.02, 10, examples);
    try (Defended d = Halves.defended("feature_squeezing", model, Halves.IMAGE, 1)) {
      d.fitDetectors(examples);
      Attack pgd = Pgd.linf(0.3).steps(40).loss(Loss.byName(loss));
      long naive = fooled(d.naive(), examples, pgd);
      long knowing = fooled(d.victim(), examples, pgd);
      assertTrue(knowing > naive, "fooled " + knowing + ", naively " + naive);
    }
  }
}
