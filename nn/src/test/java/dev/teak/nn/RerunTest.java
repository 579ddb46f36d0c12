package dev.teak.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.teak.engine.Autograd;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;
import dev.teak.nn.models.Models;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that runs twice, what lies before a layer only once. */
class RerunTest {
  private static final Shape IMAGE = Shape.of(8, 8, 3);

  private static Module resNet() {
    return Models.parse("resnet18 width=2").build(IMAGE, 3, new RandomStream(1, "init"));
  }

  private static Module layers() {
    RandomStream init = new RandomStream(1, "init");
    return new Sequential(
        Conv2d.of(3, 4, 3).padding(1).init(init),
        new BatchNorm(4),
        Layers.relu(),
        Conv2d.of(4, 4, 3).padding(1).init(init),
        new BatchNorm(4),
        new Dropout(0.5, new RandomStream(1, "dropout")),
        Layers.globalAvgPool2d(),
        new Linear(4, 3, init));
  }

  private static Supplier<Tensor> loss(Module model) {
    Tensor x = new RandomStream(2, "images").uniform(Shape.of(1, 8, 8, 3));
    Tensor images = Tensor.concat(0, List.of(x, x.square(), x.neg()));
    Tensor labels = Tensor.ofInts(new int[] {0, 1, 2}, 3);
    return () -> Losses.crossEntropy(model.forward(images), labels);
  }

  /** A gradient of all parameters, their buffers, and where dropout's streams stand. */
  private static List<double[]> after(Module model, Tensor loss) {
    model.zeroGrad();
    loss.backward();
    List<double[]> all = new ArrayList<>();
    model.parameters().forEach(p -> all.add(p.grad().toDoubles()));
    model.stateDict().values().forEach(t -> all.add(t.toDoubles()));
    model.namedStreams().values().forEach(s -> all.add(new double[] {s.position()}));
    return all;
  }

  private static Tensor unchanged(Module model, String layer) {
    Rerun rerun = new Rerun(model, model.getSubmodule(layer));
    rerun.first(loss(model));
    return rerun.again(f -> f, loss(model));
  }

  private static void assertAlike(List<double[]> expected, List<double[]> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      // Fused layers round elsewhere: a few units in the last place of sums near 1.
      assertArrayEquals(expected.get(i), found.get(i), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"layer4", "layer2.1.bn1", "conv1", "fc", "layer3.0.downsample"})
  void withTheLayersOwnOutputItIsAPlainStepOfAResNet(String layer) {
    Module plain = resNet();
    Module rerun = resNet();
    assertAlike(after(plain, loss(plain).get()), after(rerun, unchanged(rerun, layer)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "2", "4", "5", "7"})
  void withTheLayersOwnOutputItIsAPlainStepOfLayers(String layer) {
    Module plain = layers();
    Module rerun = layers();
    assertAlike(after(plain, loss(plain).get()), after(rerun, unchanged(rerun, layer)));
  }

  @Test
  void anotherOutputReachesTheLossAndTheGradientOfWhatLiesBefore() {
    Module plain = layers();
    plain.getSubmodule("2").registerForwardHook((layer, in, out) -> out.mul(0.5));
    Module model = layers();
    Rerun rerun = new Rerun(model, model.getSubmodule("2"));
    rerun.first(loss(model));
    Tensor halved = rerun.again(f -> f.mul(0.5), loss(model));
    assertAlike(after(plain, loss(plain).get()), after(model, halved));
  }

  @ParameterizedTest
  @CsvSource({
    "layer4, conv1, 1",
    "layer4, bn1, 1",
    "layer4, layer1.0, 1",
    "layer4, layer4.1, 1",
    "layer4, fc, 2",
    "layer4.0, layer3, 1",
    "layer4.0, layer4.1, 2",
    "layer4.1.conv1, layer4.0, 1",
    "layer4.1.conv1, layer4.1.conv1, 1",
    "layer4.1.conv1, layer4.1.conv2, 2",
  })
  void whatLiesBeforeTheLayerRunsOnceAndWhatLiesBehindTwice(String layer, String part, int runs) {
    Module model = resNet();
    int[] count = {0};
    model
        .getSubmodule(part)
        .registerForwardHook(
            (at, in, out) -> {
              count[0]++;
              return null;
            });
    unchanged(model, layer);
    assertEquals(runs, count[0]);
    assertTrue(loss(model).get().item() > 0);
    assertEquals(runs + 1, count[0], "afterwards it runs as ever");
  }

  @Test
  void theFirstRunGivesTheGradientAtTheLayer() {
    Module model = layers();
    Tensor[] seen = new Tensor[1];
    var handle =
        model
            .getSubmodule("3")
            .registerBackwardHook(
                g -> {
                  seen[0] = g;
                  return null;
                });
    long[] streams = model.namedStreams().values().stream().mapToLong(s -> s.position()).toArray();
    loss(model).get().backward();
    handle.remove();
    model.namedStreams().values().forEach(s -> s.seek(streams[0]));
    Rerun rerun = new Rerun(model, model.getSubmodule("3"));
    Tensor loss = rerun.first(loss(model));
    Tensor slope = Autograd.grad(loss, rerun.outputs().get(0));
    assertArrayEquals(seen[0].toDoubles(), slope.toDoubles(), 1e-6); // gradients below 0.1
    assertTrue(Arrays.stream(slope.toDoubles()).anyMatch(g -> g != 0));
  }

  /** y = w (w x), of one layer in two places. */
  @Test
  void aLayerInTwoPlacesIsChangedInBoth() {
    Linear twice = new Linear(1, 1, new RandomStream(1, "init"));
    Module model = new Sequential(twice, Layers.identity(), twice);
    Supplier<Tensor> pass = () -> model.forward(Tensor.ones(1, 1)).sum();
    Rerun rerun = new Rerun(model, twice);
    double plain = rerun.first(pass).item();
    assertEquals(2, rerun.outputs().size());
    double w = twice.parameters().get(0).item();
    double b = twice.parameters().get(1).item();
    assertEquals(w * (w + b) + b, plain, 1e-6); // of a size near 1
    List<Tensor> slopes = Autograd.grad(rerun.first(pass), rerun.outputs(), Autograd.Options.PLAIN);
    assertEquals(w, slopes.get(0).item(), 1e-6);
    assertEquals(1, slopes.get(1).item(), 0);
    double changed = rerun.again(f -> f.add(1), pass).item();
    assertEquals(w * (w + b + 1) + b + 1, changed, 1e-6);
  }

  @Test
  void whatCannotBeRunAgainIsRefused() {
    Module model = layers();
    assertThrows(IllegalArgumentException.class, () -> new Rerun(model, Layers.relu()));
    Rerun rerun = new Rerun(model, model.getSubmodule("2"));
    Rerun other = new Rerun(model, model.getSubmodule("4"));
    String message =
        assertThrows(IllegalStateException.class, () -> rerun.first(() -> other.first(loss(model))))
            .getMessage();
    assertTrue(message.contains("one at a time"), message);
    rerun.first(loss(model));
    message =
        assertThrows(
                IllegalStateException.class,
                () -> rerun.again(f -> f, () -> model.getSubmodule("1").forward(Tensor.ones(2, 4))))
            .getMessage();
    assertTrue(message.contains("the same modules in the same order"), message);
    model.recompute(true);
    message =
        assertThrows(IllegalStateException.class, () -> rerun.first(loss(model))).getMessage();
    assertTrue(message.contains("is recomputed, Sequential"), message);
    model.recompute(false);
    rerun.first(loss(model));
  }
}
