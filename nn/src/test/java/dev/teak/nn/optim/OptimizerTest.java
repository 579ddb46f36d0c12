package dev.teak.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.Devices;
import dev.teak.engine.Tensor;
import dev.teak.nn.StateDict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against PyTorch's formulas, written out here for one number: three steps on the loss w^2 / 2 g,
 * whose gradient is w g.
 */
class OptimizerTest {
  private static final double[] START = {1, -2, 0.5};
  private static final double SLOPE = 3;
  private static final int STEPS = 3;

  /** A dozen roundings a step of values near 1, 2^-24 each in float32 and 2^-53 in double. */
  private static double tolerance() {
    return Devices.current().name().equals("reference") ? 1e-13 : 3e-6;
  }

  private static Map<String, Tensor> parameters() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("w", Tensor.of(START, START.length).requiresGrad(true));
    all.put("idle", Tensor.of(START, START.length).requiresGrad(true));
    return all;
  }

  private interface Rule {
    /** The weight after step t, from 1. */
    double next(double w, double g, int t);
  }

  private static void check(
      String device, Function<Map<String, Tensor>, Optimizer> make, Function<Void, Rule> rule) {
    try (Devices.Use use = Devices.use(device)) {
      Map<String, Tensor> parameters = parameters();
      Optimizer optimizer = make.apply(parameters);
      for (int t = 0; t < STEPS; t++) {
        optimizer.zeroGrad();
        parameters.get("w").square().sum().mul(SLOPE / 2).backward();
        optimizer.step();
      }
      double[] expected = START.clone();
      for (int i = 0; i < expected.length; i++) {
        Rule fresh = rule.apply(null);
        for (int t = 1; t <= STEPS; t++) {
          expected[i] = fresh.next(expected[i], SLOPE * expected[i], t);
        }
      }
      assertArrayEquals(expected, parameters.get("w").toDoubles(), tolerance());
      assertArrayEquals(START, parameters.get("idle").toDoubles(), 0, "had no gradient");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void plainSgdFollowsTheGradient(String device) {
    check(device, p -> new Sgd(p, 0.1), v -> (w, g, t) -> w - 0.1 * g);
  }

  private static Function<Void, Rule> momentum(boolean nesterov) {
    return none ->
        new Rule() {
          private double velocity;

          @Override
          public double next(double w, double g, int t) {
            double d = g + 0.01 * w;
            velocity = t == 1 ? d : 0.9 * velocity + d;
            return w - 0.1 * (nesterov ? d + 0.9 * velocity : velocity);
          }
        };
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void momentumSumsDecayedGradients(String device) {
    check(device, p -> new Sgd(p, 0.1, 0.9, 0.01, false), momentum(false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void nesterovLooksAhead(String device) {
    check(device, p -> new Sgd(p, 0.1, 0.9, 0.01, true), momentum(true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void dampeningSparesTheFirstGradient(String device) {
    Function<Void, Rule> rule =
        none ->
            new Rule() {
              private double velocity;

              @Override
              public double next(double w, double g, int t) {
                velocity = t == 1 ? g : 0.9 * velocity + (1 - 0.3) * g;
                return w - 0.1 * velocity;
              }
            };
    check(device, p -> Sgd.lr(0.1).momentum(0.9).dampening(0.3).of(p), rule);
  }

  private static Function<Void, Rule> rmsProp(boolean centered) {
    return none ->
        new Rule() {
          private double square;
          private double mean;
          private double velocity;

          @Override
          public double next(double w, double g, int t) {
            double d = g + 0.01 * w;
            square = 0.8 * square + 0.2 * d * d;
            mean = 0.8 * mean + 0.2 * d;
            double root = Math.sqrt(square - (centered ? mean * mean : 0)) + 0.5;
            velocity = (centered ? 0.9 : 0) * velocity + d / root;
            return w - 0.1 * velocity;
          }
        };
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void rmsPropDividesByTheRootOfTheAveragedSquare(String device) {
    check(device, p -> RmsProp.lr(0.1).alpha(0.8).eps(0.5).weightDecay(0.01).of(p), rmsProp(false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void centeredRmsPropDividesByTheDeviation(String device) {
    check(
        device,
        p ->
            RmsProp.lr(0.1)
                .alpha(0.8)
                .eps(0.5)
                .weightDecay(0.01)
                .momentum(0.9)
                .centered(true)
                .of(p),
        rmsProp(true));
  }

  /** The gradient falls with the weight, and the second moment after it, but not its largest. */
  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void amsgradForgetsNoLargeGradient(String device) {
    Function<Void, Rule> rule =
        none ->
            new Rule() {
              private double m;
              private double v;
              private double largest;

              @Override
              public double next(double w, double g, int t) {
                m = 0.5 * m + 0.5 * g;
                v = 0.1 * v + 0.9 * g * g;
                largest = Math.max(largest, v);
                double root = Math.sqrt(largest / (1 - Math.pow(0.1, t))) + 0.25;
                return w - 0.4 * m / (1 - Math.pow(0.5, t)) / root;
              }
            };
    check(device, p -> Adam.adam(0.4).betas(0.5, 0.1).eps(0.25).amsgrad(true).of(p), rule);
  }

  private static Function<Void, Rule> adam(double decay, boolean decoupled) {
    return none ->
        new Rule() {
          private double m;
          private double v;

          @Override
          public double next(double w, double g, int t) {
            double d = decoupled ? g : g + decay * w;
            double kept = decoupled ? w - 0.1 * decay * w : w;
            m = 0.9 * m + 0.1 * d;
            v = 0.999 * v + 0.001 * d * d;
            double mHat = m / (1 - Math.pow(0.9, t));
            double vHat = v / (1 - Math.pow(0.999, t));
            return kept - 0.1 * mHat / (Math.sqrt(vHat) + 1e-8);
          }
        };
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void adamDividesByTheRootOfTheSecondMoment(String device) {
    check(device, p -> Adam.adam(p, 0.1), adam(0, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void adamsDecayIsPartOfTheGradient(String device) {
    check(device, p -> Adam.adam(p, 0.1, 0.2), adam(0.2, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void adamWDecaysTheWeightItself(String device) {
    check(device, p -> Adam.adamW(p, 0.1, 0.2), adam(0.2, true));
  }

  /** Adam's first step is lr whatever the gradient: so it must be, however late it comes. */
  @Test
  void aParameterThatWakesLateBeginsWithItsFirstStep() {
    Map<String, Tensor> parameters = parameters();
    Optimizer optimizer = Adam.adam(parameters, 0.1);
    for (int t = 0; t < 5; t++) {
      optimizer.zeroGrad();
      parameters.get("w").square().sum().backward();
      optimizer.step();
    }
    parameters.get("idle").sum().backward();
    optimizer.step();
    assertArrayEquals(new double[] {0.9, -2.1, 0.4}, parameters.get("idle").toDoubles(), 3e-6);
    assertEquals(Map.of("w", 6, "idle", 1), optimizer.steps());
  }

  /** Adam makes up for moments that begin at zero by the number of its step. */
  @Test
  void oneThatHasTheStateAndIsToldTheNumberOfStepsGoesOn() {
    Map<String, Tensor> parameters = parameters();
    Optimizer whole = Adam.adam(parameters, 0.1);
    square(parameters, whole);
    square(parameters, whole);
    Map<String, Tensor> copies = new LinkedHashMap<>();
    parameters.forEach((name, p) -> copies.put(name, StateDict.copyOf(p).requiresGrad(true)));
    Optimizer resumed = Adam.adam(copies, 0.1);
    StateDict.copy("state", whole.state(), resumed.state());
    resumed.setSteps(2);
    square(parameters, whole);
    square(copies, resumed);
    assertArrayEquals(parameters.get("w").toFloats(), copies.get("w").toFloats());
    assertEquals(Map.of("w", 3, "idle", 2), resumed.steps());
  }

  private static void square(Map<String, Tensor> parameters, Optimizer optimizer) {
    optimizer.zeroGrad();
    parameters.get("w").square().sum().backward();
    optimizer.step();
  }

  @Test
  void stateThatDoesNotFitChangesNothing() {
    Optimizer optimizer = Adam.adam(parameters(), 0.1);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> optimizer.load(Map.of(), Map.of()));
    assertEquals(
        "the optimizer's state does not fit: 'm.w' [3] is missing; 'm.idle' [3] is missing;"
            + " 'v.w' [3] is missing; 'v.idle' [3] is missing",
        e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> optimizer.load(optimizer.state(), Map.of("stranger", 1)));
    assertEquals(Map.of(), optimizer.steps());
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Sgd(parameters(), -1));
    assertThrows(IllegalArgumentException.class, () -> new Sgd(parameters(), Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new Sgd(parameters(), 0.1, 0, 0, true));
    assertThrows(IllegalArgumentException.class, () -> Adam.adam(parameters(), 0.1, -1));
    assertThrows(IllegalArgumentException.class, () -> Adam.adam(0.1).betas(0.9, 1));
    assertThrows(IllegalArgumentException.class, () -> RmsProp.lr(0.1).alpha(1.5));
    Sgd.Settings dampened = Sgd.lr(0.1).momentum(0.9).dampening(0.1);
    assertThrows(IllegalArgumentException.class, () -> dampened.nesterov(true));
  }

  /** A checkpoint holds them: one that was written earlier must go on being read. */
  @Test
  void descriptionsNameWhatIsNotTheDefault() {
    Map<String, Tensor> p = parameters();
    assertEquals(
        "SGD, momentum 0.9 (Nesterov), weight decay 0.01",
        new Sgd(p, 0.1, 0.9, 0.01, true).toString());
    assertEquals("Adam, weight decay 0.0", Adam.adam(p, 0.1).toString());
    assertEquals(
        "AdamW, weight decay 0.01, betas 0.9 and 0.95, eps 1.0E-6, AMSGrad",
        Adam.adamW(0.1).betas(0.9, 0.95).eps(1e-6).amsgrad(true).of(p).toString());
    assertEquals(
        "Adam, weight decay 0.1; [2 parameters, learning rate times 0.5, weight decay 0.0]",
        Adam.adam(1)
            .weightDecay(0.1)
            .of(List.of(ParameterGroup.of(p).lrScale(0.5).weightDecay(0)))
            .toString());
  }
}
