package dev.teak.nn.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.engine.check.GradCheck;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.io.SafeTensors;
import dev.teak.nn.settings.Settings;
import dev.teak.nn.train.Evaluate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What members of an ensemble say together, by numbers worked out one by one in double. */
class EnsembleTest {
  /** Double's rounding, of a few operations on numbers below 10. */
  private static final double EXACT = 1e-13;

  private static final double NO_VOTE = Math.log(0x1p-24);

  private Devices.Use use;

  @BeforeEach
  void open() {
    use = Devices.use("reference");
  }

  @AfterEach
  void close() {
    use.close();
  }

  /** An ensemble whose members say these logits of the one image that is asked. */
  private static Ensemble saying(Combine combine, double[]... logits) {
    List<Module> members = new ArrayList<>();
    for (double[] z : logits) {
      Tensor said = Tensor.of(z, 1, z.length);
      members.add(Layers.of(x -> x.mul(0).add(said)));
    }
    return new Ensemble(members, combine);
  }

  private static double[] answer(Ensemble of) {
    return of.forward(Tensor.zeros(1, 3)).toDoubles();
  }

  private static double[] softmax(double... z) {
    double sum = Arrays.stream(z).map(Math::exp).sum();
    return Arrays.stream(z).map(v -> Math.exp(v) / sum).toArray();
  }

  /** Means of numbers by weights that come to 1. */
  private static double[] mean(double[] weights, double[]... rows) {
    double[] mean = new double[rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      for (int c = 0; c < mean.length; c++) {
        mean[c] += weights[i] * rows[i][c];
      }
    }
    return mean;
  }

  private static double[] logs(double... p) {
    return Arrays.stream(p).map(Math::log).toArray();
  }

  private static final double[] FIRST = {2, -1, 0.5};
  private static final double[] SECOND = {-3, 1, 4};

  @ParameterizedTest
  @EnumSource(
      value = Combine.class,
      names = {"MEAN_PROBABILITY", "WEIGHTED"})
  void theSoftmaxOfAMeanProbabilityIsTheMembersMean(Combine combine) {
    Ensemble both = saying(combine, FIRST, SECOND);
    double[][] p = {softmax(FIRST), softmax(SECOND)};
    double[] half = {0.5, 0.5};
    assertArrayEquals(logs(mean(half, p)), answer(both), EXACT);
    assertArrayEquals(mean(half, p), softmax(answer(both)), EXACT);
    both.weights(3, 1);
    double[] quarters = {0.75, 0.25};
    assertArrayEquals(logs(mean(quarters, p)), answer(both), EXACT);
    both.weights(0, 1);
    assertArrayEquals(logs(p[1]), answer(both), EXACT, "one that is worth nothing says nothing");
  }

  @Test
  void aMeanProbabilityIsRightFarOut() {
    // e^-1500, which is what both members give the last class, is 0 in double.
    Ensemble both =
        saying(
            Combine.MEAN_PROBABILITY, new double[] {1500, 0, 0}, new double[] {-2000, -500, -2000});
    assertArrayEquals(new double[] {-Math.log(2), -Math.log(2), -1500}, answer(both), 1e-10);
  }

  @Test
  void aMeanLogitIsTheMeanOfLogits() {
    Ensemble both = saying(Combine.MEAN_LOGIT, FIRST, SECOND);
    assertArrayEquals(new double[] {-0.5, 0, 2.25}, answer(both), EXACT);
    both.weights(1, 3);
    assertArrayEquals(new double[] {-1.75, 0.5, 3.125}, answer(both), EXACT);
  }

  private static double[] sure(int of) {
    double[] z = new double[3];
    z[of] = 1;
    return z;
  }

  @Test
  void votesAreCountedWhateverTheMembersAreWorth() {
    Ensemble five = saying(Combine.VOTE, sure(2), sure(0), sure(2), sure(2), sure(0));
    five.weights(1, 9, 1, 1, 9);
    assertArrayEquals(new double[] {Math.log(0.4), NO_VOTE, Math.log(0.6)}, answer(five), EXACT);
  }

