package dev.teak.engine.reference;

import dev.teak.engine.backend.ConvGeometry;
import java.util.Arrays;

/**
 * Convolution and its two gradients, which are one sum read three ways. The convolution
 *
 * <pre>
 * y[n, p, q, k] = bias[k] + sum over r, s, c of x[n, row, column, c] w[k, r, s, c]
 * row    = p stride + r dilation - padding above
 * column = q stride + s dilation - padding on the left
 * </pre>
 *
 * <p>is a sum of products of an x and a w, each added to one y. Its gradient with respect to x
 * takes the same triples and adds grad[y] w to x's place; with respect to w, it adds grad[y] x to
 * w's place. So the traversal of the triples is written once, and the three operations say what is
 * added where.
 */
final class ReferenceConv {
  private ReferenceConv() {}

  /**
   * One tap of one output: the channels of one group of a pixel against those of one kernel place.
   * x[x0 + c] meets w[w0 + c] for all c within the group, and belongs to y[y].
   */
  private interface Tap {
    void at(int x0, int w0, int y);
  }

  /** Visits every tap that falls inside the image; those in the padding meet zeros. */
  private static void forEachTap(ConvGeometry g, Tap tap) {
    for (int n = 0; n < g.n(); n++) {
      for (int p = 0; p < g.p(); p++) {
        for (int q = 0; q < g.q(); q++) {
          for (int k = 0; k < g.k(); k++) {
            int y = ((n * g.p() + p) * g.q() + q) * g.k() + k;
            int firstChannel = k / g.kGroup() * g.cGroup();
            for (int r = 0; r < g.r(); r++) {
              for (int s = 0; s < g.s(); s++) {
                int row = g.rows().at(p, r);
                int column = g.columns().at(q, s);
                if (row >= 0 && row < g.h() && column >= 0 && column < g.w()) {
                  int x0 = ((n * g.h() + row) * g.w() + column) * g.c() + firstChannel;
                  int w0 = ((k * g.r() + r) * g.s() + s) * g.cGroup();
                  tap.at(x0, w0, y);
                }
              }
            }
          }
        }
      }
    }
  }

  /** y = bias + x * w. */
  static void forward(ConvGeometry g, double[] x, double[] w, double[] bias, double[] out) {
    int channels = g.cGroup();
    for (int y = 0; y < g.output().size(); y++) {
      out[y] = bias[y % g.k()];
    }
    forEachTap(
        g,
        (x0, w0, y) -> {
          for (int c = 0; c < channels; c++) {
            out[y] += x[x0 + c] * w[w0 + c];
          }
        });
  }

  /** The gradient of sum(grad y) with respect to x. */
  static void inputGrad(ConvGeometry g, double[] grad, double[] w, double[] out) {
    int channels = g.cGroup();
    Arrays.fill(out, 0);
    forEachTap(
        g,
        (x0, w0, y) -> {
          for (int c = 0; c < channels; c++) {
            out[x0 + c] += grad[y] * w[w0 + c];
          }
        });
  }

  /** The gradient of sum(grad y) with respect to w. */
  static void weightGrad(ConvGeometry g, double[] x, double[] grad, double[] out) {
    int channels = g.cGroup();
    Arrays.fill(out, 0);
    forEachTap(
        g,
        (x0, w0, y) -> {
          for (int c = 0; c < channels; c++) {
            out[w0 + c] += grad[y] * x[x0 + c];
          }
        });
  }
}
