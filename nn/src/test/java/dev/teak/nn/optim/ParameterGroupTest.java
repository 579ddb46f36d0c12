package dev.teak.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.teak.engine.RandomStream;
import dev.teak.engine.Tensor;
import dev.teak.nn.BatchNorm;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Linear;
import dev.teak.nn.Sequential;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParameterGroupTest {
  private static Tensor one() {
    return Tensor.ones(1).requiresGrad(true);
  }

  private static void step(Optimizer optimizer, Tensor... parameters) {
    for (Tensor p : parameters) {
      p.zeroGrad();
      p.mul(2).sum().backward();
    }
    optimizer.step();
  }

  /** Powers of two, so that all is exact: each weight loses lr (2 + decay w). */
  @Test
  void aGroupHasItsOwnLearningRateAndDecay() {
    Tensor a = one();
    Tensor b = one();
    Tensor c = one();
    Optimizer sgd =
        Sgd.lr(0.5)
            .weightDecay(1)
            .of(
                List.of(
                    ParameterGroup.of(Map.of("a", a)),
                    ParameterGroup.of(Map.of("b", b)).weightDecay(0),
                    ParameterGroup.of(Map.of("c", c)).lrScale(0.25)));
    step(sgd, a, b, c);
    assertEquals(1 - 0.5 * 3, a.item());
    assertEquals(1 - 0.5 * 2, b.item());
    assertEquals(1 - 0.125 * 3, c.item());
    sgd.setLr(0.25); // as a schedule does: for all of them
    step(sgd, a, b, c);
    assertEquals(-0.5 - 0.25 * 1.5, a.item());
    assertEquals(0 - 0.25 * 2, b.item());
    assertEquals(0.625 - 0.0625 * 2.625, c.item());
  }

  @Test
  void adamsStateIsNamedAlikeInAnyGroup() {
    Map<String, Tensor> all = Map.of("a", one(), "b", Tensor.ones(1, 1).requiresGrad(true));
    assertEquals(
        Adam.adam(1).of(all).state().keySet(),
        Adam.adam(1).of(ParameterGroup.weightsAndRest(all)).state().keySet());
  }

  @Test
  void biasesAndNormsDoNotDecay() {
    RandomStream init = new RandomStream(1, "init");
    Map<String, Tensor> parameters =
        new Sequential(
                Conv2d.of(1, 2, 3).padding(1).init(init),
                new BatchNorm(2),
                new Linear(2, 2, false, init))
            .namedParameters();
    List<ParameterGroup> groups = ParameterGroup.weightsAndRest(parameters);
    assertEquals(Set.of("0.weight", "2.weight"), groups.get(0).parameters().keySet());
    assertEquals(Set.of("0.bias", "1.weight", "1.bias"), groups.get(1).parameters().keySet());
    assertEquals(0, groups.get(1).weightDecay().getAsDouble());
  }

  @Test
  void aNameInTwoGroupsIsRefused() {
    ParameterGroup a = ParameterGroup.of(Map.of("a", one()));
    String message =
        assertThrows(IllegalArgumentException.class, () -> Sgd.lr(1).of(List.of(a, a)))
            .getMessage();
    assertEquals("optimizer: [a] are in more than one group; a name belongs to one", message);
  }

  @Test
  void aParameterThatIsFrozenLaterStaysWhateverItsGroupSays() {
    Tensor a = one();
    Optimizer sgd = Sgd.lr(1).of(List.of(ParameterGroup.of(Map.of("a", a)).weightDecay(1)));
    step(sgd, a);
    a.requiresGrad(false);
    sgd.step();
    assertArrayEquals(new float[] {-2}, a.toFloats());
  }
}