  /** Two votes each for the first and the last class; who is surer decides, then the order. */
  @Test
  void aTieGoesToTheLargerMeanProbability() {
    double[] surer = {0, 0, 1.001};
    Ensemble last = saying(Combine.VOTE, sure(0), sure(2), surer, sure(0));
    assertArrayEquals(
        new double[] {Math.log(2 / 4.5), NO_VOTE, Math.log(2.5 / 4.5)}, answer(last), EXACT);
    Ensemble first = saying(Combine.VOTE, sure(0), sure(2), sure(2), sure(0));
    assertArrayEquals(
        new double[] {Math.log(2.5 / 4.5), NO_VOTE, Math.log(2 / 4.5)}, answer(first), EXACT);
    last.weights(2, 1, 1, 2); // the votes are still two to two, the mean is another
    assertTrue(answer(last)[0] > answer(last)[2]);
  }

  /** The middle class has the largest mean probability by far, but a vote less. */
  @Test
  void aClassWithFewerVotesNeverWins() {
    Ensemble five =
        saying(
            Combine.VOTE,
            new double[] {1, 0.99, 0},
            new double[] {1, 0.99, 0},
            new double[] {0, 20, 0},
            new double[] {0, 0.99, 1},
            new double[] {0, 0.99, 1.1});
    double[] said = answer(five);
    assertArrayEquals(
        new double[] {Math.log(2 / 5.5), Math.log(1 / 5.5), Math.log(2.5 / 5.5)}, said, EXACT);
  }

  @ParameterizedTest
  @EnumSource(Combine.class)
  void aMemberThatSaysNothingMakesTheAnswerNothing(Combine combine) {
    Ensemble three = saying(combine, sure(1), new double[] {0, Double.NaN, 0}, sure(1));
    float[] said = three.forward(Tensor.zeros(1, 3)).toFloats();
    assertEquals(Evaluate.NO_CLASS, Evaluate.prediction(said));
  }

  private static Module built(String text, String device) {
    try (Devices.Use on = Devices.use(device)) {
      return Models.parse(text).build(Shape.of(6, 6, 1), 3, new RandomStream(1, "init"));
    }
  }

  private static String small(Combine combine, boolean recompute) {
    return "ensemble model='conv 2 3 stride=2; tanh; flatten; linear 3' members=3 combine="
        + Settings.text(combine)
        + " recompute="
        + recompute;
  }

  @ParameterizedTest
  @CsvSource({
    "MEAN_PROBABILITY, false",
    "MEAN_PROBABILITY, true",
    "MEAN_LOGIT, true",
    "WEIGHTED, false"
  })
  void gradientsAgreeWithFiniteDifferences(Combine combine, boolean recompute) {
    Ensemble model = (Ensemble) built(small(combine, recompute), "reference");
    model.weights(1, 2, 3);
    Tensor x = new RandomStream(2, "x").uniform(Shape.of(2, 6, 6, 1));
    GradCheck.Report report = GradCheck.check(in -> model.forward(in.get(0)), x);
    assertTrue(report.passed(), report::toString);
    report = GradCheck.checkSecondOrder(in -> model.forward(in.get(0)), x);
    assertTrue(report.passed(), report::toString);
  }

  private static List<double[]> gradients(Ensemble model, Tensor images) {
    Tensor x = images.detach().requiresGrad(true);
    model.zeroGrad();
    Tensor weights = Tensor.of(new double[] {1, -2, 0.5, 3, 0.25, -1}, 2, 3);
    model.forward(x).mul(weights).sum().backward();
    List<double[]> all = new ArrayList<>(List.of(x.grad().toDoubles()));
    model.parameters().forEach(p -> all.add(p.grad().toDoubles()));
    return all;
  }

