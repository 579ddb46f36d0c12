package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Devices;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.nn.Layers;
import dev.teak.nn.Module;
import dev.teak.nn.train.Evaluate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every attack owes on every backend where the model rejects what it takes for attacked. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RejectionContract {
  private static final int N = 5;
  private static final int CLASSES = SmokeNet.CLASSES;

  private Devices.Use use;
  private Scope scope;
  private float[] clean;
  private Tensor x;
  private int[] truth;
  private Victim victim;

  /** The backend that attacks are tried on; aborts the test where it is not there. */
  abstract Backend backend();

  static Stream<Attack> attacks() {
    return SmokeAttacks.withGoals(0.15);
  }

  @BeforeEach
  void open() {
    use = Devices.use(backend());
    scope = Scope.open();
    SmokeNet net = new SmokeNet(3);
    SmokeNet other = new SmokeNet(8, 2);
    clean = SmokeNet.pixels(3, N);
    x = SmokeNet.images(clean);
    truth = net.predictions(x);
    // Of another net's logits, so that most ways to another class lead into the rejection; at a
    // threshold that one of the images is above as it is.
    double[] scores = other.forward(x).slice(1, 0, 1, 1).toDoubles();
    double[] sorted = Arrays.stream(scores).sorted().toArray();
    double threshold = (sorted[N - 2] + sorted[N - 1]) / 2;
    Module model =
        Layers.of(
            in -> {
              Tensor z = net.forward(in);
              Tensor beyond = other.forward(in).slice(1, 0, 1, 1).sub(threshold);
              return Tensor.concat(1, List.of(z, z.maxKeepDims(1).add(beyond)));
            });
    victim = Victim.rejecting(model);
  }

  @AfterEach
  void close() {
    if (scope != null) {
      scope.close();
      use.close();
    }
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void beingRejectedIsNoSuccess(Attack attack) {
    AdversarialBatch made = attack.perturb(victim, x, Tensor.ofInts(truth, N));
    float[] after = made.images().toFloats();
    float[] logits = victim.logits(made.images()).toFloats();
    for (int i = 0; i < N; i++) {
      int from = i * SmokeNet.PIXELS;
      double size = attack.threat().norm().of(clean, after, from, from + SmokeNet.PIXELS);
      assertTrue(size <= attack.threat().epsilon(), attack + " moved image " + i + " by " + size);
      float[] z = Arrays.copyOfRange(logits, i * (CLASSES + 1), (i + 1) * (CLASSES + 1));
      int first = Evaluate.prediction(z);
      assertEquals(first == CLASSES ? Evaluate.REJECTED : first, made.predictions()[i]);
      boolean away = first != truth[i] && first != CLASSES;
      boolean reached = attack.goal().isTargeted() ? first == attack.goal().number() : away;
      assertTrue(reached || !made.success()[i], attack + ": image " + i + " is called " + first);
    }
    for (float p : after) {
      assertTrue(p >= 0 && p <= 1, attack + " left the range: " + p);
    }
  }
}
