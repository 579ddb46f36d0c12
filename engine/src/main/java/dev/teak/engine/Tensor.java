package dev.teak.engine;

import dev.teak.engine.backend.Backend;
import dev.teak.engine.backend.BinaryFunction;
import dev.teak.engine.backend.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An immutable, contiguous, row-major array on a device, and, where a gradient is wanted, the op
 * that made it. Images are {@code [N, H, W, C]}. Names are PyTorch's; binary ops broadcast. Memory
 * belongs to the {@link Scope} that was open when the tensor was made. Only {@link Update} changes
 * contents.
 */
public final class Tensor extends TensorCreation
    implements TensorMath, TensorComparison, TensorReductions, TensorMovement {
  private final Backend device;
  private final DType dtype;
  private final Shape shape;
  private Storage storage;
  private Scope owner;
  private boolean requiresGrad;
  private Node node;
  private GradSlot slot; // few tensors have one
  private int[] hostInts; // kept for INT32 tensors made on the host, so that checks need not wait

  private Tensor(Storage storage, DType dtype, Shape shape, Scope scope) {
    this.device = storage.backend;
    this.dtype = dtype;
    this.shape = shape;
    this.storage = storage.share();
    moveTo(scope);
  }

  // --- making ---

  /** A tensor of undefined contents in the device's working type: for ops, which then fill it. */
  public static Tensor allocate(Backend device, Shape shape) {
    return allocate(device, device.floatType(), shape);
  }

  /** A tensor of undefined contents: for ops, which then fill it. */
  public static Tensor allocate(Backend device, DType dtype, Shape shape) {
    Scope scope = Scope.innermost();
    Storage storage = new Storage(device, device.allocate(dtype, shape.size()), scope);
    return new Tensor(storage, dtype, shape, scope);
  }

  /** Floats copied to the current device; their number must be the product of {@code dims}. */
  public static Tensor of(float[] values, int... dims) {
    Tensor t = sized(values.length, dims);
    t.device.write(t.buffer(), values, 0);
    return t;
  }

  /** As {@link #of(float[], int...)}, rounded to the device's working type. */
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

  // --- looking ---

  /** The device that holds it. */
  public Backend device() {
    return device;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
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

  /** The elements as doubles, whatever their type, row-major; waits for them. */
  double[] toNumbers() {
    return dtype.isFloat() ? toDoubles() : Arrays.stream(toInts()).asDoubleStream().toArray();
  }

  /** Throws unless the elements are floats; {@code op} is named in the message. */
  public void requireFloat(String op) {
    if (!dtype.isFloat()) {
      throw new ShapeException(
          op + ": tensor " + shape + " holds " + dtype + "; expects floats, as toFloat() gives");
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
    return TensorText.of(this);
  }

  // --- memory ---

  Storage storage() {
    return storage;
  }

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
    Tensor t = new Tensor(storage, dtype, as, Scope.innermost());
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

  boolean isReleased() {
    return storage == null;
  }

  /** How often the contents were changed; a released tensor's are not asked for. */
  int version() {
    return storage.version();
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

  /** The op call that made this tensor, if it was recorded; null for a leaf. */
  public Node gradFn() {
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
    return slot == null ? null : slot.grad;
  }

  /** Asks {@code backward} to keep the gradient of this tensor too, though it is no leaf. */
  public Tensor retainGrad() {
    slot("retainGrad").retained = true;
    return this;
  }

  boolean isGradRetained() {
    return slot != null && slot.retained;
  }

  /**
   * Lets a function see the gradient of this tensor on its way back, summed over all uses, and
   * replace it by what it returns; null leaves it. Hooks run in the order in which they were
   * registered, each on what the one before it gave. What a hook sees may be kept; it belongs to
   * the scope in which the backward pass was asked for.
   *
   * @throws IllegalStateException if no gradient can reach this tensor
   */
  public Hooks.Handle registerHook(UnaryOperator<Tensor> hook) {
    return slot("registerHook").hooks().add(hook);
  }

  /** The hooks in order, those of now. */
  List<UnaryOperator<Tensor>> hooks() {
    return slot == null || slot.hooks == null ? List.of() : slot.hooks.inOrder();
  }

  private GradSlot slot(String why) {
    if (!requiresGrad) {
      throw new IllegalStateException(
          why
              + ": no gradient reaches tensor "
              + shape
              + ", nothing that made it requires one; call"
              + " requiresGrad(true) on it, or on an input, before it is used");
    }
    if (slot == null) {
      slot = new GradSlot();
    }
    return slot;
  }

  /** Forgets the gradient and gives its memory back. */
  public void zeroGrad() {
    if (grad() != null) {
      slot.grad.release();
      slot.grad = null;
    }
  }

  void accumulateGrad(Tensor gradient) {
    GradSlot to = slot("backward");
    if (to.grad == null) {
      to.grad = gradient.unscoped();
    } else {
      Tensor sum = to.grad.add(gradient).unscoped();
      to.grad.release();
      gradient.release();
      to.grad = sum;
    }
  }
}
