package dev.teak.attacks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.teak.attacks.gradient.Fgsm;
import dev.teak.attacks.gradient.Pgd;
import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Tensor;
import dev.teak.nn.Conv2d;
import dev.teak.nn.Golden;
import dev.teak.nn.Linear;
import dev.teak.nn.Module;
import dev.teak.nn.optim.Adam;
import dev.teak.nn.optim.Optimizer;
import dev.teak.nn.optim.Sgd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A small CNN's gradient, the attacks on it and the optimizers that train it, against PyTorch in
 * float64. No gradient is 0 and no pooling has a tie, so that signs are safe in float32.
 */
class GoldenAttacksTest {
  /**
   * Pixels and weights of the size 1 after a few steps: some roundings of 2^-24, and the file's.
   */
  private static final double ROUNDED = 1e-5;

  /** Columns of {@code fc} are in PyTorch's order: C, H, W. */
  private static final class Cnn extends Module {
    private final RandomStream init = new RandomStream(1, "init");
    private final Conv2d conv1 = submodule("conv1", Conv2d.of(1, 32, 3).padding(1).init(init));
    private final Conv2d conv2 = submodule("conv2", Conv2d.of(32, 64, 3).padding(1).init(init));
    private final Linear fc = submodule("fc", new Linear(3136, 10, init));

    @Override
    protected Tensor compute(Tensor x) {
      Tensor y = Functional.maxPool2d(conv1.forward(x).relu(), 2, 2, 0);
      y = Functional.maxPool2d(conv2.forward(y).relu(), 2, 2, 0);
      return fc.forward(y.permute(0, 3, 1, 2).reshape(x.shape().dim(0), 3136));
    }
  }

  private interface Check {
    void run(JsonNode golden, Module model, Tensor images, Tensor labels);
  }

