package dev.teak.engine;

import dev.teak.engine.backend.ReduceFunction;
import dev.teak.engine.op.Binary;
import dev.teak.engine.op.Clip;
import dev.teak.engine.op.MatMul;
import dev.teak.engine.op.Movement;
import dev.teak.engine.op.Reduce;
import dev.teak.engine.op.Reshape;
import dev.teak.engine.op.Softmax;
import dev.teak.engine.op.Unary;
import dev.teak.engine.op.Where;
import dev.teak.engine.op.WithScalar;
import java.util.Arrays;
import java.util.List;

/**
 * What can be computed from a {@link Tensor}: every method is one op of the table, or a few. Binary
 * ops broadcast as in NumPy. What a tensor <em>is</em> stands in {@link Tensor}.
 */
abstract sealed class TensorMath permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /** Its extents. */
  public abstract Shape shape();

  // --- arithmetic ---

  public Tensor add(Tensor b) {
    return Binary.ADD.apply(self(), b);
  }

  public Tensor sub(Tensor b) {
    return Binary.SUB.apply(self(), b);
  }

  public Tensor mul(Tensor b) {
    return Binary.MUL.apply(self(), b);
  }

  public Tensor div(Tensor b) {
    return Binary.DIV.apply(self(), b);
  }

  public Tensor pow(Tensor b) {
    return Binary.POW.apply(self(), b);
  }

  public Tensor maximum(Tensor b) {
    return Binary.MAX.apply(self(), b);
  }

  public Tensor minimum(Tensor b) {
    return Binary.MIN.apply(self(), b);
  }

  public Tensor add(double b) {
    return WithScalar.apply(Binary.ADD, self(), b);
  }

  public Tensor sub(double b) {
    return WithScalar.apply(Binary.SUB, self(), b);
  }

  public Tensor mul(double b) {
    return WithScalar.apply(Binary.MUL, self(), b);
  }

  public Tensor div(double b) {
    return WithScalar.apply(Binary.DIV, self(), b);
  }

  public Tensor pow(double b) {
    return WithScalar.apply(Binary.POW, self(), b);
  }

  public Tensor maximum(double b) {
    return WithScalar.apply(Binary.MAX, self(), b);
  }

  public Tensor minimum(double b) {
    return WithScalar.apply(Binary.MIN, self(), b);
  }

  // --- comparison: 1 or 0 ---

  public Tensor eq(Tensor b) {
    return Binary.EQ.apply(self(), b);
  }

  public Tensor ne(Tensor b) {
    return Binary.NE.apply(self(), b);
  }

  public Tensor lt(Tensor b) {
    return Binary.LT.apply(self(), b);
  }

  public Tensor le(Tensor b) {
    return Binary.LE.apply(self(), b);
  }

  public Tensor gt(Tensor b) {
    return Binary.GT.apply(self(), b);
  }

  public Tensor ge(Tensor b) {
    return Binary.GE.apply(self(), b);
  }

  public Tensor eq(double b) {
    return WithScalar.apply(Binary.EQ, self(), b);
  }

  public Tensor ne(double b) {
    return WithScalar.apply(Binary.NE, self(), b);
  }

  public Tensor lt(double b) {
    return WithScalar.apply(Binary.LT, self(), b);
  }

  public Tensor le(double b) {
    return WithScalar.apply(Binary.LE, self(), b);
  }

  public Tensor gt(double b) {
    return WithScalar.apply(Binary.GT, self(), b);
  }

  public Tensor ge(double b) {
    return WithScalar.apply(Binary.GE, self(), b);
  }

  // --- functions ---

  public Tensor neg() {
    return Unary.NEG.apply(self());
  }

  public Tensor abs() {
    return Unary.ABS.apply(self());
  }

  public Tensor sign() {
    return Unary.SIGN.apply(self());
  }

  public Tensor square() {
    return Unary.SQUARE.apply(self());
  }

  public Tensor sqrt() {
    return Unary.SQRT.apply(self());
  }

  public Tensor reciprocal() {
    return Unary.RECIPROCAL.apply(self());
  }

  public Tensor exp() {
    return Unary.EXP.apply(self());
  }

  /** e^x - 1, accurate near 0. */
  public Tensor expm1() {
    return Unary.EXPM1.apply(self());
  }

  public Tensor log() {
    return Unary.LOG.apply(self());
  }

  public Tensor sin() {
    return Unary.SIN.apply(self());
  }

  public Tensor cos() {
    return Unary.COS.apply(self());
  }

  public Tensor tanh() {
    return Unary.TANH.apply(self());
  }

  public Tensor sigmoid() {
    return Unary.SIGMOID.apply(self());
  }

  public Tensor relu() {
    return Unary.RELU.apply(self());
  }

  public Tensor floor() {
    return Unary.FLOOR.apply(self());
  }

  public Tensor ceil() {
    return Unary.CEIL.apply(self());
  }

  public Tensor round() {
    return Unary.ROUND.apply(self());
  }

  /** Within [low, high]; the gradient passes where it already was. PyTorch's {@code clamp}. */
  public Tensor clip(double low, double high) {
    return Clip.apply(self(), low, high);
  }

  /** This tensor as a condition: {@code a} where it is not 0, else {@code b}. */
  public Tensor where(Tensor a, Tensor b) {
    return Where.apply(self(), a, b);
  }

  /** Softmax over the last axis. */
  public Tensor softmax() {
    return Softmax.apply(self(), false);
  }

  /** The logarithm of softmax over the last axis. */
  public Tensor logSoftmax() {
    return Softmax.apply(self(), true);
  }

  // --- reductions: over all axes where none are named ---

  public Tensor sum(int... axes) {
    return Reduce.apply(ReduceFunction.SUM, self(), false, axes);
  }

  public Tensor max(int... axes) {
    return Reduce.apply(ReduceFunction.MAX, self(), false, axes);
  }

  /** The mean; NaN over nothing. */
  public Tensor mean(int... axes) {
    Tensor total = sum(axes);
    return total.mul((double) total.shape().size() / shape().size());
  }

  /** As {@link #sum}, with the reduced axes staying as extents of 1. */
  public Tensor sumKeepDims(int... axes) {
    return Reduce.apply(ReduceFunction.SUM, self(), true, axes);
  }

  /** As {@link #max}, with the reduced axes staying as extents of 1. */
  public Tensor maxKeepDims(int... axes) {
    return Reduce.apply(ReduceFunction.MAX, self(), true, axes);
  }

  /** As {@link #mean}, with the reduced axes staying as extents of 1. */
  public Tensor meanKeepDims(int... axes) {
    Tensor total = sumKeepDims(axes);
    return total.mul((double) total.shape().size() / shape().size());
  }

  /** Place of the first largest element along an axis, as INT32. */
  public Tensor argMax(int axis) {
    return Reduce.argMax(self(), axis);
  }

  /** The sum over all axes that broadcasting {@code target} to this shape would repeat. */
  public Tensor sumTo(Shape target) {
    Shape shape = shape();
    if (shape.equals(target)) {
      return self();
    }
    if (!target.broadcastsTo(shape)) {
      throw new ShapeException("sumTo: " + target + " does not broadcast to " + shape);
    }
    int lead = shape.rank() - target.rank();
    int[] axes = new int[shape.rank()];
    int count = 0;
    for (int i = 0; i < shape.rank(); i++) {
      if (i < lead || (target.dim(i - lead) == 1 && shape.dim(i) != 1)) {
        axes[count++] = i;
      }
    }
    return sumKeepDims(Arrays.copyOf(axes, count)).reshape(target.dims());
  }

  // --- linear algebra and movement ---

  /** The matrix product, batched over leading axes. */
  public Tensor matmul(Tensor b) {
    return MatMul.apply(self(), b, false, false);
  }

  /** The same elements under another shape; one extent may be -1. Shares memory. */
  public Tensor reshape(int... dims) {
    return Reshape.apply(self(), dims);
  }

  /** Output axis i is input axis {@code axes[i]}. */
  public Tensor permute(int... axes) {
    return Movement.Permute.apply(self(), axes);
  }

  /** Two axes exchanged. */
  public Tensor transpose(int a, int b) {
    int[] order = new int[shape().rank()];
    Arrays.setAll(order, i -> i);
    order[shape().axis(a)] = shape().axis(b);
    order[shape().axis(b)] = shape().axis(a);
    return permute(order);
  }

  /** Axes of extent 1 repeated; itself where nothing is to be repeated. */
  public Tensor broadcastTo(Shape target) {
    return shape().equals(target) ? self() : Movement.BroadcastTo.apply(self(), target);
  }

  /** The block of shape {@code size} that begins at {@code starts}. */
  public Tensor slice(int[] starts, Shape size) {
    return Movement.Slice.apply(self(), starts, size);
  }

  /** Rows {@code from} (with) to {@code to} (without) of the first axis. */
  public Tensor rows(int from, int to) {
    Shape size = shape().with(0, Shape.extent("rows", (long) to - from));
    int[] starts = new int[size.rank()];
    starts[0] = from;
    return slice(starts, size);
  }

  /** This tensor with {@code value} around it, so much before and after on each axis. */
  public Tensor pad(int[] before, int[] after, double value) {
    return Movement.Pad.apply(self(), before, after, value);
  }

  /** The tensors one behind the other along an axis. */
  public static Tensor concat(int axis, List<Tensor> parts) {
    return Movement.Concat.apply(axis, parts);
  }
}
