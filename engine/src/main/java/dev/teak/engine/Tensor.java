package dev.teak.engine;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
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
 * An immutable, contiguous, row-major array on a device, and, where a gradient is wanted, the op
 * that made it. Images are {@code [N, H, W, C]}. Names are PyTorch's; binary ops broadcast. Memory
 * belongs to the {@link Scope} that was open when the tensor was made. Only {@link Update} changes
 * contents.
 */
public final class Tensor {
  private final Backend device;
  private final DType dtype;
  private final Shape shape;
  private Storage storage;
  private Scope owner;
  private boolean requiresGrad;
  private Node node;
  private Tensor grad;
  private int[] hostInts; // kept for INT32 tensors made on the host, so that checks need not wait

  private Tensor(Storage storage, DType dtype, Shape shape) {
    this.device = storage.backend;
    this.dtype = dtype;
    this.shape = shape;
    this.storage = storage.share();
    moveTo(Scope.innermost());
  }

  // --- making ---

  /** A tensor of undefined contents in the device's working type: for ops, which then fill it. */
  public static Tensor allocate(Backend device, Shape shape) {
    return allocate(device, device.floatType(), shape);
  }

  /** A tensor of undefined contents: for ops, which then fill it. */
  public static Tensor allocate(Backend device, DType dtype, Shape shape) {
    return new Tensor(new Storage(device, device.allocate(dtype, shape.size())), dtype, shape);
  }

  /** Floats copied to the current device; their number must be the product of {@code dims}. */
  public static Tensor of(float[] values, int... dims) {
    Tensor t = sized(values.length, dims);
    t.device.write(t.buffer(), values, 0);
    return t;
  }

  /** Doubles copied to the current device, rounded to its working type. */
  public static Tensor of(double[] values, int... dims) {
    Tensor t = sized(values.length, dims);
    t.device.write(t.buffer(), values);
    return t;
  }

  private static Tensor sized(int count, int... dims) {
    return allocate(Devices.current(), checked(count, dims));
  }

  private static Shape checked(int count, int... dims) {
    Shape shape = Shape.of(dims);
    if (shape.size() != count) {
      throw new ShapeException(
          "tensor: " + count + " values for shape " + shape + ", which takes " + shape.size());
    }
    return shape;
  }

  /** Whole numbers (labels, indices) copied to the current device as INT32. */
  public static Tensor ofInts(int[] values, int... dims) {
    Tensor t = allocate(Devices.current(), DType.INT32, checked(values.length, dims));
    t.device.write(t.buffer(), values);
    t.hostInts = values.clone();
    return t;
  }

  /** A scalar on the current device. */
  public static Tensor scalar(double value) {
    return full(Devices.current(), Shape.SCALAR, value);
  }

  /** Zeros on the current device. */
  public static Tensor zeros(int... dims) {
    return full(Devices.current(), Shape.of(dims), 0);
  }

  /** Ones on the current device. */
  public static Tensor ones(int... dims) {
    return full(Devices.current(), Shape.of(dims), 1);
  }

  /** One value everywhere, on a device. */
  public static Tensor full(Backend device, Shape shape, double value) {
    Tensor t = allocate(device, shape);
    device.fill(t.buffer(), value);
    return t;
  }

  // --- looking ---

  /** The device that holds it. */
  public Backend device() {
    return device;
  }

  /** What its elements are. */
  public DType dtype() {
    return dtype;
  }

  /** Its extents. */
  public Shape shape() {
    return shape;
  }

  /** The device memory: for ops. Throws where the scope that owned it was closed. */
  public Buffer buffer() {
    if (storage == null) {
      throw new IllegalStateException(
          "tensor "
              + shape
              + " was released when its scope closed; scope.keep(tensor) lets it out");
    }
    return storage.buffer;
  }

  /** The only element of a tensor of one; waits for it. */
  public double item() {
    if (shape.size() != 1) {
      throw new ShapeException(
          "item: tensor " + shape + " has " + shape.size() + " elements, not 1");
    }
    return toDoubles()[0];
  }

  /** The elements as floats, row-major; waits for them. */
  public float[] toFloats() {
    requireFloat("toFloats");
    float[] host = new float[shape.size()];
    device.read(buffer(), host);
    return host;
  }

