package dev.teak.engine.check;

import dev.teak.engine.Functional;
import dev.teak.engine.Shape;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.check.OpSample.Input;
import dev.teak.engine.op.Conv2d;
import dev.teak.engine.op.MatMul;
import dev.teak.engine.op.Unary;
import java.util.List;
import java.util.function.Function;

/** Samples of matrix products and convolutions. */
final class ProductSamples {
  private final Draws d;

  private ProductSamples(Draws d) {
    this.d = d;
  }

  static void addTo(Draws d) {
    ProductSamples s = new ProductSamples(d);
    s.products();
    s.convolutions();
    s.convGradients();
  }

  private void products() {
    int m = d.upTo(6);
    int k = d.upTo(7);
    int n = d.upTo(6);
    for (int t = 0; t < 4; t++) {
      boolean ta = (t & 1) != 0;
      boolean tb = (t & 2) != 0;
      int[] a = ta ? new int[] {k, m} : new int[] {m, k};
      int[] b = tb ? new int[] {n, k} : new int[] {k, n};
      Function<List<Tensor>, Tensor> f = x -> MatMul.apply(x.get(0), x.get(1), ta, tb);
      d.add("matmul", f, d.values(a), d.values(b));
      int[] batchA = {3, a[0], a[1]};
      int[] batchB = {3, b[0], b[1]};
      d.add("matmul", f, d.values(batchA), d.values(batchB));
      d.add("matmul", f, d.values(batchA), d.values(b));
      d.add("matmul", f, d.values(a), d.values(batchB));
    }
    Function<List<Tensor>, Tensor> product = x -> x.get(0).matmul(x.get(1));
    d.add("matmul", product, d.values(3, 1, m, k), d.values(2, k, n));
    d.add("matmul", product, d.values(1, m, k), d.values(3, k, n));
    d.add("matmul", product, d.values(k), d.values(2, k, n));
    d.add("matmul", product, d.values(2, 3, m, k), d.values(k));
    d.add("dot", x -> x.get(0).dot(x.get(1)), d.values(k), d.values(k));
    d.add("outer", x -> x.get(0).outer(x.get(1)), d.values(m), d.values(n));
    d.add(
        "linear",
        x -> Functional.linear(x.get(0), x.get(1), x.get(2)),
        d.values(m, k),
        d.values(n, k),
        d.values(n));
    d.add(
        "linear",
        x -> Functional.linear(x.get(0), x.get(1), null),
        d.values(2, m, k),
        d.values(n, k));
  }

  private void convolutions() {
    conv(1, 1, 1, 1);
    conv(d.upTo(3), d.random.nextInt(3), d.upTo(2), 1);
    conv(d.upTo(2), 1, 1, 2);
    int c = d.upTo(4);
    conv(d.upTo(2), 1, 1, c);
    int n = d.upTo(2);
    int k = d.upTo(4);
    int stride = d.upTo(3);
    int extra = d.random.nextInt(stride);
    d.add(
        "conv_transpose2d",
        x -> Functional.convTranspose2d(x.get(0), x.get(1), x.get(2), stride, 1, extra, 1, 1),
        d.values(n, 2 + d.upTo(3), 2 + d.upTo(2), k),
        d.values(k, 3, 3, c),
        d.values(c));
    Sliding uneven =
        Sliding.of()
            .stride(d.upTo(2), d.upTo(3))
            .padding(d.random.nextInt(3), d.random.nextInt(3), d.random.nextInt(3), 1)
            .dilation(d.upTo(2), d.upTo(2));
    d.add(
        "conv2d",
        x -> Functional.conv2d(x.get(0), x.get(1), null, uneven, 2),
        d.values(d.upTo(2), 6, 7, 2 * c),
        d.values(4, 2, 3, c));
    Sliding apart = uneven.stride(2, 3);
    d.add(
        "conv_transpose2d",
        x -> Functional.convTranspose2d(x.get(0), x.get(1), null, apart, 1, 2, 2),
        d.values(d.upTo(2), 4, 3, 4),
        d.values(4, 3, 3, c));
    for (Unary f : List.of(Unary.TANH, Unary.GELU)) {
      d.add(
          "conv2d_activation",
          i -> Functional.conv2dActivation(i.get(0), i.get(1), i.get(2), uneven, 1, f),
          d.values(d.upTo(2), 5, 6, c),
          d.values(3, 2, 3, c),
          d.values(3));
    }
    convRelu();
  }

  /** One tap of one channel, so that no output comes near 0 or another of its window. */
  private void convRelu() {
    Input x = d.spread(-1, 1.2, d.upTo(2), 2 + d.random.nextInt(3), 2 + d.random.nextInt(3), 1);
    Input w = d.spread(0.5, 1.5, d.upTo(3), 1, 1, 1);
    Input b = d.spread(-2e-4, 2e-4, w.dims()[0]);
    d.add(
        "conv2d_relu",
        i -> Functional.conv2dRelu(i.get(0), i.get(1), i.get(2), Sliding.of(), 1),
        x,
        w,
        b);
    d.add(
        "conv2d_relu_max_pool2d",
        i -> Functional.conv2dReluMaxPool2d(i.get(0), i.get(1), i.get(2), Sliding.of(), 1, 2),
        x,
        w,
        b);
  }

  private void conv(int stride, int padding, int dilation, int groups) {
    int cg = d.upTo(3);
    int kg = d.upTo(3);
    int h = 4 + d.upTo(4);
    int w = 4 + d.upTo(3);
    d.add(
        "conv2d",
        x -> Functional.conv2d(x.get(0), x.get(1), x.get(2), stride, padding, dilation, groups),
        d.values(d.upTo(2), h, w, cg * groups),
        d.values(kg * groups, 3, d.upTo(3), cg),
        d.values(kg * groups));
  }

  private void convGradients() {
    int c = d.upTo(3);
    int stride = d.upTo(3);
    Input x = d.values(d.upTo(2), 3 + d.upTo(3), 3 + d.upTo(2), c);
    Input w = d.values(d.upTo(3), 3, 2, c);
    Shape image = Shape.of(x.dims());
    ConvGeometry g =
        ConvGeometry.of("conv2d", image, Shape.of(w.dims()), Sliding.of(stride, 1, 1), 1);
    Input grad = d.values(g.output().dims());
    d.add("conv2d_input_grad", i -> Conv2d.InputGrad.apply(g, i.get(0), i.get(1)), grad, w);
    d.add("conv2d_weight_grad", i -> Conv2d.WeightGrad.apply(g, i.get(0), i.get(1)), x, grad);
  }
}
