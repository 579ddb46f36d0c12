package dev.teak.engine.backend;

import static dev.teak.engine.backend.BinaryFunction.ADD;
import static dev.teak.engine.backend.BinaryFunction.DIV;
import static dev.teak.engine.backend.BinaryFunction.MAX;
import static dev.teak.engine.backend.BinaryFunction.MUL;
import static dev.teak.engine.backend.BinaryFunction.SUB;

import dev.teak.engine.Shape;

/**
 * Steps of optimizers, in place and with PyTorch's meaning: parameter, gradient and state have one
 * size, and state is zero before the first step. Every method has one meaning, given by its
 * default.
 */
public interface FusedOptimizer {
  private Backend self() {
    return (Backend) this;
  }

  /**
   * The settings of {@link #sgdStep}.
   *
   * @param lr learning rate
   * @param momentum what is left of the velocity
   * @param dampening what the gradient adds to the velocity less than the whole; the first step has
   *     none in PyTorch
   * @param weightDecay of the weight, added to the gradient
   * @param nesterov whether the step looks ahead by one velocity
   */
  record Sgd(double lr, double momentum, double dampening, double weightDecay, boolean nesterov) {}

  /**
   * One step of SGD: {@code g += weightDecay p; v = momentum v + (1 - dampening) g; p -= lr
   * (nesterov ? g + momentum v : v)}.
   *
   * @param velocity null where momentum is 0
   */
  default void sgdStep(Sgd s, Buffer p, Buffer g, Buffer velocity) {
    Backend b = self();
    Shape n = Shape.of(p.size());
    Buffer step = b.allocate(p.dtype(), p.size());
    Buffer scratch = b.allocate(p.dtype(), p.size());
    b.binary(MUL, p, s.weightDecay, step);
    b.binary(ADD, step, n, g, n, step, n);
    if (velocity != null) {
      b.binary(MUL, velocity, s.momentum, velocity);
      b.binary(MUL, step, 1 - s.dampening, scratch);
      b.binary(ADD, velocity, n, scratch, n, velocity, n);
      b.binary(MUL, velocity, s.nesterov ? s.momentum : 1, scratch);
      if (s.nesterov) {
        b.binary(ADD, step, n, scratch, n, scratch, n);
      }
      b.binary(MUL, scratch, s.lr, step);
    } else {
      b.binary(MUL, step, s.lr, step);
    }
    b.binary(SUB, p, n, step, n, p, n);
    b.release(scratch);
    b.release(step);
  }

  /**
   * The settings of {@link #adamStep}.
   *
   * @param lr learning rate
   * @param beta1 what is left of the first moment
   * @param beta2 what is left of the second
   * @param eps added to the root of the second moment, after its correction
   * @param weightDecay of the weight
   * @param decoupled whether the decay acts on the weight itself (AdamW), not on the gradient
   * @param step number of this step, from 1
   */
  record Adam(
      double lr,
      double beta1,
      double beta2,
      double eps,
      double weightDecay,
      boolean decoupled,
      int step) {
    /** PyTorch's betas 0.9 and 0.999 and eps 1e-8, without weight decay. */
    public static Adam plain(double lr, int step) {
      return new Adam(lr, 0.9, 0.999, 1e-8, 0, false, step);
    }

    /** The share of the weight that is added to the gradient. */
    public double coupledDecay() {
      return decoupled ? 0 : weightDecay;
    }

    /** What a decoupled decay leaves of the weight. */
    public double keep() {
      return decoupled ? 1 - lr * weightDecay : 1;
    }

    /** The learning rate over what the first moment lacks for having begun at 0. */
    public double rate() {
      return lr / (1 - Math.pow(beta1, step));
    }

    /** The root of what the second moment lacks for having begun at 0. */
    public double scale() {
      return Math.sqrt(1 - Math.pow(beta2, step));
    }
  }