  @Test
  void aVoteHasTheGradientOfTheMeanProbability() {
    Tensor x = new RandomStream(2, "x").uniform(Shape.of(2, 6, 6, 1));
    Ensemble mean = (Ensemble) built(small(Combine.MEAN_PROBABILITY, false), "reference");
    Ensemble vote = (Ensemble) built(small(Combine.VOTE, false), "reference");
    List<double[]> expected = gradients(mean, x);
    List<double[]> found = gradients(vote, x);
    assertFalse(Arrays.equals(mean.forward(x).toDoubles(), vote.forward(x).toDoubles()));
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i), EXACT, "gradient " + i);
    }
  }

  @Test
  void aMemberAloneIsThatMember() {
    Ensemble model = (Ensemble) built(small(Combine.VOTE, false), "reference");
    Tensor x = new RandomStream(2, "x").uniform(Shape.of(2, 6, 6, 1));
    double[] all = model.forward(x).toDoubles();
    double[] second = model.members().get(1).forward(x).toDoubles();
    try (Ensemble.Alone one = model.alone(1)) {
      assertArrayEquals(second, model.forward(x).toDoubles());
    }
    assertArrayEquals(all, model.forward(x).toDoubles());
    assertThrows(IndexOutOfBoundsException.class, () -> model.alone(3));
  }

  @Test
  void membersBeginDifferentAndTheSameSeedHasTheSame() {
    String text = small(Combine.VOTE, false);
    Map<String, Tensor> state = built(text, "reference").stateDict();
    assertFalse(
        Arrays.equals(
            state.get("members.0.0.weight").toDoubles(),
            state.get("members.1.0.weight").toDoubles()));
    Map<String, Tensor> again = built(text, "reference").stateDict();
    state.forEach((name, t) -> assertArrayEquals(t.toDoubles(), again.get(name).toDoubles(), name));
    // Fewer of the same seed are the first of more.
    Map<String, Tensor> fewer =
        built(text.replace("members=3", "members=2"), "reference").stateDict();
    assertArrayEquals(
        state.get("members.1.0.weight").toDoubles(), fewer.get("members.1.0.weight").toDoubles());
  }

  @Test
  void theStateGoesThroughAFile(@TempDir Path folder) throws IOException {
    Ensemble model = (Ensemble) built(small(Combine.WEIGHTED, false), "java");
    model.weights(1, 2, 5);
    Path file = folder.resolve("ensemble.safetensors");
    SafeTensors.write(file, model.stateDict(), Map.of());
    Ensemble other = (Ensemble) built(small(Combine.WEIGHTED, false), "java");
    other.parameters().forEach(p -> assertTrue(p.requiresGrad()));
    SafeTensors.Content content = SafeTensors.read(file);
    other.loadStateDict(content.tensors());
    assertArrayEquals(new double[] {0.125, 0.25, 0.625}, other.weights());
    assertEquals(model.stateDict().keySet(), content.tensors().keySet());
    assertEquals(3 * (2 * 9 + 2 + 3 * 8 + 3), model.parameterCount());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"1 2", "1 2 3 4", "1 -1 2", "0 0 0", "1 NaN 1", "1 Infinity 1"})
  void weightsThatAreNoneAreRefused(String weights) {
    Ensemble model = saying(Combine.WEIGHTED, FIRST, SECOND, FIRST);
    double[] values = Arrays.stream(weights.split(" ")).mapToDouble(Double::valueOf).toArray();
    String message =
        assertThrows(IllegalArgumentException.class, () -> model.weights(values)).getMessage();
    assertTrue(message.startsWith("ensemble: weights " + Arrays.toString(values)), message);
    assertTrue(message.endsWith("finite, 0 or more, and not all of them 0"), message);
  }

  /** Bytes at the peak of a gradient of the images, beyond weights and images. */
  private static long peak(String text) {
    Shape images = Shape.of(64, 28, 28, 1);
    Module model = Models.parse(text).build(Shape.of(28, 28, 1), 10, new RandomStream(1, "init"));
    model.requiresGrad(false); // as an attack on it
    Tensor labels = Tensor.ofInts(new int[64], 64);
    try (Scope scope = Scope.open()) {
      Tensor x = new RandomStream(2, "x").uniform(images).requiresGrad(true);
      Autograd.grad(Losses.crossEntropy(model.forward(x), labels), x);
      return scope.stats().peakBytes();
    } finally {
      model.release();
    }
  }

  /** What two hold at a time: the stacked logits and the gradients that the members add up to. */
  @Test
  void recomputedTenTakeTheActivationsOfOne() {
    try (Devices.Use on = Devices.use("java")) {
      long one = peak("cnn");
      long ten = peak("ensemble model=cnn members=10 recompute=true");
      long kept = peak("ensemble model=cnn members=10");
      assertTrue(ten < 2 * one, () -> ten + " bytes for ten, " + one + " for one");
      assertTrue(kept > 5 * one, () -> kept + " bytes for ten, " + one + " for one");
    }
  }
}
