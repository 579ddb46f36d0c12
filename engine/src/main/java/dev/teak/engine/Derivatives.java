package dev.teak.engine;

import dev.teak.engine.Autograd.Options;
import java.util.ArrayList;
import java.util.List;

/**
 * Derivatives beyond the gradient, of a tensor that was computed from others: products with the
 * Jacobian from either side, with the Hessian, and both in full for small ones. All leave the graph
 * of the output as it was, so they can be asked for one after the other. Each takes the {@link
 * Options} of {@link Autograd#grad}, or none for {@link Options#PLAIN}: {@link Options#withGraph}
 * makes results that can be differentiated again, {@link Options#allowingUnused} gives zeros for
 * inputs that the output does not depend on, where it else is an error. A seed is refused: each
 * method says itself what it begins with.
 */
public final class Derivatives {
  private Derivatives() {}

  /** {@link #vjp(Tensor, List, Tensor, Options)} with nothing said. */
  public static List<Tensor> vjp(Tensor output, List<Tensor> inputs, Tensor v) {
    return vjp(output, inputs, v, Options.PLAIN);
  }

  /**
   * v^T J for J = d output / d inputs, one product an input.
   *
   * @param v of the output's shape
   */
  public static List<Tensor> vjp(Tensor output, List<Tensor> inputs, Tensor v, Options options) {
    return gradOrZeros(output, inputs, retaining("vjp", options).withSeed(v));
  }

  /** {@link #jvp(Tensor, List, List, Options)} with nothing said. */
  public static Tensor jvp(Tensor output, List<Tensor> inputs, List<Tensor> v) {
    return jvp(output, inputs, v, Options.PLAIN);
  }

  /**
   * J v, summed over the inputs, by two backward passes: v^T J is linear in v, and its own vjp is
   * the product from the other side.
   *
   * @param v a direction for each input, of its shape
   * @return of the output's shape
   */
  public static Tensor jvp(Tensor output, List<Tensor> inputs, List<Tensor> v, Options options) {
    requireDirections("jvp", inputs, v);
    Options walk = retaining("jvp", options);
    Tensor u = Tensor.zerosLike(output).requiresGrad(true);
    Tensor paired = pair(Autograd.grad(output, inputs, walk.withGraph().withSeed(u)), v);
    return gradOrZeros(paired, List.of(u), walk.allowingUnused()).get(0);
  }

  /** {@link #hessianVectorProduct(Tensor, List, List, Options)} with nothing said. */
  public static List<Tensor> hessianVectorProduct(
      Tensor output, List<Tensor> inputs, List<Tensor> v) {
    return hessianVectorProduct(output, inputs, v, Options.PLAIN);
  }

  /**
   * H v for the Hessian H of a scalar, one product an input (Pearlmutter 1994): the gradient of the
   * gradient's product with v.
   *
   * @param v a direction for each input, of its shape
   */
  public static List<Tensor> hessianVectorProduct(
      Tensor output, List<Tensor> inputs, List<Tensor> v, Options options) {
    requireDirections("hessianVectorProduct", inputs, v);
    Options walk = retaining("hessianVectorProduct", options);
    Tensor paired = pair(Autograd.grad(output, inputs, walk.withGraph()), v);
    return gradOrZeros(paired, inputs, walk.allowingUnused()); // what is linear has a Hessian of 0
  }

  /** {@link #jacobian(Tensor, Tensor, Options)} with nothing said. */
  public static Tensor jacobian(Tensor output, Tensor input) {
    return jacobian(output, input, Options.PLAIN);
  }

  /**
   * The whole Jacobian, of shape output x input: a backward pass for each element of the output.
   */
  public static Tensor jacobian(Tensor output, Tensor input, Options options) {
    return rows(output, input, retaining("jacobian", options));
  }

  /** {@link #hessian(Tensor, Tensor, Options)} with nothing said. */
  public static Tensor hessian(Tensor output, Tensor input) {
    return hessian(output, input, Options.PLAIN);
  }

  /** The whole Hessian of a scalar, of shape input x input. */
  public static Tensor hessian(Tensor output, Tensor input, Options options) {
    Options walk = retaining("hessian", options);
    Tensor gradient = gradOrZeros(output, List.of(input), walk.withGraph()).get(0);
    return rows(gradient, input, walk.allowingUnused());
  }

  private static Tensor rows(Tensor output, Tensor input, Options options) {
    Shape joined = joined(output.shape(), input.shape());
    int rows = output.shape().size();
    if (rows == 0) {
      return Tensor.full(input.device(), joined, 0);
    }
    List<Tensor> gradients = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      double[] one = new double[rows];
      one[i] = 1;
      Options row = options.withSeed(onDeviceOf(output, one));
      Tensor g = gradOrZeros(output, List.of(input), row).get(0);
      gradients.add(g.reshape(1, input.shape().size()));
    }
    return Tensor.concat(0, gradients).reshape(joined.dims());
  }

  private static Options retaining(String what, Options options) {
    if (options.seed() != null) {
      throw new IllegalArgumentException(
          what + ": the options have a seed " + options.seed().shape() + "; it takes none");
    }
    return options.retaining();
  }

  /** The sum over all of a times b; null in a is zero. */
  private static Tensor pair(List<Tensor> a, List<Tensor> b) {
    Tensor sum = Tensor.full(b.get(0).device(), Shape.SCALAR, 0);
    for (int i = 0; i < a.size(); i++) {
      sum = a.get(i) == null ? sum : sum.add(a.get(i).mul(b.get(i)).sum());
    }
    return sum;
  }

  /** Where options allow unused inputs, theirs is zero. */
  private static List<Tensor> gradOrZeros(Tensor output, List<Tensor> inputs, Options options) {
    List<Tensor> found = Autograd.grad(output, inputs, options);
    List<Tensor> result = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      result.add(found.get(i) == null ? Tensor.zerosLike(inputs.get(i)) : found.get(i));
    }
    return result;
  }

  private static void requireDirections(String what, List<Tensor> inputs, List<Tensor> v) {
    if (inputs.isEmpty() || inputs.size() != v.size()) {
      throw new IllegalArgumentException(
          what + ": " + v.size() + " directions for " + inputs.size() + " inputs; one each");
    }
    for (int i = 0; i < v.size(); i++) {
      if (!v.get(i).shape().equals(inputs.get(i).shape())) {
        throw new ShapeException(
            what
                + ": direction "
                + i
                + " is "
                + v.get(i).shape()
                + ", its input "
                + inputs.get(i).shape()
                + "; they must be equal");
      }
    }
  }

  private static Tensor onDeviceOf(Tensor t, double... values) {
    try (Devices.Use use = Devices.use(t.device())) {
      return Tensor.of(values, t.shape().dims());
    }
  }

  private static Shape joined(Shape a, Shape b) {
    int[] dims = java.util.Arrays.copyOf(a.dims(), a.rank() + b.rank());
    System.arraycopy(b.dims(), 0, dims, a.rank(), b.rank());
    return Shape.of(dims);
  }
}
