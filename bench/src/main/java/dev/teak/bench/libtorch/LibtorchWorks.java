package dev.teak.bench.libtorch;

import ai.djl.engine.Engine;
import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.GradientCollector;
import dev.teak.bench.ConvShape;
import dev.teak.bench.Net;
import dev.teak.bench.Work;
import dev.teak.bench.Works;
import java.util.function.BinaryOperator;

/**
 * The peer's side of the table, in the form that was measured fastest through DJL: images and
 * weights in libtorch's channels-last memory format, which DJL has no name for but which a
 * transposed NHWC array is. It takes up to 60% off a convolution's time against NCHW.
 *
 * <p>libtorch computes at once on the CPU, so a call that returns is done.
 */
public final class LibtorchWorks implements Works {
  private static final Shape ONE = new Shape(1, 1);

  private final Engine engine;
  private final NDManager manager;

  LibtorchWorks(Engine engine) {
    this.engine = engine;
    this.manager = engine.newBaseManager();
  }

  @Override
  public String name() {
    return "libtorch";
  }

  @Override
  public Work gemm(int n) {
    NDManager owned = manager.newSubManager();
    NDArray a = owned.randomNormal(new Shape(n, n));
    NDArray b = owned.randomNormal(new Shape(n, n));
    return work(owned, () -> a.matMul(b).close());
  }

  @Override
  public Work convForward(ConvShape s) {
    NDManager owned = manager.newSubManager();
    NDArray x = channelsLast(owned, s.n(), s.c(), s.h(), s.h());
    NDArray w = channelsLast(owned, s.k(), s.c() / s.groups(), s.kernel(), s.kernel());
    return work(owned, () -> conv(s, x, w).close());
  }

  @Override
  public Work convGradients(ConvShape s) {
    NDManager owned = manager.newSubManager();
    NDArray x = channelsLast(owned, s.n(), s.c(), s.h(), s.h());
    NDArray w = channelsLast(owned, s.k(), s.c() / s.groups(), s.kernel(), s.kernel());
    return gradients(owned, x, w, (input, weight) -> conv(s, input, weight));
  }

  /** A convolution and the gradients of both of its inputs. */
  private Work gradients(NDManager owned, NDArray x, NDArray w, BinaryOperator<NDArray> conv) {
    return work(
        owned,
        () -> {
          try (NDManager step = owned.newSubManager();
              GradientCollector collector = engine.newGradientCollector()) {
            NDArray input = leaf(x, step);
            NDArray weight = leaf(w, step);
            // DJL starts from ones in the layout of its argument's shape; through this view they
            // are channels-last, which saves libtorch a conversion.
            collector.backward(conv.apply(input, weight).transpose(0, 2, 3, 1));
            input.getGradient().close();
            weight.getGradient().close();
          }
        });
  }

  @Override
  public Work convTransposeForward(ConvShape s) {
    NDManager owned = manager.newSubManager();
    TransposedConv transposed = new TransposedConv(owned);
    NDArray x = channelsLast(owned, s.n(), s.k(), s.p(), s.p());
    NDArray w = channelsLast(owned, s.k(), s.c(), s.kernel(), s.kernel());
    return work(owned, () -> transposed.of(x, w).close());
  }

  @Override
  public Work convTransposeGradients(ConvShape s) {
    NDManager owned = manager.newSubManager();
    TransposedConv transposed = new TransposedConv(owned);
    NDArray x = channelsLast(owned, s.n(), s.k(), s.p(), s.p());
    NDArray w = channelsLast(owned, s.k(), s.c(), s.kernel(), s.kernel());
    return gradients(owned, x, w, transposed::of);
  }

  @Override
  public Work convRelu6(ConvShape s) {
    NDManager owned = manager.newSubManager();
    NDArray x = channelsLast(owned, s.n(), s.c(), s.h(), s.h());
    NDArray w = channelsLast(owned, s.k(), s.c() / s.groups(), s.kernel(), s.kernel());
    return work(
        owned,
        () -> {
          try (NDArray y = conv(s, x, w)) {
            y.clip(0, 6).close();
          }
        });
  }

  @Override
  public Work convPaddedBehind(ConvShape s) {
    NDManager owned = manager.newSubManager();
    NDArray x = channelsLast(owned, s.n(), s.c(), s.h(), s.h());
    NDArray w = channelsLast(owned, s.k(), s.c() / s.groups(), s.kernel(), s.kernel());
    Shape behind = new Shape(0, 1, 0, 1);
    Shape stride = new Shape(s.stride(), s.stride());
    Shape none = new Shape(0, 0);
    return work(
        owned,
        () -> {
          try (NDArray padded = x.pad(behind, 0)) {
            Conv2d.conv2d(padded, w, null, stride, none, ONE, s.groups())
                .singletonOrThrow()
                .close();
          }
        });
  }

