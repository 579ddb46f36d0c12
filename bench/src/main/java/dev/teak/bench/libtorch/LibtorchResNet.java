package dev.teak.bench.libtorch;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import dev.teak.bench.Net;
import java.util.ArrayList;
import java.util.List;

/** {@link Net#RESNET18} on libtorch. */
final class LibtorchResNet extends LibtorchModel {
  private static final Shape ONE = new Shape(1, 1);
  private static final float MOMENTUM = 0.9f; // DJL's: what stays of the running value
  private static final float EPS = 1e-5f;

  /** Running mean and variance of each batch norm, in order. */
  private final List<NDArray> running = new ArrayList<>();

  LibtorchResNet(Engine engine, NDManager owned) {
    super(engine, owned, Net.RESNET18);
  }

  @Override
  NDArray[] initial(NDManager owner) {
    List<NDArray> p = new ArrayList<>();
    addConv(p, owner, 3, 64, 3);
    int in = 64;
    for (int stage = 0; stage < 4; stage++) {
      int out = 64 << stage;
      for (int block = 0; block < 2; block++) {
        addConv(p, owner, in, out, 3);
        addConv(p, owner, out, out, 3);
        if (in != out) {
          addConv(p, owner, in, out, 1);
        }
        in = out;
      }
    }
    p.add(owner.randomNormal(0, 0.05f, new Shape(10, in), DataType.FLOAT32));
    p.add(owner.zeros(new Shape(10)));
    return p.toArray(new NDArray[0]);
  }

  /** A convolution's weight and the batch norm's scale and shift behind it. */
  private void addConv(List<NDArray> p, NDManager owner, int in, int out, int kernel) {
    p.add(LibtorchWorks.channelsLast(owner, out, in, kernel, kernel));
    p.add(owner.ones(new Shape(out)));
    p.add(owner.zeros(new Shape(out)));
    running.add(owner.zeros(new Shape(out)));
    running.add(owner.ones(new Shape(out)));
  }

  /** Walks the parameters in the order in which {@link #initial} made them. */
  private final class Walk {
    private final NDArray[] p;
    private final boolean training;
    private int next;

    Walk(NDArray[] p, boolean training) {
      this.p = p;
      this.training = training;
    }

    NDArray conv(NDArray x, int stride, int padding) {
      NDArray y =
          Conv2d.conv2d(
                  x, p[next], null, new Shape(stride, stride), new Shape(padding, padding), ONE, 1)
              .singletonOrThrow();
      int norm = next / 3 * 2;
      NDArray result =
          BatchNorm.batchNorm(
                  y,
                  running.get(norm),
                  running.get(norm + 1),
                  p[next + 1],
                  p[next + 2],
                  1,
                  MOMENTUM,
                  EPS,
                  training)
              .singletonOrThrow();
      next += 3;
      return result;
    }
  }

  @Override
  NDArray logits(NDArray images, NDArray[] p, boolean training) {
    Walk walk = new Walk(p, training);
    NDArray x = Activation.relu(walk.conv(images, 1, 1));
    for (int stage = 0; stage < 4; stage++) {
      for (int block = 0; block < 2; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        NDArray y = Activation.relu(walk.conv(x, stride, 1));
        y = walk.conv(y, 1, 1);
        NDArray shortcut = stride == 1 ? x : walk.conv(x, stride, 0);
        x = Activation.relu(y.add(shortcut));
      }
    }
    return Linear.linear(Pool.globalAvgPool2d(x), p[p.length - 2], p[p.length - 1])
        .singletonOrThrow();
  }
}