  /** The elements as doubles, row-major; waits for them. */
  public double[] toDoubles() {
    requireFloat("toDoubles");
    double[] host = new double[shape.size()];
    device.read(buffer(), host);
    return host;
  }

  /** The elements of an INT32 or UINT8 tensor, row-major; waits for them. */
  public int[] toInts() {
    if (dtype.isFloat()) {
      throw new IllegalStateException(
          "toInts: tensor " + shape + " holds " + dtype + ", not integers");
    }
    if (hostInts != null) {
      return hostInts.clone();
    }
    int[] host = new int[shape.size()];
    device.read(buffer(), host);
    return host;
  }

  /** Throws unless the elements are floats; {@code op} is named in the message. */
  public void requireFloat(String op) {
    if (!dtype.isFloat()) {
      throw new ShapeException(op + ": tensor " + shape + " holds " + dtype + "; expects floats");
    }
  }

  /** Throws unless {@code other} is on the same device; {@code op} is named in the message. */
  public void requireSameDevice(String op, Tensor other) {
    if (device != other.device) {
      throw new IllegalArgumentException(
          op
              + ": tensors live on different devices, "
              + device.name()
              + " and "
              + other.device.name()
              + "; move one with to()");
    }
  }

  @Override
  public String toString() {
    String head = "Tensor" + shape + " " + dtype + " on " + device.name();
    if (storage == null) {
      return head + " (released)";
    }
    if (shape.size() > 16) {
      return head;
    }
    return head + " " + (dtype.isFloat() ? Arrays.toString(toFloats()) : Arrays.toString(toInts()));
  }

  // --- memory ---

  Scope owner() {
    return owner;
  }

  void moveTo(Scope scope) {
    owner = scope;
    if (scope != null) {
      scope.adopt(this);
    }
  }

  /** Takes the tensor out of any scope: a parameter lives as long as its module. Returns it. */
  public Tensor unscoped() {
    owner = null;
    return this;
  }

  /** Gives the memory back now; harmless if done already. */
  public void release() {
    if (storage != null) {
      storage.release();
      storage = null;
      node = null;
    }
  }

  /** The same elements as a new tensor that shares memory and has no history. */
  public Tensor alias() {
    return alias(shape);
  }

  /** As {@link #alias()} under another shape of the same size: for ops. */
  public Tensor alias(Shape as) {
    buffer(); // says so where it was released
    Tensor t = new Tensor(storage, dtype, as);
    t.hostInts = hostInts;
    return t;
  }

  /** A copy on another device; itself where it is there already. No gradient flows through. */
  public Tensor to(Backend target) {
    if (target == device) {
      return this;
    }
    Tensor t = allocate(target, dtype.isFloat() ? target.floatType() : dtype, shape);
    if (dtype.isFloat()) {
      target.write(t.buffer(), toDoubles());
    } else {
      target.write(t.buffer(), toInts());
      t.hostInts = hostInts;
    }
    return t;
  }

  boolean addInPlaceIfUnshared(Tensor other) {
    if (!storage.isExclusive()) {
      return false;
    }
    device.binary(BinaryFunction.ADD, buffer(), shape, other.buffer(), shape, buffer(), shape);
    return true;
  }

  int version() {
    return storage == null ? -1 : storage.version();
  }

  void changed() {
    storage.changed();
  }

  // --- gradients ---

  /** Whether a gradient with respect to this tensor can be asked for. */
  public boolean requiresGrad() {
    return requiresGrad;
  }

  /** Asks for gradients with respect to this leaf, or stops asking; returns it. */
  public Tensor requiresGrad(boolean wanted) {
    requireFloat("requiresGrad");
    if (node != null && !wanted) {
      throw new IllegalStateException(
          "requiresGrad(false): tensor "
              + shape
              + " was made by an op; detach() gives one without"
              + " history");
    }
    requiresGrad = wanted;
    return this;
  }

  Node node() {
    return node;
  }

  void recordedAs(Node made) {
    node = made;
    requiresGrad = true;
  }

  /** The same elements, sharing memory, cut off from what made them. */
  public Tensor detach() {
    return alias();
  }

  /** Adds the gradient of this scalar to {@code grad()} of every leaf it depends on. */
  public void backward() {
    Autograd.backward(this, Autograd.Options.PLAIN);
  }

