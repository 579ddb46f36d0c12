package dev.teak.engine.check;

import dev.teak.engine.DType;
import dev.teak.engine.Functional;
import dev.teak.engine.PoolWindow;
import dev.teak.engine.Shape;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.PoolGeometry;
import dev.teak.engine.check.OpSample.Input;
import dev.teak.engine.op.Pool2d;

/** Samples of poolings and their transposes. */
final class PoolSamples {
  private final Draws d;

  private PoolSamples(Draws d) {
    this.d = d;
  }

  static void addTo(Draws d) {
    PoolSamples s = new PoolSamples(d);
    s.pooling();
    s.poolGradients();
  }

  private void pooling() {
    int[] dims = {d.upTo(2), 4 + d.upTo(3), 4 + d.upTo(4), d.upTo(4)};
    int window = 1 + d.upTo(2);
    int stride = d.upTo(3);
    d.add("max_pool2d", x -> Functional.maxPool2d(x.get(0), window, stride, 0), d.values(dims));
    d.add("max_pool2d", x -> Functional.maxPool2d(x.get(0), 3, 2, 1), d.values(dims));
    d.add("avg_pool2d", x -> Functional.avgPool2d(x.get(0), window, stride, 0), d.values(dims));
    d.add("avg_pool2d", x -> Functional.avgPool2d(x.get(0), 3, 2, 1), d.values(dims));
    PoolWindow oblong =
        PoolWindow.of(2, 3)
            .sliding(Sliding.of().stride(2, d.upTo(3)).padding(1, 0, 0, 1))
            .ceilMode(true);
    PoolWindow dilated = PoolWindow.of(2).stride(d.upTo(2)).dilation(2);
    d.add("max_pool2d", x -> Functional.maxPool2d(x.get(0), oblong), d.values(dims));
    d.add("max_pool2d", x -> Functional.maxPool2d(x.get(0), dilated), d.values(dims));
    PoolWindow large = PoolWindow.of(20).stride(3).padding(10); // places beyond a byte
    d.add("max_pool2d", x -> Functional.maxPool2d(x.get(0), large), d.values(1, 6, 5, 2));
    int height = d.upTo(9);
    d.add("max_pool2d", x -> Functional.adaptiveMaxPool2d(x.get(0), height, 2), d.values(dims));
    d.add("avg_pool2d", x -> Functional.avgPool2d(x.get(0), oblong), d.values(dims));
    PoolWindow inside = oblong.countIncludePad(false);
    d.add("avg_pool2d", x -> Functional.avgPool2d(x.get(0), inside), d.values(dims));
    PoolWindow halved = oblong.divisorOverride(2);
    d.add("avg_pool2d", x -> Functional.avgPool2d(x.get(0), halved), d.values(dims));
  }

  /** The transposes of both poolings; which places won is told by an image that stays as it is. */
  private void poolGradients() {
    Input image = d.values(d.upTo(2), 4 + d.upTo(2), 4 + d.upTo(3), d.upTo(3));
    Shape shape = Shape.of(image.dims());
    PoolGeometry g = PoolGeometry.of("max_pool2d", shape, PoolWindow.of(3).stride(2).padding(1));
    Input grad = d.values(g.output().dims());
    d.add("max_pool2d_grad", i -> Pool2d.Scatter.apply(g, i.get(0), winners(g, image)), grad);
    d.add(
        "max_pool2d_pick",
        i -> Pool2d.Pick.apply(g, i.get(0), winners(g, image)),
        d.values(shape.dims()));
    d.add("avg_pool2d_grad", i -> Pool2d.Spread.apply(g, i.get(0)), grad);
  }

  private static Tensor winners(PoolGeometry g, Input image) {
    Tensor x = image.tensor();
    Tensor largest = Tensor.allocate(x.device(), g.output());
    Tensor winners = Tensor.allocate(x.device(), DType.UINT8, g.output());
    x.device().maxPool2d(g, x.buffer(), largest.buffer(), winners.buffer());
    return winners;
  }
}
