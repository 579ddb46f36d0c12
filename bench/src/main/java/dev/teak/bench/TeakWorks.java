package dev.teak.bench;

import dev.teak.attacks.gradient.Pgd;
import dev.teak.defenses.Trainee;
import dev.teak.defenses.training.NFgsm;
import dev.teak.engine.Autograd;
import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.Images;
import dev.teak.engine.Losses;
import dev.teak.engine.RandomStream;
import dev.teak.engine.Scope;
import dev.teak.engine.Shape;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.Backend;
import dev.teak.engine.op.Unary;
import dev.teak.nn.Module;
import dev.teak.nn.Sequential;
import dev.teak.nn.models.ConvAutoencoder;
import dev.teak.nn.models.Models;
import dev.teak.nn.optim.Sgd;
import dev.teak.nn.train.Batch;
import dev.teak.nn.train.Step;
import dev.teak.nn.train.TrainingHooks;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Teak's side of the comparison, through the same API that its users write against. */
final class TeakWorks implements Works {
  private static final double MOMENTUM = 0.9;
  private static final double RATE = 0.01;

  private final Backend device;
  private final RandomStream random = new RandomStream(1, "bench");

  private TeakWorks(Backend device) {
    this.device = device;
  }

  /** On a device by name. */
  static Works open(String device) {
    return new TeakWorks(Devices.open(device));
  }

  @Override
  public String name() {
    return device.name();
  }

  /** A work whose step runs in a scope of its own, on inputs that are released with it. */
  private Work work(Runnable step, Tensor... inputs) {
    return new Work() {
      @Override
      public void run() {
        try (Devices.Use use = Devices.use(device);
            Scope scope = Scope.open()) {
          step.run();
          device.synchronize();
        }
      }

      @Override
      public void close() {
        Arrays.stream(inputs).forEach(Tensor::release);
      }
    };
  }

  /** Sets a work up while this device is the current one. */
  private Work here(Supplier<Work> setUp) {
    try (Devices.Use use = Devices.use(device)) {
      return setUp.get();
    }
  }

  private Tensor uniform(double low, double high, int... dims) {
    return random.uniform(Shape.of(dims), low, high).unscoped();
  }

  @Override
  public Work gemm(int n) {
    return here(
        () -> {
          Tensor a = uniform(-1, 1, n, n);
          Tensor b = uniform(-1, 1, n, n);
          return work(() -> a.matmul(b), a, b);
        });
  }

  private static Tensor conv(ConvShape s, Tensor x, Tensor w) {
    return Functional.conv2d(x, w, null, s.stride(), s.padding(), 1, s.groups());
  }

  private Tensor input(ConvShape s) {
    return uniform(-1, 1, s.n(), s.h(), s.h(), s.c());
  }

  private Tensor weight(ConvShape s) {
    return uniform(-1, 1, s.k(), s.kernel(), s.kernel(), s.c() / s.groups());
  }

  @Override
  public Work convForward(ConvShape s) {
    return here(
        () -> {
          Tensor x = input(s);
          Tensor w = weight(s);
          return work(() -> conv(s, x, w), x, w);
        });
  }

  @Override
  public Work convGradients(ConvShape s) {
    return here(
        () -> {
          Tensor x = input(s).requiresGrad(true);
          Tensor w = weight(s).requiresGrad(true);
          Tensor ones = Tensor.full(device, Shape.of(s.n(), s.p(), s.p(), s.k()), 1).unscoped();
          Autograd.Options seeded = Autograd.Options.PLAIN.withSeed(ones);
          return work(() -> Autograd.grad(conv(s, x, w), List.of(x, w), seeded), x, w, ones);
        });
  }

  private static Tensor convTranspose(ConvShape s, Tensor x, Tensor w) {
    int beyond = s.h() - ((s.p() - 1) * s.stride() - 2 * s.padding() + s.kernel());
    Sliding how = Sliding.of(s.stride(), s.padding(), 1);
    return Functional.convTranspose2d(x, w, null, how, beyond, beyond, s.groups());
  }

  @Override
  public Work convTransposeForward(ConvShape s) {
    return here(
        () -> {
          Tensor x = uniform(-1, 1, s.n(), s.p(), s.p(), s.k());
          Tensor w = weight(s);
          return work(() -> convTranspose(s, x, w), x, w);
        });
  }

  @Override
  public Work convTransposeGradients(ConvShape s) {
    return here(
        () -> {
          Tensor x = uniform(-1, 1, s.n(), s.p(), s.p(), s.k()).requiresGrad(true);
          Tensor w = weight(s).requiresGrad(true);
          Tensor ones = Tensor.full(device, Shape.of(s.n(), s.h(), s.h(), s.c()), 1).unscoped();
          Autograd.Options seeded = Autograd.Options.PLAIN.withSeed(ones);
          return work(
              () -> Autograd.grad(convTranspose(s, x, w), List.of(x, w), seeded), x, w, ones);
        });
  }

  @Override
  public Work convRelu6(ConvShape s) {
    return here(
        () -> {
          Tensor x = input(s);
          Tensor w = weight(s);
          Sliding how = Sliding.of(s.stride(), s.padding(), 1);
          return work(
              () -> Functional.conv2dActivation(x, w, null, how, s.groups(), Unary.RELU6), x, w);
        });
  }