  /**
   * One step of Adam (Kingma and Ba 2015, algorithm 1), AdamW (Loshchilov and Hutter 2019) or
   * AMSGrad (Reddi, Kale and Kumar, ICLR 2018), which divides by the largest second moment so far.
   *
   * @param m first moment
   * @param v second moment
   * @param largest second moment so far; null for all but AMSGrad
   */
  default void adamStep(Adam s, Buffer p, Buffer g, Buffer m, Buffer v, Buffer largest) {
    Backend b = self();
    Shape n = Shape.of(p.size());
    Buffer grad = b.allocate(p.dtype(), p.size());
    Buffer scratch = b.allocate(p.dtype(), p.size());
    b.binary(MUL, p, s.coupledDecay(), grad);
    b.binary(ADD, grad, n, g, n, grad, n);
    b.binary(MUL, p, s.keep(), p);
    b.binary(MUL, m, s.beta1, m);
    b.binary(MUL, grad, 1 - s.beta1, scratch);
    b.binary(ADD, m, n, scratch, n, m, n);
    follow(v, grad, s.beta2);
    if (largest != null) {
      b.binary(MAX, largest, n, v, n, largest, n);
    }
    b.unary(UnaryFunction.SQRT, largest == null ? v : largest, scratch);
    b.binary(DIV, scratch, s.scale(), scratch);
    b.binary(ADD, scratch, s.eps, scratch);
    b.binary(DIV, m, n, scratch, n, scratch, n);
    b.binary(MUL, scratch, s.rate(), scratch);
    b.binary(SUB, p, n, scratch, n, p, n);
    b.release(scratch);
    b.release(grad);
  }

  /** v = beta v + (1 - beta) g^2; g is spoiled. */
  private void follow(Buffer v, Buffer g, double beta) {
    Backend b = self();
    Shape n = Shape.of(v.size());
    b.binary(MUL, v, beta, v);
    b.unary(UnaryFunction.SQUARE, g, g);
    b.binary(MUL, g, 1 - beta, g);
    b.binary(ADD, v, n, g, n, v, n);
  }

  /**
   * The settings of {@link #rmsPropStep}.
   *
   * @param lr learning rate
   * @param alpha what is left of the averages
   * @param eps added to the root
   * @param weightDecay of the weight, added to the gradient
   * @param momentum what is left of the velocity
   */
  record RmsProp(double lr, double alpha, double eps, double weightDecay, double momentum) {}

  /**
   * One step of RMSprop (Tieleman and Hinton 2012; centered as by Graves 2013): {@code g +=
   * weightDecay p; square = alpha square + (1 - alpha) g^2; u = g / (sqrt(square) + eps); velocity
   * = momentum velocity + u; p -= lr velocity}. Centered, the root is that of square - mean^2,
   * which is no less than 0 whatever its rounding.
   *
   * @param square average of squared gradients
   * @param mean average of gradients; null unless centered
   * @param velocity null where momentum is 0
   */
  default void rmsPropStep(
      RmsProp s, Buffer p, Buffer g, Buffer square, Buffer mean, Buffer velocity) {
    Backend b = self();
    Shape n = Shape.of(p.size());
    Buffer grad = b.allocate(p.dtype(), p.size());
    Buffer scratch = b.allocate(p.dtype(), p.size());
    Buffer root = b.allocate(p.dtype(), p.size());
    b.binary(MUL, p, s.weightDecay, grad);
    b.binary(ADD, grad, n, g, n, grad, n);
    b.binary(MUL, grad, 1, scratch);
    follow(square, scratch, s.alpha);
    if (mean == null) {
      b.unary(UnaryFunction.SQRT, square, root);
    } else {
      b.binary(MUL, mean, s.alpha, mean);
      b.binary(MUL, grad, 1 - s.alpha, scratch);
      b.binary(ADD, mean, n, scratch, n, mean, n);
      b.unary(UnaryFunction.SQUARE, mean, scratch);
      b.binary(SUB, square, n, scratch, n, root, n);
      b.binary(MAX, root, 0, root);
      b.unary(UnaryFunction.SQRT, root, root);
    }
    b.binary(ADD, root, s.eps, root);
    b.binary(DIV, grad, n, root, n, scratch, n);
    if (velocity != null) {
      b.binary(MUL, velocity, s.momentum, velocity);
      b.binary(ADD, velocity, n, scratch, n, velocity, n);
    }
    b.binary(MUL, velocity == null ? scratch : velocity, s.lr, scratch);
    b.binary(SUB, p, n, scratch, n, p, n);
    b.release(root);
    b.release(scratch);
    b.release(grad);
  }
}
