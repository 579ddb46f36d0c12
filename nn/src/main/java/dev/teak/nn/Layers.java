package dev.teak.nn;

import dev.teak.engine.Devices;
import dev.teak.engine.Functional;
import dev.teak.engine.Images;
import dev.teak.engine.Numbers;
import dev.teak.engine.PoolWindow;
import dev.teak.engine.ShapeException;
import dev.teak.engine.Sliding;
import dev.teak.engine.Tensor;
import dev.teak.engine.op.Unary;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** The layers that have no parameters: each is one function. */
public final class Layers {
  private Layers() {}

  private static final class Stateless extends Module {
    private final String text;
    private final UnaryOperator<Tensor> function;

    Stateless(String text, UnaryOperator<Tensor> function) {
      this.text = text;
      this.function = function;
    }

    @Override
    protected String describe() {
      return text;
    }

    @Override
    protected Tensor compute(Tensor x) {
      return function.apply(x);
    }
  }

  /** Any function of tensors as a layer. */
  public static Module of(UnaryOperator<Tensor> function) {
    return of("Function", function);
  }

  private static Module of(String text, UnaryOperator<Tensor> function) {
    return new Stateless(text, function);
  }

  /** The line of a pooling. */
  static String describe(String name, PoolWindow w) {
    Sliding s = w.sliding();
    String size = "(" + w.height() + "x" + w.width();
    String stride = s.strideH() + "x" + s.strideW();
    boolean padded = !s.padding(0).equals(s);
    return name
        + size
        + (size.endsWith(stride) ? "" : ", stride " + stride)
        + (padded ? ", padding " + ConvBuilder.both(s.top(), s.left()) : "")
        + ")";
  }

  /** x as it is. */
  public static Module identity() {
    return of("Identity", x -> x);
  }

  /** max(x, 0). */
  public static Module relu() {
    return new Relu();
  }

  /** Whether a module is a {@link #relu}. */
  public static boolean isRelu(Module module) {
    return module instanceof Relu;
  }

  /** x where positive, else slope x; 0 &lt;= slope &lt;= 1. */
  public static Module leakyRelu(double slope) {
    if (!(slope >= 0 && slope <= 1)) {
      throw new IllegalArgumentException("leaky relu: slope " + slope + " must be in [0, 1]");
    }
    return of("LeakyRelu(" + Numbers.exact(slope) + ")", x -> Functional.leakyRelu(x, slope));
  }

  /** {@link #elu(double)} with alpha 1, PyTorch's default. */
  public static Module elu() {
    return elu(1);
  }

  /** x where positive, else alpha (e^x - 1) (Clevert et al., ICLR 2016). */
  public static Module elu(double alpha) {
    return of("Elu(" + Numbers.exact(alpha) + ")", x -> Functional.elu(x, alpha));
  }

  /** x times the normal distribution function of x (Hendrycks and Gimpel 2016). */
  public static Module gelu() {
    return new Activation(Unary.GELU);
  }

  /** As above, or its tanh form: {@code approximate} is {@code "none"} or {@code "tanh"}. */
  public static Module gelu(String approximate) {
    return of("Gelu(" + approximate + ")", x -> Functional.gelu(x, approximate));
  }

  /** x / (1 + e^-x) (Elfwing et al., arXiv:1702.03118). */
  public static Module silu() {
    return new Activation(Unary.SILU);
  }

  /** log(1 + e^x), and x itself above 20. */
  public static Module softplus() {
    return of("Softplus", x -> Functional.softplus(x, 1, 20));
  }

  /** log(1 / (1 + e^-x)). */
  public static Module logsigmoid() {
    return of("LogSigmoid", Functional::logsigmoid);
  }

  /** x tanh(log(1 + e^x)) (Misra, BMVC 2020). */
  public static Module mish() {
    return of("Mish", Functional::mish);
  }

  /** x min(max(x + 3, 0), 6) / 6 (Howard et al., ICCV 2019). */
  public static Module hardswish() {
    return new Activation(Unary.HARDSWISH);
  }

  /** min(max(x + 3, 0), 6) / 6. */
  public static Module hardsigmoid() {
    return of("Hardsigmoid", Functional::hardsigmoid);
  }

  /** min(max(x, 0), 6). */
  public static Module relu6() {
    return new Activation(Unary.RELU6);
  }

  /** 1.0507 times elu of alpha 1.6733 (Klambauer et al., NeurIPS 2017). */
  public static Module selu() {
    return of("Selu", Functional::selu);
  }

  /** tanh x. */
  public static Module tanh() {
    return new Activation(Unary.TANH);
  }

  /** 1 / (1 + e^-x). */
  public static Module sigmoid() {
    return new Activation(Unary.SIGMOID);
  }

