package dev.teak.engine.op;

import dev.teak.engine.Autograd;
import dev.teak.engine.Shape;
import dev.teak.engine.Tensor;

/**
 * Cross-entropy of each row of logits with its label.
 *
 * @param labels INT32 {@code [N]}
 * @param probabilities softmax(x) {@code [N, classes]}
 */
public record CrossEntropy(Tensor labels, Tensor probabilities) implements Op {
  static final OpInfo INFO =
      new OpInfo(
          "cross_entropy",
          "log sum e^x - x[label] of each row x of logits",
          "(softmax(x) - [class = label]) g");

  /** The losses {@code [N]} of logits {@code [N, classes]}; labels were checked by the caller. */
  public static Tensor apply(Tensor logits, Tensor labels) {
    Shape s = logits.shape();
    Tensor loss = Tensor.allocate(logits.device(), Shape.of(s.dim(0)));
    Tensor probabilities = Tensor.allocate(logits.device(), s);
    logits
        .device()
        .crossEntropy(
            logits.buffer(),
            labels.buffer(),
            s.dim(0),
            s.dim(1),
            probabilities.buffer(),
            loss.buffer());
    return Autograd.record(new CrossEntropy(labels, probabilities), loss, logits);
  }

  @Override
  public OpInfo info() {
    return INFO;
  }

  @Override
  public long flops(Tensor output, Tensor... inputs) {
    return 5L * inputs[0].shape().size();
  }

  @Override
  public Tensor[] vjp(Tensor g, Call call) {
    // A gradient that may be differentiated again is made of ops; a plain one in a fused call.
    return new Tensor[] {Autograd.isEnabled() ? composed(g, call.input(0)) : fused(g)};
  }

  private Tensor composed(Tensor g, Tensor logits) {
    Tensor hot = Tensor.allocate(g.device(), logits.shape());
    g.device().oneHot(labels.buffer(), logits.shape().dim(1), hot.buffer());
    return logits.softmax().sub(hot).mul(g.reshape(-1, 1));
  }

  private Tensor fused(Tensor g) {
    Shape s = probabilities.shape();
    Tensor out = Tensor.allocate(g.device(), s);
    g.device()
        .crossEntropyGrad(
            probabilities.buffer(), labels.buffer(), g.buffer(), s.dim(0), s.dim(1), out.buffer());
    return out;
  }

  @Override
  public void free() {
    probabilities.release();
  }
}