  @Override
  public Work gelu(int rows, int columns) {
    NDManager owned = manager.newSubManager();
    NDArray x = owned.randomUniform(-3, 3, new Shape(rows, columns));
    return work(owned, () -> x.getNDArrayInternal().gelu().close());
  }

  @Override
  public Work layerNorm(int rows, int columns) {
    NDManager owned = manager.newSubManager();
    NDArray x = owned.randomNormal(new Shape(rows, columns));
    NDArray w = owned.randomNormal(new Shape(columns));
    NDArray b = owned.randomNormal(new Shape(columns));
    return work(owned, () -> normalized(x, w, b).close());
  }

  @Override
  public Work layerNormGradients(int rows, int columns) {
    NDManager owned = manager.newSubManager();
    NDArray x = owned.randomNormal(new Shape(rows, columns));
    NDArray w = owned.randomNormal(new Shape(columns));
    NDArray b = owned.randomNormal(new Shape(columns));
    return work(
        owned,
        () -> {
          try (NDManager step = owned.newSubManager();
              GradientCollector collector = engine.newGradientCollector()) {
            NDArray input = leaf(x, step);
            NDArray weight = leaf(w, step);
            NDArray bias = leaf(b, step);
            collector.backward(normalized(input, weight, bias));
            input.getGradient().close();
            weight.getGradient().close();
            bias.getGradient().close();
          }
        });
  }

  private static NDArray normalized(NDArray x, NDArray w, NDArray b) {
    Shape shape = new Shape(x.getShape().get(1));
    return x.getNDArrayInternal().layerNorm(x, shape, w, b, 1e-5f).singletonOrThrow();
  }

  @Override
  public Work resize(int images, int from, int to, int channels) {
    NDManager owned = manager.newSubManager();
    NDArray x = owned.randomUniform(0, 1, new Shape(images, from, from, channels));
    int bilinear = Image.Interpolation.BILINEAR.ordinal();
    return work(owned, () -> x.getNDArrayInternal().resize(to, to, bilinear).close());
  }

  @Override
  public Work trainingStep(Net net, int batch) {
    return step(net, batch, LibtorchModel::trainingStep);
  }

  @Override
  public Work adversarialStep(Net net, int batch) {
    return step(net, batch, LibtorchModel::adversarialStep);
  }

  @Override
  public Work evaluation(Net net, int batch) {
    NDManager owned = manager.newSubManager();
    LibtorchModel model = LibtorchModel.of(engine, owned, net);
    NDArray images = model.images(batch);
    return work(owned, () -> model.evaluate(images));
  }

  @Override
  public Work pgd(Net net, int batch, int steps) {
    return step(net, batch, (model, images, labels) -> model.pgd(images, labels, steps));
  }

  private interface Step {
    void of(LibtorchModel model, NDArray images, NDArray labels);
  }

  private Work step(Net net, int batch, Step step) {
    NDManager owned = manager.newSubManager();
    LibtorchModel model = LibtorchModel.of(engine, owned, net);
    NDArray images = model.images(batch);
    NDArray labels = model.labels(batch);
    return work(owned, () -> step.of(model, images, labels));
  }

  @Override
  public void close() {
    manager.close();
  }

  /** A random array of shape [n, c, h, w] whose channels lie next to each other in memory. */
  static NDArray channelsLast(NDManager owner, long n, long c, long h, long w) {
    return owner
        .randomNormal(0, 0.05f, new Shape(n, h, w, c), DataType.FLOAT32)
        .transpose(0, 3, 1, 2);
  }

  private static NDArray conv(ConvShape s, NDArray x, NDArray weight) {
    Shape stride = new Shape(s.stride(), s.stride());
    Shape padding = new Shape(s.padding(), s.padding());
    return Conv2d.conv2d(x, weight, null, stride, padding, ONE, s.groups()).singletonOrThrow();
  }

  /** Stride 1, padding 1; {@code bias} may be null. */
  static NDArray conv3x3(NDArray x, NDArray weight, NDArray bias) {
    return Conv2d.conv2d(x, weight, bias, ONE, ONE, ONE, 1).singletonOrThrow();
  }

  /**
   * The same data as a new leaf of the graph that wants a gradient. Its gradient starts out absent,
   * so that libtorch need neither clear nor add.
   */
  static NDArray leaf(NDArray array, NDManager step) {
    NDArray leaf = detached(array, step);
    leaf.setRequiresGradient(true);
    return leaf;
  }

  /** The same data outside any graph, its results owned by {@code step}. */
  static NDArray detached(NDArray array, NDManager step) {
    NDArray view = array.stopGradient();
    view.attach(step);
    return view;
  }

  private static Work work(NDManager owned, Runnable step) {
    return new Work() {
      @Override
      public void run() {
        step.run();
      }

      @Override
      public void close() {
        owned.close();
      }
    };
  }
}