  @Override
  public Work convPaddedBehind(ConvShape s) {
    return here(
        () -> {
          Tensor x = input(s);
          Tensor w = weight(s);
          Sliding how = Sliding.of().stride(s.stride()).padding(0, 0, 1, 1);
          return work(() -> Functional.conv2d(x, w, null, how, s.groups()), x, w);
        });
  }

  @Override
  public Work gelu(int rows, int columns) {
    return here(
        () -> {
          Tensor x = uniform(-3, 3, rows, columns);
          return work(() -> Functional.gelu(x), x);
        });
  }

  @Override
  public Work layerNorm(int rows, int columns) {
    return here(
        () -> {
          Tensor x = uniform(-1, 1, rows, columns);
          Tensor w = uniform(0, 1, columns);
          Tensor b = uniform(0, 1, columns);
          Shape normalized = Shape.of(columns);
          return work(() -> Functional.layerNorm(x, normalized, w, b, 1e-5), x, w, b);
        });
  }

  @Override
  public Work layerNormGradients(int rows, int columns) {
    return here(
        () -> {
          Tensor x = uniform(-1, 1, rows, columns).requiresGrad(true);
          Tensor w = uniform(0, 1, columns).requiresGrad(true);
          Tensor b = uniform(0, 1, columns).requiresGrad(true);
          Tensor ones = Tensor.full(device, Shape.of(rows, columns), 1).unscoped();
          Autograd.Options seeded = Autograd.Options.PLAIN.withSeed(ones);
          Shape normalized = Shape.of(columns);
          return work(
              () ->
                  Autograd.grad(
                      Functional.layerNorm(x, normalized, w, b, 1e-5), List.of(x, w, b), seeded),
              x,
              w,
              b,
              ones);
        });
  }

  @Override
  public Work resize(int images, int from, int to, int channels) {
    return here(
        () -> {
          Tensor x = uniform(0, 1, images, from, from, channels);
          int[] size = {to, to};
          return work(() -> Images.interpolate(x, size, "bilinear"), x);
        });
  }

  private Tensor images(Net net, int batch) {
    return uniform(0, 1, batch, net.side(), net.side(), net.channels());
  }

  private static Tensor labels(int batch) {
    int[] labels = new int[batch];
    Arrays.setAll(labels, i -> i % 10);
    return Tensor.ofInts(labels, batch).unscoped();
  }

  private Module model(Net net) {
    Shape image = Shape.of(net.side(), net.side(), net.channels());
    return switch (net) {
      case MNIST_CNN -> Models.parse("cnn").build(image, 10, random);
      case RESNET18 -> Models.parse("resnet18").build(image, 10, random);
      case AUTOENCODER -> new ConvAutoencoder(16, 8).build(image, random);
      case DENOISED_CNN -> new Sequential(model(Net.AUTOENCODER), model(Net.MNIST_CNN));
    };
  }

  private static Tensor loss(Net net, Module model, Tensor x, Tensor y) {
    Tensor out = model.forward(x);
    return net == Net.AUTOENCODER ? Losses.mse(out, x) : Losses.crossEntropy(out, y);
  }

  @Override
  public Work trainingStep(Net net, int batch) {
    return trainingStep(net, batch, model -> TrainingHooks.NONE);
  }

  @Override
  public Work adversarialStep(Net net, int batch) {
    Shape image = Shape.of(net.side(), net.side(), net.channels());
    NFgsm training = NFgsm.of(net.epsilon());
    return trainingStep(net, batch, model -> training.on(Trainee.of(model, image, 10, 1)));
  }

  private Work trainingStep(Net net, int batch, Function<Module, TrainingHooks> changes) {
    return here(
        () -> {
          Module model = model(net);
          TrainingHooks hooks = changes.apply(model);
          Sgd sgd = new Sgd(model.namedParameters(), RATE, MOMENTUM, 0, false);
          Tensor x = images(net, batch);
          Tensor y = labels(batch);
          Step first = new Step(0, 1, 0, 1);
          return work(
              () -> {
                Tensor seen = hooks.batch(model, Batch.of(x, y), first).images();
                Tensor loss = loss(net, model, seen, y);
                sgd.zeroGrad();
                loss.backward();
                sgd.step();
                loss.item();
              },
              x,
              y);
        });
  }

  @Override
  public Work evaluation(Net net, int batch) {
    return here(
        () -> {
          Module model = model(net);
          Tensor x = images(net, batch);
          return work(
              () -> {
                try (Module.Evaluating eval = model.evaluating();
                    Autograd.Mode plain = Autograd.noGrad()) {
                  model.forward(x);
                }
              },
              x);
        });
  }

  @Override
  public Work pgd(Net net, int batch, int steps) {
    return here(
        () -> {
          Module model = model(net);
          double epsilon = net.epsilon();
          Pgd pgd = Pgd.linf(epsilon).steps(steps).stepSize(epsilon / 30).fromTheImage();
          Tensor x = images(net, batch);
          Tensor y = labels(batch);
          return work(() -> pgd.perturb(model, x, y), x, y);
        });
  }

  @Override
  public void close() {}
}
