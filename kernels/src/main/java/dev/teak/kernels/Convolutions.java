package dev.teak.kernels;

import dev.teak.engine.DType;
import dev.teak.engine.backend.Buffer;
import dev.teak.engine.backend.ConvGeometry;
import dev.teak.engine.backend.PoolGeometry;

/** Convolutions and their gradients: checks operands and finds each the method that suits it. */
final class Convolutions {
  private final Operands operands;
  private final Products products;
  private final Elementwise elementwise;
  private final Pooling pooling;
  private final OpenClDevice device;
  private final Winograd winograd;
  private final Winograd smallTiles;
  private final ImageConvolution image;
  private final Depthwise depthwise;
  private final DeviceTraits traits;
  private final String method = System.getProperty("teak.opencl.conv", "");

  Convolutions(
      OpenClDevice device,
      Operands operands,
      Products products,
      Elementwise elementwise,
      Pooling pooling) {
    this.device = device;
    this.traits = device.traits();
    this.pooling = pooling;
    this.operands = operands;
    this.products = products;
    this.elementwise = elementwise;
    this.winograd = new Winograd(device, products, 4);
    this.smallTiles = new Winograd(device, products, 2);
    this.image = new ImageConvolution(device);
    this.depthwise = new Depthwise(device);
  }

  /**
   * Winograd's method where it is the best, else null: with tiles of 4 x 4 pixels, or of 2 x 2,
   * which round less, where they take no more products. These are images of 2, 5 or 6 pixels; at 7
   * and 14 they take 1.8 and 1.4 times as many.
   */
  private Winograd winograd(ConvGeometry g) {
    if (method.equals("direct")
        || traits.real() != DType.FLOAT32
        || !Winograd.fits(g, traits.lanes())) {
      return null;
    }
    return smallTiles.cost(g) <= winograd.cost(g) ? smallTiles : winograd;
  }

  void forward(ConvGeometry g, Buffer x, Buffer w, Buffer bias, boolean relu, Buffer out) {
    OpenClBuffer in = operands.reals("conv2d", "input", x, inputSize(g));
    OpenClBuffer weight = operands.reals("conv2d", "weight", w, weightSize(g));
    OpenClBuffer o = operands.reals("conv2d", "output", out, outputSize(g));
    OpenClBuffer b = bias == null ? null : operands.reals("conv2d", "bias", bias, g.k());
    Winograd fast = winograd(g);
    if (outputSize(g) > 0 && fast != null) {
      fast.forward(g, in, weight, b, relu, o);
    } else if (outputSize(g) > 0 && g.isDepthwise()) {
      depthwise.forward(g, in, weight, b, relu, o);
    } else if (outputSize(g) > 0 && image.gives(g)) {
      image.forward(g, in, weight, b, relu, o);
    } else if (outputSize(g) > 0) {
      products.walk(Walk.forward(g), in, weight, b, relu, o);
    }
  }

  /** With a relu and a max-pooling behind it: in the same pass where that can be. */
  void forwardPooled(
      ConvGeometry g,
      PoolGeometry pool,
      Buffer x,
      Buffer w,
      Buffer bias,
      Buffer out,
      Buffer winners) {
    if (outputSize(g) == 0
        || !Pooling.covers(pool)
        || pool.rows().taps() != pool.columns().taps()
        || !pooledInPass(g, pool, x, w, bias, out, winners)) {
      OpenClBuffer pixels = device.memory().scratch(g.output().size());
      forward(g, x, w, bias, true, pixels);
      pooling.maxPool(pool, pixels, out, winners);
      pixels.release();
    }
  }

  private boolean pooledInPass(
      ConvGeometry g,
      PoolGeometry pool,
      Buffer x,
      Buffer w,
      Buffer bias,
      Buffer out,
      Buffer winners) {
    String op = "conv2dReluMaxPool2d";
    long pooled = (long) pool.n() * pool.p() * pool.q() * pool.c();
    OpenClBuffer in = operands.reals(op, "input", x, inputSize(g));
    OpenClBuffer weight = operands.reals(op, "weight", w, weightSize(g));
    OpenClBuffer b = bias == null ? null : operands.reals(op, "bias", bias, g.k());
    OpenClBuffer o = operands.reals(op, "output", out, pooled);
    OpenClBuffer places = operands.bytes(op, "winners", winners, pooled);
    Winograd fast = winograd(g);
    if (fast == null) {
      return products.walkPooled(Walk.forward(g), in, weight, b, pool.rows().taps(), o, places);
    }
    if (pool.rows().taps() != 2 || !fast.pools(g)) {
      return false;
    }
    fast.forward(g, in, weight, b, true, o, places);
    return true;
  }

  /**
   * The gradient of the convolution's own output from that behind its relu and, if there is one,
   * pooling; the caller releases it.
   */
  OpenClBuffer opened(ConvGeometry g, PoolGeometry pool, Buffer grad, Buffer y, Buffer winners) {
    OpenClBuffer pixels = device.memory().scratch(g.output().size());
    if (pool == null) {
      elementwise.reluGrad(y, grad, pixels);
    } else {
      pooling.maxPoolReluGrad(pool, grad, y, winners, pixels);
    }
    return pixels;
  }

  void inputGrad(ConvGeometry g, Buffer grad, Buffer w, Buffer out) {
    String op = "conv2dInputGrad";
    OpenClBuffer dy = operands.reals(op, "gradient", grad, outputSize(g));
    OpenClBuffer weight = operands.reals(op, "weight", w, weightSize(g));
    OpenClBuffer o = operands.reals(op, "output", out, inputSize(g));
    Winograd fast = winograd(g);
    if (inputSize(g) > 0 && fast != null) {
      fast.inputGrad(g, dy, weight, o);
    } else if (inputSize(g) > 0 && g.isDepthwise()) {
      depthwise.inputGrad(g, dy, weight, o);
    } else if (inputSize(g) > 0 && image.fits(g)) {
      image.inputGrad(g, dy, weight, o);
    } else if (inputSize(g) > 0) {
      for (Walk walk : Walk.inputGrad(g)) {
        products.walk(walk, dy, weight, null, false, o);
      }
    }
  }

  void weightGrad(ConvGeometry g, Buffer x, Buffer grad, Buffer out) {
    String op = "conv2dWeightGrad";
    OpenClBuffer in = operands.reals(op, "input", x, inputSize(g));
    OpenClBuffer dy = operands.reals(op, "gradient", grad, outputSize(g));
    OpenClBuffer o = operands.reals(op, "output", out, weightSize(g));
    Winograd fast = winograd(g);
    if (outputSize(g) == 0) {
      elementwise.fill(out, 0);
    } else if (fast != null) {
      fast.weightGrad(g, in, dy, o);
    } else if (weightSize(g) > 0 && g.isDepthwise()) {
      depthwise.weightGrad(g, in, dy, o);
    } else if (weightSize(g) > 0 && image.gives(g)) {
      OpenClBuffer turned = device.memory().scratch(g.weight().size());
      products.weightGrad(Walk.forward(g.turned()), dy, in, turned);
      image.turn(g, turned, o);
      turned.release();
    } else if (weightSize(g) > 0) {
      products.weightGrad(Walk.forward(g), in, dy, o);
    }
  }

  private static long inputSize(ConvGeometry g) {
    return (long) g.n() * g.h() * g.w() * g.c();
  }

  private static long weightSize(ConvGeometry g) {
    return (long) g.k() * g.r() * g.s() * g.cGroup();
  }

  private static long outputSize(ConvGeometry g) {
    return (long) g.n() * g.p() * g.q() * g.k();
  }
}