  /** Softmax over an axis, which counts from the end where it is negative. */
  public static Module softmax(int axis) {
    return of("Softmax(" + axis + ")", x -> x.softmax(axis));
  }

  /** The logarithm of softmax over an axis. */
  public static Module logSoftmax(int axis) {
    return of("LogSoftmax(" + axis + ")", x -> x.logSoftmax(axis));
  }

  /** {@code [N, ...]} to {@code [N, rest]}. */
  public static Module flatten() {
    return of(
        "Flatten",
        x -> {
          int rest = 1;
          for (int axis = 1; axis < x.shape().rank(); axis++) {
            rest *= x.shape().dim(axis);
          }
          return x.reshape(x.shape().dim(0), rest); // an empty batch has no size to divide
        });
  }

  /** Largest of windows of {@code window} squared, that far apart. */
  public static Module maxPool2d(int window) {
    return maxPool2d(window, window, 0);
  }

  /** Largest of windows of {@code window} squared, {@code stride} apart. */
  public static Module maxPool2d(int window, int stride, int padding) {
    return maxPool2d(PoolWindow.of(window).stride(stride).padding(padding));
  }

  /** Largest of windows of any kind. */
  public static Module maxPool2d(PoolWindow window) {
    return new MaxPool2d(window);
  }

  /** Mean of windows of {@code window} squared, that far apart. */
  public static Module avgPool2d(int window) {
    return avgPool2d(window, window, 0);
  }

  /** Mean of windows of {@code window} squared, {@code stride} apart; padding counts as zeros. */
  public static Module avgPool2d(int window, int stride, int padding) {
    return avgPool2d(PoolWindow.of(window).stride(stride).padding(padding));
  }

  /** Mean of windows of any kind. */
  public static Module avgPool2d(PoolWindow window) {
    return of(describe("AvgPool2d", window), x -> Functional.avgPool2d(x, window));
  }

  /** Mean over height and width: {@code [N, H, W, C]} to {@code [N, C]}. */
  public static Module globalAvgPool2d() {
    return of("GlobalAvgPool2d", x -> x.mean(1, 2));
  }

  /** {@link Images#adaptiveAvgPool2d} to so many rows and columns. */
  public static Module adaptiveAvgPool2d(int height, int width) {
    return of(
        "AdaptiveAvgPool2d(" + height + "x" + width + ")",
        x -> Images.adaptiveAvgPool2d(x, height, width));
  }

  /**
   * {@link Images#interpolate} by a factor in both directions, without aligned corners: PyTorch's
   * {@code Upsample}.
   */
  public static Module upsample(double scaleFactor, String mode) {
    double[] factors = {scaleFactor, scaleFactor};
    return of(
        "Upsample(" + Numbers.exact(scaleFactor) + ", " + mode + ")",
        x -> Images.interpolate(x, factors, mode, false, false, false));
  }

  /** {@link Images#interpolate} to so many rows and columns, without aligned corners. */
  public static Module resize(int height, int width, String mode) {
    int[] size = {height, width};
    String text = "Resize(" + height + "x" + width + ", " + mode + ")";
    return of(text, x -> Images.interpolate(x, size, mode));
  }

  /** {@link Images#pixelShuffle}: channels to squares of r x r pixels. */
  public static Module pixelShuffle(int r) {
    return of("PixelShuffle(" + r + ")", x -> Images.pixelShuffle(x, r));
  }

  /** (x - mean) / deviation: normalisation as a part of the model, so that attacks see pixels. */
  public static Module normalize(double mean, double deviation) {
    return normalize(new double[] {mean}, new double[] {deviation});
  }

  /** As above by channel, or with one value for all: {@code [..., C]}. */
  public static Module normalize(double[] mean, double[] deviation) {
    if (mean.length == 0 || mean.length != deviation.length) {
      throw new IllegalArgumentException(
          "normalize: " + mean.length + " means and " + deviation.length + " deviations");
    }
    for (double d : deviation) {
      if (!(d > 0)) {
        throw new IllegalArgumentException("normalize: deviation " + d + " must be above 0");
      }
    }
    double[] means = mean.clone();
    double[] deviations = deviation.clone();
    return of(
        "Normalize(" + Arrays.toString(means) + ", " + Arrays.toString(deviations) + ")",
        x -> {
          if (means.length == 1) {
            return x.sub(means[0]).div(deviations[0]);
          }
          if (x.shape().dim(-1) != means.length) {
            throw new ShapeException(
                "normalize: input " + x.shape() + " for " + means.length + " channels");
          }
          return x.sub(onDeviceOf(x, means)).div(onDeviceOf(x, deviations));
        });
  }

  private static Tensor onDeviceOf(Tensor x, double[] values) {
    try (Devices.Use use = Devices.use(x.device())) {
      return Tensor.of(values, values.length);
    }
  }
}