  private static DynamicTest test(String name, JsonNode golden, String device, Check check) {
    return DynamicTest.dynamicTest(
        name + " on " + device,
        () -> {
          try (Devices.Use use = Devices.use(device);
              Scope scope = Scope.open()) {
            Module model = new Cnn();
            Golden.fill(model, golden.get("model"));
            Tensor images =
                Golden.images(
                    Golden.shape(golden.get("input_shape_nchw")),
                    j -> 0.5 + 0.5 * Golden.u(j, 1000));
            check.run(golden, model, images, Golden.labels(golden.get("labels")));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> everyRowAgreesWithPyTorch() throws IOException {
    JsonNode golden = Golden.read("attacks.json");
    List<DynamicTest> tests = new ArrayList<>();
    for (String device : List.of("java", "reference")) {
      tests.add(test("gradient", golden, device, GoldenAttacksTest::gradient));
      for (JsonNode row : golden.get("fgsm")) {
        Attack fgsm = Fgsm.of(ThreatModel.linf(row.get("eps").asDouble()));
        tests.add(
            test(fgsm.toString(), golden, device, (g, m, x, y) -> attack(g, row, fgsm, m, x, y)));
      }
      for (JsonNode row : golden.get("pgd")) {
        Attack pgd = pgd(row);
        tests.add(
            test(pgd.toString(), golden, device, (g, m, x, y) -> attack(g, row, pgd, m, x, y)));
      }
      for (JsonNode row : golden.get("optimizers")) {
        tests.add(
            test(row.get("name").asText(), golden, device, (g, m, x, y) -> training(row, m, x, y)));
      }
    }
    return tests.stream();
  }

  private static Tensor loss(Module model, Tensor images, Tensor labels) {
    return Losses.crossEntropy(model.forward(images), labels);
  }

  private static void gradient(JsonNode golden, Module model, Tensor images, Tensor labels) {
    Golden.assertClose("logits", golden.get("logits"), model.forward(images).toDoubles(), 1e-4);
    Tensor x = images.detach().requiresGrad(true);
    Tensor loss = loss(model, x, labels);
    assertEquals(golden.get("loss").asDouble(), loss.item(), 1e-4);
    loss.backward();
    JsonNode expected = golden.get("input_grad");
    double[] gradient = Golden.nchw(x.grad());
    double allowed = 1e-3 * expected.get("max_abs").asDouble() / largest(expected.get("values"));
    Golden.assertClose("gradient", expected.get("values"), listed(golden, gradient), allowed);
    double l2 = expected.get("l2").asDouble();
    assertEquals(
        l2,
        Norm.L2.of(new float[gradient.length], floats(gradient), 0, gradient.length),
        1e-3 * l2);
  }

  private static double largest(JsonNode list) {
    return Arrays.stream(Golden.numbers(list)).map(Math::abs).max().getAsDouble();
  }

  private static float[] floats(double[] values) {
    float[] f = new float[values.length];
    for (int i = 0; i < f.length; i++) {
      f[i] = (float) values[i];
    }
    return f;
  }

  private static double[] listed(JsonNode golden, double[] all) {
    return Arrays.stream(Golden.numbers(golden.get("indices"))).map(i -> all[(int) i]).toArray();
  }

  private static Pgd pgd(JsonNode row) {
    double eps = row.get("eps").asDouble();
    Pgd pgd = row.get("norm").asText().equals("inf") ? Pgd.linf(eps) : Pgd.l2(eps);
    return pgd.steps(row.get("steps").asInt()).stepSize(row.get("step").asDouble()).fromTheImage();
  }

  private static void attack(
      JsonNode golden, JsonNode row, Attack attack, Module model, Tensor images, Tensor labels) {
    Tensor found = attack.perturb(model, images, labels).images();
    double[] pixels = Golden.nchw(found);
    double[] expected = Golden.numbers(row.get("values"));
    double[] actual = listed(golden, pixels);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], ROUNDED, attack + " pixel " + i);
    }
    double sum = Arrays.stream(pixels).sum();
    assertEquals(row.get("sum").asDouble(), sum, ROUNDED * Math.sqrt(pixels.length));
    Tensor logits = model.forward(found);
    Golden.assertClose("logits after", row.get("logits_after"), logits.toDoubles(), 1e-4);
    double after = Losses.crossEntropy(logits, labels).item();
    assertEquals(row.get("loss_after").asDouble(), after, 1e-4 * row.get("loss_after").asDouble());
  }

  private static Optimizer optimizer(JsonNode row, Map<String, Tensor> parameters) {
    double lr = row.get("lr").asDouble();
    double decay = row.path("weight_decay").asDouble(0);
    String name = row.get("name").asText();
    if (name.startsWith("sgd")) {
      return Sgd.lr(lr)
          .momentum(row.get("momentum").asDouble())
          .dampening(row.path("dampening").asDouble(0))
          .weightDecay(decay)
          .nesterov(row.path("nesterov").asBoolean(false))
          .of(parameters);
    }
    return (name.equals("adamw") ? Adam.adamW(lr) : Adam.adam(lr))
        .betas(row.get("betas").get(0).asDouble(), row.get("betas").get(1).asDouble())
        .eps(row.get("eps").asDouble())
        .weightDecay(decay)
        .of(parameters);
  }

  private static void training(JsonNode row, Module model, Tensor images, Tensor labels) {
    Optimizer optimizer = optimizer(row, model.namedParameters());
    JsonNode losses = row.get("losses");
    boolean overshoots = row.path("nesterov").asBoolean(false); // and magnifies what is rounded
    for (int step = 0; step < losses.size(); step++) {
      optimizer.zeroGrad();
      Tensor loss = loss(model, images, labels);
      double expected = losses.get(step).asDouble();
      assertEquals(expected, loss.item(), (overshoots ? 1e-3 : 1e-4) * expected, "loss " + step);
      if (step < losses.size() - 1) {
        loss.backward();
        optimizer.step();
      }
    }
    model
        .namedParameters()
        .forEach(
            (name, p) -> {
              JsonNode expected = row.get("after_3_steps").get(name);
              double[] values = p.shape().rank() == 4 ? Golden.nchw(p) : p.toDoubles();
              firstOf(name, expected, values);
              if (!(amplifiesRoundings(optimizer) && p.shape().rank() == 4)) {
                double sum = Arrays.stream(values).sum();
                double allowed = ROUNDED * Math.sqrt(values.length);
                assertEquals(expected.get("sum").asDouble(), sum, allowed, name);
              }
            });
  }

  /**
   * Where a kernel's gradient is exactly 0, Winograd's method leaves a rounding of 1e-9 or so, and
   * Adam divides that by its own size: the few hundred entries of this net that should stay go a
   * part of the learning rate. They are in the sum, and not among the first four.
   */
  private static boolean amplifiesRoundings(Optimizer optimizer) {
    return optimizer instanceof Adam && Devices.current().name().equals("java");
  }

  private static void firstOf(String name, JsonNode expected, double... values) {
    double[] first = Golden.numbers(expected.get("first"));
    for (int i = 0; i < first.length; i++) {
      assertEquals(first[i], values[i], ROUNDED, name + " " + i);
    }
  }
}