  /** As {@link #backward()}, from a given gradient, retaining the graph, or with one of its own. */
  public void backward(Autograd.Options options) {
    Autograd.backward(this, options);
  }

  /** What {@code backward} has added up, or null. */
  public Tensor grad() {
    return grad;
  }

  /** Forgets the gradient and gives its memory back. */
  public void zeroGrad() {
    if (grad != null) {
      grad.release();
      grad = null;
    }
  }

  void accumulateGrad(Tensor gradient) {
    if (grad == null) {
      grad = gradient.unscoped();
    } else {
      Tensor sum = grad.add(gradient).unscoped();
      grad.release();
      gradient.release();
      grad = sum;
    }
  }

  // --- arithmetic ---

  public Tensor add(Tensor b) {
    return Binary.ADD.apply(this, b);
  }

  public Tensor sub(Tensor b) {
    return Binary.SUB.apply(this, b);
  }

  public Tensor mul(Tensor b) {
    return Binary.MUL.apply(this, b);
  }

  public Tensor div(Tensor b) {
    return Binary.DIV.apply(this, b);
  }

  public Tensor pow(Tensor b) {
    return Binary.POW.apply(this, b);
  }

  public Tensor maximum(Tensor b) {
    return Binary.MAX.apply(this, b);
  }

  public Tensor minimum(Tensor b) {
    return Binary.MIN.apply(this, b);
  }

  public Tensor add(double b) {
    return WithScalar.apply(Binary.ADD, this, b);
  }

  public Tensor sub(double b) {
    return WithScalar.apply(Binary.SUB, this, b);
  }

  public Tensor mul(double b) {
    return WithScalar.apply(Binary.MUL, this, b);
  }

  public Tensor div(double b) {
    return WithScalar.apply(Binary.DIV, this, b);
  }

  public Tensor pow(double b) {
    return WithScalar.apply(Binary.POW, this, b);
  }

  public Tensor maximum(double b) {
    return WithScalar.apply(Binary.MAX, this, b);
  }

  public Tensor minimum(double b) {
    return WithScalar.apply(Binary.MIN, this, b);
  }

  // --- comparison: 1 or 0 ---

  public Tensor eq(Tensor b) {
    return Binary.EQ.apply(this, b);
  }

  public Tensor ne(Tensor b) {
    return Binary.NE.apply(this, b);
  }

  public Tensor lt(Tensor b) {
    return Binary.LT.apply(this, b);
  }

  public Tensor le(Tensor b) {
    return Binary.LE.apply(this, b);
  }

  public Tensor gt(Tensor b) {
    return Binary.GT.apply(this, b);
  }

  public Tensor ge(Tensor b) {
    return Binary.GE.apply(this, b);
  }

  public Tensor eq(double b) {
    return WithScalar.apply(Binary.EQ, this, b);
  }

  public Tensor ne(double b) {
    return WithScalar.apply(Binary.NE, this, b);
  }

  public Tensor lt(double b) {
    return WithScalar.apply(Binary.LT, this, b);
  }

  public Tensor le(double b) {
    return WithScalar.apply(Binary.LE, this, b);
  }

  public Tensor gt(double b) {
    return WithScalar.apply(Binary.GT, this, b);
  }

  public Tensor ge(double b) {
    return WithScalar.apply(Binary.GE, this, b);
  }

  // --- functions ---

  public Tensor neg() {
    return Unary.NEG.apply(this);
  }

  public Tensor abs() {
    return Unary.ABS.apply(this);
  }

  public Tensor sign() {
    return Unary.SIGN.apply(this);
  }

  public Tensor square() {
    return Unary.SQUARE.apply(this);
  }

  public Tensor sqrt() {
    return Unary.SQRT.apply(this);
  }

  public Tensor reciprocal() {
    return Unary.RECIPROCAL.apply(this);
  }

  public Tensor exp() {
    return Unary.EXP.apply(this);
  }

  public Tensor log() {
    return Unary.LOG.apply(this);
  }

  public Tensor sin() {
    return Unary.SIN.apply(this);
  }

  public Tensor cos() {
    return Unary.COS.apply(this);
  }

