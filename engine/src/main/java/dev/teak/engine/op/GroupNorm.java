package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Tensor;
import dev.teak.engine.backend.NormGeometry;
import java.util.Arrays;

/**
 * Layer norm (Ba et al., arXiv:1607.06450), group norm (Wu and He, ECCV 2018) and instance norm:
 * each sample is normalized by its own mean and biased variance. Inputs are x, weight and bias.
 */
public final class GroupNorm implements Op {
  private static final String GRADIENT =
      "with h = g weight and z = (x - mean) rstd: of x rstd (h - mean(h) - z mean(h z)); of the"
          + " weight sum g z; of the bias sum g";

  static final OpInfo LAYER =
      new OpInfo(
          "layer_norm",
          "(x - mean) rstd weight + bias, mean and rstd over the last axes",
          GRADIENT);

  static final OpInfo GROUP =
      new OpInfo(
          "group_norm",
          "(x - mean) rstd weight + bias, mean and rstd over each image's groups of channels",
          GRADIENT);

  private final OpInfo info;
  private final NormGeometry geometry;
  private final Tensor mean;
  private final Tensor rstd;
  private final double eps;

  private GroupNorm(OpInfo info, NormGeometry geometry, Tensor mean, Tensor rstd, double eps) {
    this.info = info;
    this.geometry = geometry;
    this.mean = mean;
    this.rstd = rstd;
    this.eps = eps;
  }

  /** Layer norm over the last axes, whose extents are {@code normalized}. */
  public static Tensor layer(Tensor x, Shape normalized, Tensor weight, Tensor bias, double eps) {
    Shape s = x.shape();
    int lead = s.rank() - normalized.rank();
    if (normalized.rank() == 0
        || lead < 0
        || !Shape.of(Arrays.copyOfRange(s.dims(), lead, s.rank())).equals(normalized)) {
      throw new ShapeException(
          "layer_norm: input "
              + s
              + " for normalized shape "
              + normalized
              + ": expects [..., "
              + normalized.toString().substring(1));
    }
    int columns = normalized.size();
    int rows = columns == 0 ? 0 : s.size() / columns;
    return apply(LAYER, new NormGeometry(rows, 1, 1, columns), x, weight, bias, normalized, eps);
  }

  /** Group norm of x {@code [N, ..., C]}. */
  public static Tensor group(Tensor x, int groups, Tensor weight, Tensor bias, double eps) {
    Shape s = x.shape();
    if (s.rank() < 2) {
      throw new ShapeException("group_norm: input " + s + ": expects [N, ..., C]");
    }
    int channels = s.dim(-1);
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          "group_norm: " + groups + " groups must divide the " + channels + " channels of " + s);
    }
    int places = s.size() == 0 ? 0 : s.size() / s.dim(0) / channels;
    NormGeometry g = new NormGeometry(s.dim(0), places, groups, channels / groups);
    return apply(GROUP, g, x, weight, bias, Shape.of(channels), eps);
  }

  private static Tensor apply(
      OpInfo info, NormGeometry g, Tensor x, Tensor weight, Tensor bias, Shape affine, double eps) {
    x.requireFloat(info.name());
    Tensor w = weight == null ? Tensor.full(x.device(), affine, 1) : weight;
    Tensor b = bias == null ? Tensor.full(x.device(), affine, 0) : bias;
    requireAffine(info, "weight", x, w, affine);
    requireAffine(info, "bias", x, b, affine);
    Tensor y = Tensor.allocate(x.device(), x.shape());
    Tensor mean = Tensor.allocate(x.device(), Shape.of(g.statistics()));
    Tensor rstd = Tensor.allocate(x.device(), Shape.of(g.statistics()));
    if (x.shape().size() > 0) {
      x.device()
          .groupNorm(
              g, x.buffer(), w.buffer(), b.buffer(), eps, y.buffer(), mean.buffer(), rstd.buffer());
    }
    return Autograd.record(new GroupNorm(info, g, mean, rstd, eps), y, x, w, b);
  }

  private static void requireAffine(OpInfo info, String what, Tensor x, Tensor t, Shape expected) {
    x.requireSameDevice(info.name(), t);
    t.requireFloat(info.name());
    if (!t.shape().equals(expected)) {
      throw new ShapeException(
          info.name()
              + ": "
              + what
              + " "
              + t.shape()
              + " for input "
              + x.shape()
              + ": expects "
              + expected);
    }
  }

  @Override
  public OpInfo info() {
    return info;
  }

  /** The mean, the variance about it, shift and scale. */
  @Override
  public long flops(Tensor output, Tensor... inputs) {
    return 8L * output.shape().size();
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    Shape affine = call.input(1).shape();
    if (g.shape().size() == 0) {
      Tensor none = Tensor.full(g.device(), affine, 0);
      return new Tensor[] {g, none, none};
    }
    if (geometry.count() == 1) {
      // Of one value nothing is left but the bias; rounding would leave a little of the rest.
      Tensor zero = Tensor.full(g.device(), g.shape(), 0);
      Tensor ofBias = g.reshape(-1, affine.size()).sum(0).reshape(affine.dims());
      return new Tensor[] {zero, Tensor.full(g.device(), affine, 0), ofBias};
    }
    // A gradient that may be differentiated again is made of ops; a plain one in a fused call.
    return Autograd.isEnabled() ? composed(g, call) : fused(g, call);
  }

  private Tensor[] composed(Tensor g, Call call) {
    int[] full = geometry.full().dims();
    Shape affine = call.input(1).shape();
    Tensor x = call.input(0).reshape(full);
    Tensor grad = g.reshape(full);
    Tensor centred = x.sub(x.meanKeepDims(1, 3));
    Tensor r = centred.square().meanKeepDims(1, 3).add(eps).sqrt().reciprocal();
    Tensor z = centred.mul(r);
    Tensor h = grad.mul(call.input(1).reshape(geometry.perChannel().dims()));
    Tensor inner = h.sub(h.meanKeepDims(1, 3)).sub(z.mul(h.mul(z).meanKeepDims(1, 3)));
    return new Tensor[] {
      inner.mul(r).reshape(g.shape().dims()),
      call.needs(1) ? grad.mul(z).sum(0, 1).reshape(affine.dims()) : null,
      call.needs(2) ? grad.sum(0, 1).reshape(affine.dims()) : null
    };
  }

  private Tensor[] fused(Tensor g, Call call) {
    Shape affine = call.input(1).shape();
    Tensor ofX = Tensor.allocate(g.device(), g.shape());
    Tensor ofWeight = Tensor.allocate(g.device(), affine);
    Tensor ofBias = Tensor.allocate(g.device(), affine);
    g.device()
        .groupNormGrad(
            geometry,
            g.buffer(),
            call.input(0).buffer(),
            mean.buffer(),
            rstd.buffer(),
            call.input(1).buffer(),
            ofX.buffer(),
            ofWeight.buffer(),
            ofBias.buffer());
    return new Tensor[] {ofX, ofWeight, ofBias};
  }

  @Override
  public void free() {
    mean.release();
    rstd.release();
  }
}