  public Tensor tanh() {
    return Unary.TANH.apply(this);
  }

  public Tensor sigmoid() {
    return Unary.SIGMOID.apply(this);
  }

  public Tensor relu() {
    return Unary.RELU.apply(this);
  }

  public Tensor floor() {
    return Unary.FLOOR.apply(this);
  }

  public Tensor ceil() {
    return Unary.CEIL.apply(this);
  }

  public Tensor round() {
    return Unary.ROUND.apply(this);
  }

  /** Within [low, high]; the gradient passes where it already was. PyTorch's {@code clamp}. */
  public Tensor clip(double low, double high) {
    return Clip.apply(this, low, high);
  }

  /** This tensor as a condition: {@code a} where it is not 0, else {@code b}. */
  public Tensor where(Tensor a, Tensor b) {
    return Where.apply(this, a, b);
  }

  /** Softmax over the last axis. */
  public Tensor softmax() {
    return Softmax.apply(this, false);
  }

  /** The logarithm of softmax over the last axis. */
  public Tensor logSoftmax() {
    return Softmax.apply(this, true);
  }

  // --- reductions: over all axes where none are named ---

  public Tensor sum(int... axes) {
    return Reduce.apply(ReduceFunction.SUM, this, false, axes);
  }

  public Tensor max(int... axes) {
    return Reduce.apply(ReduceFunction.MAX, this, false, axes);
  }

  /** The mean; NaN over nothing. */
  public Tensor mean(int... axes) {
    Tensor total = sum(axes);
    return total.mul((double) total.shape.size() / shape.size());
  }

  /** As {@link #sum}, with the reduced axes staying as extents of 1. */
  public Tensor sumKeepDims(int... axes) {
    return Reduce.apply(ReduceFunction.SUM, this, true, axes);
  }

  /** As {@link #max}, with the reduced axes staying as extents of 1. */
  public Tensor maxKeepDims(int... axes) {
    return Reduce.apply(ReduceFunction.MAX, this, true, axes);
  }

  /** As {@link #mean}, with the reduced axes staying as extents of 1. */
  public Tensor meanKeepDims(int... axes) {
    Tensor total = sumKeepDims(axes);
    return total.mul((double) total.shape.size() / shape.size());
  }

  /** Place of the first largest element along an axis, as INT32. */
  public Tensor argMax(int axis) {
    return Reduce.argMax(this, axis);
  }

  /** The sum over all axes that broadcasting {@code target} to this shape would repeat. */
  public Tensor sumTo(Shape target) {
    if (shape.equals(target)) {
      return this;
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
    return MatMul.apply(this, b, false, false);
  }

  /** The same elements under another shape; one extent may be -1. Shares memory. */
  public Tensor reshape(int... dims) {
    return Reshape.apply(this, dims);
  }

  /** Output axis i is input axis {@code axes[i]}. */
  public Tensor permute(int... axes) {
    return Movement.Permute.apply(this, axes);
  }

  /** Two axes exchanged. */
  public Tensor transpose(int a, int b) {
    int[] order = new int[shape.rank()];
    Arrays.setAll(order, i -> i);
    order[shape.axis(a)] = shape.axis(b);
    order[shape.axis(b)] = shape.axis(a);
    return permute(order);
  }

  /** Axes of extent 1 repeated; itself where nothing is to be repeated. */
  public Tensor broadcastTo(Shape target) {
    return shape.equals(target) ? this : Movement.BroadcastTo.apply(this, target);
  }

  /** The block of shape {@code size} that begins at {@code starts}. */
  public Tensor slice(int[] starts, Shape size) {
    return Movement.Slice.apply(this, starts, size);
  }

  /** Rows {@code from} (with) to {@code to} (without) of the first axis. */
  public Tensor rows(int from, int to) {
    int[] starts = new int[shape.rank()];
    starts[0] = from;
    return slice(starts, shape.with(0, to - from));
  }

  /** This tensor with {@code value} around it, so much before and after on each axis. */
  public Tensor pad(int[] before, int[] after, double value) {
    return Movement.Pad.apply(this, before, after, value);
  }

  /** The tensors one behind the other along an axis. */
  public static Tensor concat(int axis, List<Tensor> parts) {
    return Movement.Concat.apply(axis, parts);
  }
}
